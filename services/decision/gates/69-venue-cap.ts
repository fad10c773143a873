// Gate 69 VENUE_CAP: the venue, and the chain, have room.
import { capGate } from './cap-gate.ts';

export const venueCap = capGate(69, 'VENUE_CAP', ['VENUE', 'CHAIN'], 'VENUE_CAP_REACHED', 'caps.venue_bps');
