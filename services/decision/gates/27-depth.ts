// Gate 27 DEPTH: both sides of the book hold enough within 20 bps of mid; for a pool its liquidity counts.
import { exactAmount } from '../../costs/table.ts';
import { ON } from '../sizing/blocked-by.ts';
import { lower } from './flip-to.ts';
import { atLeast, dependent, type Gate, gate, off, unknown } from './gate.ts';

export const depth: Gate = gate({
  number: 27,
  name: 'DEPTH',
  class: 'B',
  unit: 'usd',
  policy_key: 'liquidity.min_depth',
  evaluate: (e) => {
    if (e.tier === null) return dependent(depth, ON.LISTED);
    const limit = e.policy.liquidity.min_depth[e.tier];
    if (limit === null) return off(depth);
    if (e.depth_least === null) return unknown(depth, 'depth');
    return atLeast(depth, e.depth_least, exactAmount(limit), 'DEPTH_TOO_THIN', e.depth_age_us, 'depth');
  },
  flip: lower((e) => `liquidity.min_depth.${e.tier ?? 'T1'}`),
});
