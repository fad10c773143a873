// Gate 76 ORDER_VALUE_CAP: an order may be that large.
import { capGate } from './cap-gate.ts';

export const orderValueCap = capGate(76, 'ORDER_VALUE_CAP', ['ORDER_VALUE'], 'ORDER_VALUE_CAP_REACHED', 'order.max_value');
