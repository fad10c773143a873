// Gate 77 LEASE_CAP: the lease granted by the firm has room.
import { capGate } from './cap-gate.ts';

export const leaseCap = capGate(77, 'LEASE', ['LEASE'], 'LEASE_EXHAUSTED', 'lease.required');
