// What a benchmark run has done, counted from the records it published: fills, trades, decisions, the legs of their profit.
import { sha256Hex } from '../../../schemas/hash.ts';
import { type Money, type Price, SCALE } from '../../../schemas/money.ts';
import type { OrderEvent, OrderSide, Trade } from '../../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../../schemas/time.ts';
import type { AnyEnvelope } from '../../../topology/envelope.ts';
import { BENCH_START } from '../../market/bench-bars.ts';

export interface BenchFill {
  /** Index of the bar at whose open it was filled. */
  readonly bar: number;
  readonly side: OrderSide;
  readonly price: Price;
}

type BenchTrade = Pick<Trade, 'opened_at' | 'entry_vwap' | 'closed_at' | 'exit_vwap'>;

export interface Figures {
  readonly fills: readonly BenchFill[];
  readonly trades: number;
  readonly edge: Money;
  /** The absolute values of every leg that is neither edge nor fees. */
  readonly other_legs: Money;
  /** Of all fills. */
  readonly fees: Money;
  /** ENTRY and EXIT decisions. */
  readonly executed: number;
  readonly refused: number;
  readonly dead_letters: number;
}

export interface FigureCounter {
  add(record: AnyEnvelope): void;
  figures(): Figures;
  /** SHA-256 of `entry_bar,entry_px,exit_bar,exit_px\n` of every closed trade. */
  tradesSha(): string;
}

export function newFigures(): FigureCounter {
  const fills: BenchFill[] = [];
  /** No more than the hash needs: a run has thousands. */
  const trades: BenchTrade[] = [];
  let edge = 0n;
  let other_legs = 0n;
  let fees = 0n;
  let executed = 0;
  let refused = 0;
  let dead_letters = 0;

  function addFill(event: OrderEvent): void {
    if (event.venue_at === null || event.side === null || event.price === null)
      throw new Error(`fill ${event.event_id}: expected a time, a side and a price`);
    fills.push({ bar: barOf(event.venue_at), side: event.side, price: event.price });
    fees += event.fee ?? 0n;
  }

  function addTrade(trade: Trade): void {
    const { opened_at, entry_vwap, closed_at, exit_vwap } = trade;
    trades.push({ opened_at, entry_vwap, closed_at, exit_vwap });
    edge += trade.leg_edge;
    for (const leg of otherLegs(trade)) other_legs += leg < 0n ? -leg : leg;
  }

  return {
    add(record) {
      switch (record.type) {
        case 'OrderEvent':
          if (record.value.type === 'FILL') addFill(record.value);
          return;
        case 'Trade':
          addTrade(record.value);
          return;
        case 'Decision':
          if (record.value.kind !== 'ENTRY' && record.value.kind !== 'EXIT') return;
          if (record.value.action === 'EXECUTE') executed += 1;
          else refused += 1;
          return;
        case 'DeadLetter':
          dead_letters += 1;
          return;
        default:
          return;
      }
    },
    figures: () => ({ fills, trades: trades.length, edge, other_legs, fees, executed, refused, dead_letters }),
    tradesSha: () => sha256Hex(trades.map(tradeLine).join('')),
  };
}

/** A fill of candle mode carries the close of its bar. */
function barOf(venue_at: Micros): number {
  return (venue_at - BENCH_START) / MINUTE - 1;
}

function tradeLine({ opened_at, entry_vwap, closed_at, exit_vwap }: BenchTrade): string {
  return `${barOf(opened_at)},${entry_vwap / SCALE},${barOf(closed_at)},${exit_vwap / SCALE}\n`;
}

function otherLegs(trade: Trade): readonly Money[] {
  return [
    trade.leg_opportunity,
    trade.leg_decision_delay,
    trade.leg_send_latency,
    trade.leg_entry_slippage,
    trade.leg_exit_delay,
    trade.leg_exit_slippage,
    trade.leg_funding,
  ];
}
