// Gate 73 RISK_CAP: the smallest useful size loses no more at its stop than a trade may.
import { capGate } from './cap-gate.ts';

export const riskCap = capGate(73, 'RISK_CAP', ['RISK'], 'RISK_PER_TRADE_REACHED', 'sizing.risk_per_trade_bps');
