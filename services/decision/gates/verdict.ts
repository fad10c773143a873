// What a gate says: one shape for every gate and every outcome, the row of Decision.gates.
import type { GateVerdict } from '../../../schemas/records.generated.ts';

export type Verdict = GateVerdict;
