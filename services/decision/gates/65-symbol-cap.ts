// Gate 65 SYMBOL_CAP: the symbol has room for the smallest useful size.
import { capGate } from './cap-gate.ts';

export const symbolCap = capGate(65, 'SYMBOL_CAP', ['SYMBOL'], 'SYMBOL_CAP_REACHED', 'caps.symbol_bps');
