// Golden benchmark B1: what a run must come to, to the last digit, before anything is said about its speed.
import { decimal, formatDecimal } from '../../../schemas/money.ts';
import type { BenchRun } from './run-bench.ts';

export interface B1Result {
  readonly fills: number;
  readonly trades: number;
  readonly open: number;
  /** Money as text at its scale. */
  readonly edge: string;
  readonly fees: string;
  readonly equity: string;
  readonly trades_sha: string;
  readonly executed: number;
  readonly refused: number;
  /** Legs that are neither edge nor fees. */
  readonly other_legs: string;
  readonly dead_letters: number;
}

function golden(fills: number, trades: number, edge: string, fees: string, equity: string, trades_sha: string): B1Result {
  return {
    fills,
    trades,
    open: fills - 2 * trades,
    edge: text(edge),
    fees: text(fees),
    equity: text(equity),
    trades_sha,
    executed: fills,
    refused: 0,
    other_legs: text('0'),
    dead_letters: 0,
  };
}

function text(amount: string): string {
  return formatDecimal(decimal(amount));
}

/** By number of bars. */
export const B1_GOLDEN: Readonly<Record<number, B1Result>> = {
  100000: golden(
    2635,
    1317,
    '-19899',
    '2566034.265',
    '997414095.735',
    '8688244ada48eaf4a3f7867c663c1698a60fb4a8467f82cb2a2e779886f25af5',
  ),
  500000: golden(
    13_198,
    6599,
    '-100537',
    '11390004.533',
    '988509458.467',
    'f8d7070ef1c1fe85a9dac8995dccc0f5838510be723b1b1b5d915cacf1f2787b',
  ),
};

export function b1Result(run: BenchRun): B1Result {
  const { fills, trades, edge, fees, executed, refused, other_legs, dead_letters } = run.counter.figures();
  return {
    fills: fills.length,
    trades,
    open: fills.length - 2 * trades,
    edge: formatDecimal(edge),
    fees: formatDecimal(fees),
    equity: formatDecimal(run.equity),
    trades_sha: run.counter.tradesSha(),
    executed,
    refused,
    other_legs: formatDecimal(other_legs),
    dead_letters,
  };
}

/** One line for each figure that is not what it must be. */
export function b1Differences(found: B1Result, bars: number): string[] {
  const expected = B1_GOLDEN[bars];
  if (expected === undefined) return [`bars: ${bars}: expected one of ${Object.keys(B1_GOLDEN).join(', ')}`];
  return Object.entries(expected).flatMap(([name, value]) => {
    const got = found[name as keyof B1Result];
    return got === value ? [] : [`${name}: ${got}: expected ${value}`];
  });
}
