// The figures of a run, from its tally: the same for the console, for JSON, and for a comparison of two runs.
import { divFloor, formatDecimal, type Money, mulDiv, SCALE } from '../../schemas/money.ts';
import type { Trade } from '../../schemas/records.generated.ts';
import type { Tally } from './tally.ts';

export const LEGS = [
  ['leg_edge', 'edge'],
  ['leg_opportunity', 'opportunity'],
  ['leg_decision_delay', 'decision delay'],
  ['leg_send_latency', 'send latency'],
  ['leg_entry_slippage', 'entry slippage'],
  ['leg_exit_delay', 'exit delay'],
  ['leg_exit_slippage', 'exit slippage'],
  ['leg_fees', 'fees'],
  ['leg_funding', 'funding'],
] as const;

export interface Summary {
  readonly bars: number;
  readonly signals: number;
  readonly enriched: number;
  readonly dead_letters: readonly { readonly reason_code: string; readonly message: string }[];
  readonly decisions: Readonly<Record<string, number>>;
  readonly strategies: readonly string[];
  readonly refusals: readonly string[];
  readonly orders: number;
  readonly fills: number;
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  /** Σ wins / |Σ losses|; null without a loss. */
  readonly profit_factor: number | null;
  readonly waterfall: Readonly<Record<string, string>>;
  readonly net: string;
  /** Σ legs − net over all trades; anything but 0 is a defect. */
  readonly residual: string;
  readonly open_positions: number;
  readonly unrealised: string;
  readonly cash_start: string;
  readonly nav_end: string | null;
  readonly return_bps: number | null;
  readonly drawdown_bps: number;
  /** Return of putting all cash into equal parts of the instruments at their first price. */
  readonly buy_and_hold_bps: number | null;
}

function residualOf(trade: Trade): Money {
  return LEGS.reduce((sum, [leg]) => sum + trade[leg], 0n) - trade.net;
}

function returnBps(from: bigint, to: bigint): number | null {
  return from === 0n ? null : Number(mulDiv(to - from, 10_000n * SCALE, from) / 10_000_000_000n) / 100;
}

/** Decimals as text; shares in basis points with two digits. */
export function summaryOf(tally: Tally, cash: Money): Summary {
  const sum = (pick: (trade: Trade) => Money): Money => tally.trades.reduce((total, trade) => total + pick(trade), 0n);
  const won = sum((t) => (t.net > 0n ? t.net : 0n));
  const lost = -sum((t) => (t.net < 0n ? t.net : 0n));
  const nav = tally.equity.at(-1)?.nav ?? null;
  const holds = [...tally.held.values()].map(({ first, last }) => returnBps(first, last));
  const known = holds.filter((bps): bps is number => bps !== null);
  return {
    bars: tally.bars,
    signals: tally.signals + tally.raw_signals,
    enriched: tally.enriched,
    dead_letters: tally.dead_letters,
    decisions: Object.fromEntries([...tally.decisions].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    strategies: [...tally.strategies].sort(),
    refusals: [...tally.refusals].sort(),
    orders: tally.orders,
    fills: tally.fills,
    trades: tally.trades.length,
    wins: tally.trades.filter((t) => t.net > 0n).length,
    losses: tally.trades.filter((t) => t.net < 0n).length,
    profit_factor: lost === 0n ? null : Number(divFloor(won, lost)) / Number(SCALE),
    waterfall: Object.fromEntries(LEGS.map(([leg, name]) => [name, formatDecimal(sum((t) => t[leg]))])),
    net: formatDecimal(sum((t) => t.net)),
    residual: formatDecimal(sum(residualOf)),
    open_positions: tally.open.size,
    unrealised: formatDecimal([...tally.open.values()].reduce((total, p) => total + (p.unrealised ?? 0n), 0n)),
    cash_start: formatDecimal(cash),
    nav_end: nav === null ? null : formatDecimal(nav),
    return_bps: nav === null ? null : returnBps(cash, nav),
    drawdown_bps: tally.drawdown_bps,
    buy_and_hold_bps: known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length,
  };
}
