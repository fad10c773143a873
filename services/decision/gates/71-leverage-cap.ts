// Gate 71 LEVERAGE_CAP: gross exposure stays within the leverage.
import { capGate } from './cap-gate.ts';

export const leverageCap = capGate(71, 'LEVERAGE_CAP', ['LEVERAGE'], 'LEVERAGE_CAP_REACHED', 'caps.leverage');
