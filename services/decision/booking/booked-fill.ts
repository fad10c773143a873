// A FILL event made ready for the ledger: what its order's decision knew, and the reference prices of its attribution.
import { div, mulDiv, type Price, type Quantity } from '../../../schemas/money.ts';
import type { InstrumentKind, OrderEvent } from '../../../schemas/records.generated.ts';
import type { BookedFill, Scopes } from '../ledger/ledger.ts';
import type { OrderFacts } from '../orders/orders.ts';
import type { EntryWish, ExitWish, PortfolioState } from '../state.ts';

/** `BTC-USDT` is spot, `BTC-USDT-PERP` a perpetual, `chain:address` a token: used only where no signal ever told the facts. */
function kindByName(instrument: string): { kind: InstrumentKind; base: string } {
  if (instrument.includes(':')) return { kind: 'token', base: instrument };
  const base = instrument.split('-')[0] ?? instrument;
  return { kind: instrument.endsWith('-PERP') ? 'perp' : 'spot', base };
}

function kindOf(
  p: PortfolioState,
  instrument: string,
  wish: EntryWish | ExitWish | undefined,
): { kind: InstrumentKind; base: string } {
  const held = p.ledger.positions.get(instrument);
  if (held !== undefined) return { kind: held.kind, base: held.base };
  if (wish !== undefined && wish.kind === 'ENTRY') return { kind: wish.instrument_kind, base: wish.base };
  return p.instruments.get(instrument) ?? kindByName(instrument);
}

export function scopesOf(p: PortfolioState, instrument: string, venue: string, wish: EntryWish | ExitWish | undefined): Scopes {
  if (wish !== undefined && wish.kind === 'ENTRY') return wish.scopes;
  const plan = p.ledger.positions.get(instrument)?.plan;
  return {
    instrument,
    venue,
    chain: plan?.chain ?? p.instruments.get(instrument)?.chain ?? '',
    tier: plan?.tier ?? 'unknown',
    theme: plan?.theme ?? '',
    strategy: plan?.strategy ?? '',
  };
}

function feeRate(event: OrderEvent): Price | null {
  if (event.fee_rate !== null) return event.fee_rate;
  if (event.fee === null || event.fee === 0n || event.fee_quote === null) return null;
  return div(event.fee_quote, event.fee);
}

/** `quantity` is the part to be booked or quarantined: a fill beyond its order is split, its fee with it. */
export function bookedFill(
  p: PortfolioState,
  event: OrderEvent,
  quantity: Quantity,
  facts: OrderFacts | null,
  wish: EntryWish | ExitWish | undefined,
): BookedFill {
  const { kind, base } = kindOf(p, event.instrument, wish);
  const all = event.quantity ?? 0n;
  const fee = event.fee === null || quantity === all || all === 0n ? event.fee : mulDiv(event.fee, quantity, all);
  const entry = wish !== undefined && wish.kind === 'ENTRY' ? wish : null;
  const exit = wish !== undefined && wish.kind === 'EXIT' ? wish : null;
  const arrival = facts?.arrival_mid ?? null;
  const accepted_at = facts?.accepted_at ?? null;
  return {
    fill_id: event.fill_id ?? '',
    order_id: event.order_id ?? '',
    instrument: event.instrument,
    venue: event.venue,
    kind,
    base,
    side: event.side ?? 'BUY',
    price: event.price ?? 0n,
    quantity,
    fee,
    fee_asset: event.fee_asset ?? '',
    fee_rate: feeRate(event),
    taker_bps: entry?.taker_bps ?? p.instruments.get(event.instrument)?.taker_bps ?? 0,
    liquidity: event.liquidity ?? 'UNKNOWN',
    venue_at: event.venue_at ?? event.observed_at,
    bid: event.bid,
    ask: event.ask,
    decision_id: facts?.decision_id ?? event.decision_id ?? '',
    decided_qty: entry?.decided_qty ?? null,
    opening: entry === null ? null : { ...entry.plan, accepted_at },
    signal_mid: entry?.signal_mid ?? null,
    decision_mid: entry?.decision_mid ?? null,
    arrival_mid: arrival,
    exit: exit === null ? null : { reason: exit.reason, signal_at: exit.signal_at, accepted_at },
    exit_signal_mid: exit?.signal_mid ?? null,
    exit_arrival_mid: arrival,
    unpriced: event.synthetic || event.price === null,
  };
}
