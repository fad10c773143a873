// The stops: drawdown, week and day. They latch, are compared exactly, and are looked at only where NAV has fallen far enough.
import { divFloor, formatDecimal, max, mulCeil } from '../../../schemas/money.ts';
import type { Fold } from '../fold.ts';
import { drawdownReached, equityOf, navIsKnown, periodLossReached } from '../ledger/equity.ts';
import { marksMaxAge, type PortfolioState } from '../state.ts';
import { conditionOf, setCondition } from './conditions.ts';
import type { ConditionCode } from './table.ts';

export type StopCode = Extract<ConditionCode, 'DRAWDOWN_STOP_HIT' | 'WEEKLY_STOP_HIT' | 'DAILY_STOP_HIT'>;
export const STOP_CODES: readonly StopCode[] = ['DRAWDOWN_STOP_HIT', 'WEEKLY_STOP_HIT', 'DAILY_STOP_HIT'];

/** What a RESUME with a new baseline re-bases. */
export const BASELINE_OF = { DRAWDOWN_STOP_HIT: 'hwm', WEEKLY_STOP_HIT: 'week', DAILY_STOP_HIT: 'day' } as const;

export interface StopReading {
  readonly reached: boolean;
  /** Whole bps for the text: signed return, or the drawdown. */
  readonly value_bps: number;
  readonly limit_bps: number;
  readonly text: string;
}

/** null where nothing can be measured: no policy, or no units yet. */
export function readStop(p: PortfolioState, code: StopCode): StopReading | null {
  if (p.policy === null || p.ledger.units === 0n) return null;
  const { stops } = p.policy.policy;
  const equity = equityOf(p.ledger, p.now, marksMaxAge(p));
  switch (code) {
    case 'DRAWDOWN_STOP_HIT': {
      const text = `drawdown ${equity.drawdown_bps} bps, limit ${stops.drawdown_bps}`;
      const reached = drawdownReached(p.ledger, stops.drawdown_bps);
      return { reached, value_bps: equity.drawdown_bps, limit_bps: stops.drawdown_bps, text };
    }
    case 'WEEKLY_STOP_HIT': {
      const text = `week ${equity.week_bps} bps, limit -${stops.weekly_bps}`;
      const reached = periodLossReached(p.ledger, 'week', stops.weekly_bps);
      return { reached, value_bps: equity.week_bps, limit_bps: -stops.weekly_bps, text };
    }
    case 'DAILY_STOP_HIT': {
      const text = `day ${equity.day_bps} bps, limit -${stops.daily_bps}`;
      const reached = periodLossReached(p.ledger, 'day', stops.daily_bps);
      return { reached, value_bps: equity.day_bps, limit_bps: -stops.daily_bps, text };
    }
  }
}

/** After a booking: realised results may trip a stop at any NAV. */
export function checkStops(fold: Fold, p: PortfolioState): void {
  if (p.policy === null || p.ledger.units === 0n) return;
  const { ledger } = p;
  const { stops } = p.policy.policy;
  // An unknown NAV is the one last known; a stop on it would be a stop on a guess, except for what is realised.
  for (const code of STOP_CODES) {
    if (conditionOf(p, code) !== null) continue;
    const reached =
      code === 'DRAWDOWN_STOP_HIT'
        ? drawdownReached(ledger, stops.drawdown_bps)
        : code === 'WEEKLY_STOP_HIT'
          ? periodLossReached(ledger, 'week', stops.weekly_bps)
          : periodLossReached(ledger, 'day', stops.daily_bps);
    if (!reached) continue;
    const reading = readStop(p, code);
    setCondition(fold, p, code, { actor: 'decision', reason: `${reading?.text ?? ''}, NAV ${formatDecimal(ledger.nav)}` });
  }
}

/** After a Mark only the unit price can have moved: no stop trips while NAV is above the highest of the three floors. */
export function checkStopsOnMark(fold: Fold, p: PortfolioState): void {
  const { ledger, stops_floor } = p;
  if (p.policy === null) return;
  if (
    stops_floor.units !== ledger.units ||
    stops_floor.hwm !== ledger.hwm ||
    stops_floor.day !== ledger.day.unit ||
    stops_floor.week !== ledger.week.unit ||
    stops_floor.policy_hash !== p.policy.policy_hash
  ) {
    setFloor(p, p.policy.policy.stops);
  }
  if (ledger.nav > stops_floor.floor) return;
  if (navIsKnown(ledger, p.now, marksMaxAge(p))) checkStops(fold, p);
}

function setFloor(p: PortfolioState, stops: { daily_bps: number; weekly_bps: number; drawdown_bps: number }): void {
  const { ledger, stops_floor } = p;
  const floorOf = (unit: bigint, limit_bps: number): bigint =>
    mulCeil(divFloor(unit * BigInt(10_000 - limit_bps), 10_000n * 1_000_000_000_000n), ledger.units);
  const floors = [
    floorOf(ledger.hwm, stops.drawdown_bps),
    floorOf(ledger.week.unit, stops.weekly_bps),
    floorOf(ledger.day.unit, stops.daily_bps),
  ];
  // The unit price is NAV ÷ units rounded half even: one unit of its last place is `units` × 10^-12 of NAV.
  const slack = ledger.units / 1_000_000_000_000n + 1_000n;
  stops_floor.floor = floors.reduce(max) + 2n * slack;
  stops_floor.units = ledger.units;
  stops_floor.hwm = ledger.hwm;
  stops_floor.day = ledger.day.unit;
  stops_floor.week = ledger.week.unit;
  stops_floor.policy_hash = p.policy?.policy_hash ?? '';
}
