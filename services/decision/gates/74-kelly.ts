// Gate 74 KELLY_CAP: Kelly's cap leaves room.
import { capGate } from './cap-gate.ts';

export const kellyCap = capGate(74, 'KELLY_CAP', ['KELLY'], 'KELLY_CAP_REACHED', 'kelly.cap_bps');
