// Gate 72 CASH_CAP: there is cash, or initial margin, above the reserve.
import { capGate } from './cap-gate.ts';

export const cashCap = capGate(72, 'CASH', ['CASH'], 'CASH_INSUFFICIENT', 'caps.cash_reserve_bps');
