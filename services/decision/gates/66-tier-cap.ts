// Gate 66 TIER_CAP: the tier has room.
import { capGate } from './cap-gate.ts';

export const tierCap = capGate(66, 'TIER_CAP', ['TIER'], 'TIER_CAP_REACHED', 'caps.tier_bps');
