// Gate 78 CAPITAL_CAP: the capital admitted for this stage has room.
import { capGate } from './cap-gate.ts';

export const capitalCap = capGate(78, 'CAPITAL_CAP', ['CAPITAL'], 'CAPITAL_CAP_REACHED', 'caps.capital_max');
