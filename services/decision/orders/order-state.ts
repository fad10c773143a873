// The order state machine as a table: what each event makes of an order in each state.

export type OrderStatus =
  | 'NEW'
  | 'SUBMITTING'
  | 'ACCEPTED'
  | 'PARTIALLY_FILLED'
  | 'UNKNOWN'
  | 'FILLED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'REJECTED'
  | 'DENIED'
  | 'NOT_PLACED'
  | 'SHADOWED';

/** A column of the table. A FILL is PART or REST by whether it completes the ordered quantity. */
export type OrderColumn =
  | 'SUBMITTING'
  | 'ACCEPTED'
  | 'PART'
  | 'REST'
  | 'CANCELED'
  | 'EXPIRED'
  | 'REJECTED'
  | 'DENIED'
  | 'UNKNOWN'
  | 'NOT_PLACED'
  | 'SHADOWED';

/**
 * ILLEGAL: recorded, state kept unless `to` says otherwise, venue queried. LATE: a fill after the end, booked in full. OVER_FILL: the
 * excess goes to quarantine. REVIVE: only with evidence made ≥ 60 s after the end does the order live again, else no change.
 */
export type OrderMark = '' | 'ILLEGAL' | 'LATE' | 'OVER_FILL' | 'REVIVE';

export interface Transition {
  readonly to: OrderStatus | null;
  readonly mark: OrderMark;
}

const to = (status: OrderStatus, mark: OrderMark = ''): Transition => ({ to: status, mark });
const KEEP: Transition = { to: null, mark: '' };
const ILLEGAL: Transition = { to: null, mark: 'ILLEGAL' };
const REVIVE: Transition = { to: null, mark: 'REVIVE' };
const OVER_FILL: Transition = { to: null, mark: 'OVER_FILL' };

const COLUMNS: readonly OrderColumn[] = [
  'SUBMITTING',
  'ACCEPTED',
  'PART',
  'REST',
  'CANCELED',
  'EXPIRED',
  'REJECTED',
  'DENIED',
  'UNKNOWN',
  'NOT_PLACED',
  'SHADOWED',
];

const row = (...cells: Transition[]): ReadonlyMap<OrderColumn, Transition> =>
  new Map(COLUMNS.map((column, i) => [column, cells[i] ?? ILLEGAL]));

const P = to('PARTIALLY_FILLED');
const F = to('FILLED');
const C = to('CANCELED');
const E = to('EXPIRED');
const R = to('REJECTED');
const D = to('DENIED');
const U = to('UNKNOWN');
const ENDED = row(KEEP, REVIVE, { to: null, mark: 'LATE' }, to('FILLED', 'LATE'), KEEP, KEEP, KEEP, ILLEGAL, KEEP, ILLEGAL);
const NEVER_LIVED = row(KEEP, REVIVE, to('UNKNOWN', 'LATE'), to('FILLED', 'LATE'), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP);
const PART_ILLEGAL = to('PARTIALLY_FILLED', 'ILLEGAL');
const FILL_ILLEGAL = to('FILLED', 'ILLEGAL');

const TABLE: Readonly<Record<OrderStatus, ReadonlyMap<OrderColumn, Transition>>> = {
  NEW: row(to('SUBMITTING'), ILLEGAL, PART_ILLEGAL, FILL_ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, D, ILLEGAL, ILLEGAL, to('SHADOWED')),
  SUBMITTING: row(KEEP, to('ACCEPTED'), P, F, C, E, R, D, U, ILLEGAL),
  ACCEPTED: row(KEEP, KEEP, P, F, C, E, R, ILLEGAL, U, ILLEGAL),
  PARTIALLY_FILLED: row(KEEP, KEEP, P, F, C, E, ILLEGAL, ILLEGAL, U, ILLEGAL),
  UNKNOWN: row(KEEP, to('ACCEPTED'), P, F, C, E, R, ILLEGAL, KEEP, to('NOT_PLACED')),
  FILLED: row(KEEP, KEEP, OVER_FILL, OVER_FILL, KEEP, KEEP, ILLEGAL, ILLEGAL, KEEP, ILLEGAL),
  CANCELED: ENDED,
  EXPIRED: ENDED,
  REJECTED: NEVER_LIVED,
  NOT_PLACED: NEVER_LIVED,
  DENIED: new Map(NEVER_LIVED).set('SUBMITTING', ILLEGAL),
  SHADOWED: row(),
};

/** The table's rows, to be found without a look at every name. */
const ROWS = new Map(Object.entries(TABLE));

/** What `column` makes of an order in `status`; `partlyFilled` says whether anything of it was filled before. */
export function transition(status: OrderStatus, column: OrderColumn, partlyFilled: boolean): Transition {
  if (status === 'UNKNOWN' && partlyFilled) {
    if (column === 'ACCEPTED') return P;
    if (column === 'NOT_PLACED') return ILLEGAL;
  }
  return ROWS.get(status)?.get(column) ?? ILLEGAL;
}

/** True in a state that only venue evidence of another life can leave. */
export function isTerminal(status: OrderStatus): boolean {
  switch (status) {
    case 'NEW':
    case 'SUBMITTING':
    case 'ACCEPTED':
    case 'PARTIALLY_FILLED':
    case 'UNKNOWN':
      return false;
    case 'FILLED':
    case 'CANCELED':
    case 'EXPIRED':
    case 'REJECTED':
    case 'DENIED':
    case 'NOT_PLACED':
    case 'SHADOWED':
      return true;
  }
}
