// Gate 80 SIZE: the size can still be sold after its stop was hit.
import { nearest } from '../../../schemas/money.ts';
import { change } from './flip-to.ts';
import { fail, type Gate, gate, passWith, slackAbove, unknown, unsized } from './gate.ts';

export const size: Gate = gate({
  number: 80,
  name: 'SIZE',
  class: 'S',
  unit: 'usd',
  policy_key: 'sizing.max_bump',
  evaluate: (e) => {
    const { sized } = e;
    if (sized.notional === null)
      return sized.blocked_by === size.number ? unknown(size, 'signal.size') : unsized(size, sized.blocked_by);
    // Where even the exit it is planned with would leave nothing, no size is large enough.
    if (sized.need === null) return fail(size, 'SIZE_BELOW_MINIMUM', sized.notional, null);
    const margin = slackAbove(nearest(sized.notional), nearest(sized.need));
    return sized.enough
      ? passWith(size, sized.notional, sized.need, margin)
      : fail(size, 'SIZE_BELOW_MINIMUM', sized.notional, sized.need, margin);
  },
  flip: change('sizing.max_bump', 'a larger size'),
});
