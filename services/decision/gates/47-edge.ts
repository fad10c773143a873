// Gate 47 EDGE: the strategy's own record in this regime does not speak against it, once there are enough trades.
import { scoreDecimal } from '../sizing/score.ts';
import { numericFlip } from './flip-to.ts';
import { fail, type Gate, gate, NO, notApplicable, off, passWith } from './gate.ts';

export const edge: Gate = gate({
  number: 47,
  name: 'EDGE',
  class: 'S',
  unit: 'ratio',
  policy_key: 'kelly.min_trades',
  evaluate: (e) => {
    if (e.policy.kelly.min_trades === null) return off(edge);
    const { kelly, edge_negative } = e.chosen;
    if (kelly === null) return notApplicable(edge);
    const observed = kelly.f === null ? null : scoreDecimal(kelly.f);
    return edge_negative ? fail(edge, 'EDGE_NEGATIVE', observed, NO) : passWith(edge, observed, NO);
  },
  flip: (e) => numericFlip(e, 'kelly.min_trades', (e.chosen.kelly?.n ?? 0) + 1),
});
