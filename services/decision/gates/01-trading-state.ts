// Gate 01 TRADING_STATE: the portfolio's trading state is ACTIVE.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass } from './gate.ts';

export const tradingState: Gate = gate({
  number: 1,
  name: 'TRADING_STATE',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    const { state, reason_code } = e.in.trading;
    return state === 'ACTIVE' ? pass(tradingState) : fail(tradingState, reason_code === '' ? 'STATE_UNKNOWN' : reason_code);
  },
  flip: change(null, 'ACTIVE'),
});
