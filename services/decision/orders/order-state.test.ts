// The transition table of an order, cell by cell.
import { describe, expect, it } from 'vitest';
import { isTerminal, type OrderColumn, type OrderStatus, transition } from './order-state.ts';

const columns: OrderColumn[] = [
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

// `·` no change, `!` anomaly, `P!` new state and anomaly, `over` excess to quarantine, `late` booked and state kept, `late X` booked and moved, `rev` may revive
const table: Record<OrderStatus, string> = {
  NEW: 'SUBMITTING | ! | PARTIALLY_FILLED! | FILLED! | ! | ! | ! | DENIED | ! | ! | SHADOWED',
  SUBMITTING: '· | ACCEPTED | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | DENIED | UNKNOWN | ! | !',
  ACCEPTED: '· | · | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | ! | UNKNOWN | ! | !',
  PARTIALLY_FILLED: '· | · | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | ! | ! | UNKNOWN | ! | !',
  UNKNOWN: '· | ACCEPTED | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED | REJECTED | ! | · | NOT_PLACED | !',
  FILLED: '· | · | over | over | · | · | ! | ! | · | ! | !',
  CANCELED: '· | rev | late | late FILLED | · | · | · | ! | · | ! | !',
  EXPIRED: '· | rev | late | late FILLED | · | · | · | ! | · | ! | !',
  REJECTED: '· | rev | late UNKNOWN | late FILLED | · | · | · | · | · | · | !',
  DENIED: '! | rev | late UNKNOWN | late FILLED | · | · | · | · | · | · | !',
  NOT_PLACED: '· | rev | late UNKNOWN | late FILLED | · | · | · | · | · | · | !',
  SHADOWED: '! | ! | ! | ! | ! | ! | ! | ! | ! | ! | !',
};

function spell(status: OrderStatus, column: OrderColumn): string {
  const { to, mark } = transition(status, column, false);
  switch (mark) {
    case '':
      return to ?? '·';
    case 'ILLEGAL':
      return `${to ?? ''}!`;
    case 'LATE':
      return to === null ? 'late' : `late ${to}`;
    case 'OVER_FILL':
      return 'over';
    case 'REVIVE':
      return 'rev';
  }
}

describe('an order', () => {
  for (const [status, cells] of Object.entries(table) as [OrderStatus, string][]) {
    it(`in ${status}`, () => {
      expect(columns.map((column) => spell(status, column)).join(' | ')).toBe(cells);
    });
  }

  it('that is unknown and partly filled comes back as partly filled, and cannot be not placed', () => {
    expect(transition('UNKNOWN', 'ACCEPTED', true)).toEqual({ to: 'PARTIALLY_FILLED', mark: '' });
    expect(transition('UNKNOWN', 'NOT_PLACED', true)).toEqual({ to: null, mark: 'ILLEGAL' });
  });

  it('is open in exactly five states', () => {
    expect((Object.keys(table) as OrderStatus[]).filter((s) => !isTerminal(s))).toEqual([
      'NEW',
      'SUBMITTING',
      'ACCEPTED',
      'PARTIALLY_FILLED',
      'UNKNOWN',
    ]);
  });
});
