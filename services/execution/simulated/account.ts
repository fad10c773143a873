// The simulated venue's own books of one account: cash, holdings and margin, moved only by fills, flows and funding.
import { abs, type Decimal, type Money, min, mul, mulDiv, type Price, type Quantity, SCALE } from '../../../schemas/money.ts';
import type { InstrumentKind, OrderSide } from '../../../schemas/records.generated.ts';
import { exactBps } from '../../costs/table.ts';

export interface Holding {
  readonly instrument: string;
  readonly kind: InstrumentKind;
  readonly quote: string;
  /** Signed: a short is negative. */
  quantity: Quantity;
  /** Signed value at entry prices. */
  cost: Money;
  /** Hundredths: 100 is no leverage. */
  leverage_pct: number;
  /** The fold's position_id: derived from the fill that opened it. */
  position_id: string;
  /** At or beyond this mark the venue closes it; 0 = never. */
  liquidation_price: Price;
}

export interface Account {
  /** By asset: what the account owns, reserved or not. */
  readonly cash: Map<string, Decimal>;
  readonly reserved: Map<string, Decimal>;
  /** By asset: the plain sum of flows, fills and fees. Held against `cash` by reconciliation, which moves by another rule. */
  readonly sums: Map<string, Decimal>;
  readonly holdings: Map<string, Holding>;
}

export function newAccount(): Account {
  return { cash: new Map(), reserved: new Map(), sums: new Map(), holdings: new Map() };
}

function add(map: Map<string, Decimal>, asset: string, amount: Decimal): void {
  if (amount !== 0n) map.set(asset, (map.get(asset) ?? 0n) + amount);
}

export function applyFlow(account: Account, asset: string, amount: Money): void {
  add(account.cash, asset, amount);
  add(account.sums, asset, amount);
}

export function reserve(account: Account, asset: string, amount: Decimal): void {
  add(account.reserved, asset, amount);
}

const BPS_AT_SCALE = 10_000n * SCALE;

/** Commission on a value, half even. */
export function feeOn(value: Money, bps: number): Money {
  return mulDiv(value, exactBps(bps), BPS_AT_SCALE);
}

/** Collateral for so much value; without leverage all of it. */
export function marginFor(value: Money, leverage_pct: number): Money {
  return leverage_pct === 100 ? value : (value * 100n) / BigInt(leverage_pct);
}

/** Collateral that open positions hold back, in the asset they settle in. */
function marginOf(account: Account, asset: string): Money {
  let margin = 0n;
  for (const holding of account.holdings.values()) {
    if (holding.kind === 'perp' && holding.quote === asset) margin += marginFor(abs(holding.cost), holding.leverage_pct);
  }
  return margin;
}

export function freeOf(account: Account, asset: string): Decimal {
  return (account.cash.get(asset) ?? 0n) - (account.reserved.get(asset) ?? 0n) - marginOf(account, asset);
}

export interface AccountFill {
  readonly fill_id: string;
  readonly instrument: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  readonly side: OrderSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Money;
  readonly leverage_pct: number;
  /** Id of the position if this fill opens one. */
  readonly position_id: (fill_id: string) => string;
}

/** Books a fill; returns the holding after it. A perpetual settles profit in cash, anything else swaps the two assets. */
export function applyFill(account: Account, fill: AccountFill): Holding {
  const sign = fill.side === 'BUY' ? 1n : -1n;
  const notional = mul(fill.price, fill.quantity);
  add(account.sums, fill.quote, -sign * notional - fill.fee);
  let holding = account.holdings.get(fill.instrument);
  if (holding === undefined) {
    holding = {
      instrument: fill.instrument,
      kind: fill.kind,
      quote: fill.quote,
      quantity: 0n,
      cost: 0n,
      leverage_pct: fill.leverage_pct,
      position_id: '',
      liquidation_price: 0n,
    };
    account.holdings.set(fill.instrument, holding);
  }
  const realised = moveHolding(holding, sign, fill, notional);
  if (fill.kind === 'perp') add(account.cash, fill.quote, realised - fill.fee);
  else {
    add(account.cash, fill.quote, -sign * notional - fill.fee);
    add(account.cash, fill.base, sign * fill.quantity);
    add(account.sums, fill.base, sign * fill.quantity);
  }
  if (holding.quantity === 0n) account.holdings.delete(fill.instrument);
  else holding.liquidation_price = liquidationPrice(holding);
  return holding;
}

/** Profit realised by the part of the fill that closes; the rest of it opens. */
function moveHolding(holding: Holding, sign: bigint, fill: AccountFill, notional: Money): Money {
  const held = abs(holding.quantity);
  const closes = holding.quantity * sign < 0n ? min(fill.quantity, held) : 0n;
  const closed = closes === fill.quantity ? notional : mul(fill.price, closes);
  const cost = closes === held ? (closes === 0n ? 0n : holding.cost) : mulDiv(holding.cost, closes, held);
  holding.quantity += sign * fill.quantity;
  holding.cost += sign * (notional - closed) - cost;
  if (closes < fill.quantity && (closes > 0n || held === 0n)) {
    holding.position_id = fill.position_id(fill.fill_id);
    holding.leverage_pct = fill.leverage_pct;
  }
  return closes === 0n ? 0n : -sign * closed - cost;
}

const LONG_KEEPS = SCALE - SCALE / 200n;
const SHORT_KEEPS = SCALE + SCALE / 200n;

/** The mark at which margin + unrealised ≤ 50 bps of the notional: e(1 − 1/L)/.995 for a long, e(1 + 1/L)/1.005 for a short. */
export function liquidationPrice(holding: Holding): Price {
  if (holding.kind !== 'perp') return 0n;
  const held = abs(holding.quantity);
  const leverage = BigInt(holding.leverage_pct);
  const value = abs(holding.cost);
  if (holding.quantity > 0n) return (value * (leverage - 100n) * SCALE * SCALE) / (leverage * held * LONG_KEEPS);
  const n = value * (leverage + 100n) * SCALE * SCALE;
  const d = leverage * held * SHORT_KEEPS;
  return (n + d - 1n) / d;
}
