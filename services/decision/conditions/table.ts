// The conditions that stop trading: code, state and way out, in the order that breaks ties; there is no other place where trading is stopped.

export type TradingState = 'ACTIVE' | 'REDUCING' | 'HALTED';

/** latched: only an operator (or the end of the period) ends it. measured: it ends when what is measured is well again. timed: at `until`. */
type WayOut = 'latched' | 'measured' | 'timed';

interface ConditionRow {
  readonly code: string;
  readonly state: 'REDUCING' | 'HALTED';
  readonly way_out: WayOut;
  readonly clears_by: string;
}

export const CONDITIONS = [
  { code: 'STATE_UNKNOWN', state: 'HALTED', way_out: 'latched', clears_by: 'RESUME; auto_start lets the first activation do it' },
  { code: 'KILL_SWITCH', state: 'REDUCING', way_out: 'latched', clears_by: 'operator RESUME' },
  { code: 'DRAWDOWN_STOP_HIT', state: 'REDUCING', way_out: 'latched', clears_by: 'operator RESUME with a new baseline' },
  { code: 'WEEKLY_STOP_HIT', state: 'REDUCING', way_out: 'latched', clears_by: 'next ISO week, or operator RESUME' },
  { code: 'DAILY_STOP_HIT', state: 'REDUCING', way_out: 'latched', clears_by: 'next UTC day, or operator RESUME' },
  { code: 'POSITION_LOSS_EXTREME', state: 'REDUCING', way_out: 'latched', clears_by: 'operator RESUME' },
  { code: 'REPEATED_EXECUTION', state: 'REDUCING', way_out: 'latched', clears_by: 'operator RESUME' },
  {
    code: 'RECONCILIATION_BREAK',
    state: 'REDUCING',
    way_out: 'measured',
    clears_by: 'next clean report with an empty quarantine',
  },
  { code: 'UNKNOWN_ORDERS', state: 'REDUCING', way_out: 'measured', clears_by: 'the orders are resolved' },
  { code: 'BREAKERS_TRIPPED', state: 'REDUCING', way_out: 'measured', clears_by: 'fewer than 3 breakers open' },
  { code: 'FLASH_CRASH', state: 'REDUCING', way_out: 'timed', clears_by: '1800 s after the last trigger' },
  { code: 'DATA_SILENCE', state: 'REDUCING', way_out: 'measured', clears_by: 'every held symbol fresh for 60 s' },
  { code: 'CLOCK_SKEW', state: 'REDUCING', way_out: 'measured', clears_by: '60 s inside the limit' },
  { code: 'SAFE_MODE', state: 'REDUCING', way_out: 'measured', clears_by: 'five good verdicts in recovery' },
  { code: 'RECORD_PARKED', state: 'HALTED', way_out: 'latched', clears_by: 'operator RESUME' },
  { code: 'POLICY_INVALID', state: 'REDUCING', way_out: 'measured', clears_by: 'a valid activation' },
] as const satisfies readonly ConditionRow[];

export type ConditionCode = (typeof CONDITIONS)[number]['code'];

const ROWS = new Map<string, ConditionRow>(CONDITIONS.map((row) => [row.code, row]));
const ORDER = new Map<string, number>(CONDITIONS.map((row, index) => [row.code, index]));

export function isConditionCode(code: string): code is ConditionCode {
  return ROWS.has(code);
}

export function conditionRow(code: ConditionCode): ConditionRow {
  const row = ROWS.get(code);
  if (row === undefined) throw new Error(`condition ${code} has no row`);
  return row;
}

export function conditionOrder(code: ConditionCode): number {
  return ORDER.get(code) ?? CONDITIONS.length;
}
