// Gate 75 DEPTH_CAP: the book is deep enough on the side taken.
import { capGate } from './cap-gate.ts';

export const depthCap = capGate(75, 'DEPTH_CAP', ['DEPTH'], 'DEPTH_CAP_REACHED', 'liquidity.depth_share');
