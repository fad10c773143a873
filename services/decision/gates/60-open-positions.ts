// Gate 60 OPEN_POSITIONS: a slot is free among positions and entries under way; adds need none.
import { slotsUsed } from '../ledger/exposure.ts';
import { raiseAbove } from './flip-to.ts';
import { fail, type Gate, gate, passWith, slackBelow, whole } from './gate.ts';

export const openPositions: Gate = gate({
  number: 60,
  name: 'OPEN_POSITIONS',
  class: 'B',
  unit: 'count',
  policy_key: 'portfolio.max_positions',
  evaluate: (e) => {
    const limit = e.policy.portfolio.max_positions;
    const used = slotsUsed(e.in.ledger);
    const margin = slackBelow(used, limit);
    if (used < limit || e.held_same_side) return passWith(openPositions, whole(used), whole(limit), margin);
    return fail(openPositions, 'MAX_POSITIONS_REACHED', whole(used), whole(limit), margin);
  },
  flip: raiseAbove('portfolio.max_positions'),
});
