// Gate 67 THEME_CAP: the theme has room.
import { capGate } from './cap-gate.ts';

export const themeCap = capGate(67, 'THEME_CAP', ['THEME'], 'THEME_CAP_REACHED', 'caps.theme_bps');
