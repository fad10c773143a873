// Gate 70 TOTAL_CAP: the portfolio has room.
import { capGate } from './cap-gate.ts';

export const totalCap = capGate(70, 'TOTAL_CAP', ['TOTAL'], 'TOTAL_CAP_REACHED', 'caps.total_bps');
