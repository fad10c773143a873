// Gate 68 STRATEGY_CAP: the strategy has room.
import { capGate } from './cap-gate.ts';

export const strategyCap = capGate(68, 'STRATEGY_CAP', ['STRATEGY'], 'STRATEGY_CAP_REACHED', 'caps.strategy_bps');
