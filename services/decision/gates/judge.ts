// Runs the whole ladder on one frozen state: every gate speaks, and the lowest that fails is the reason.
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import type { EntryContext } from './context.ts';
import { LADDER } from './ladder.ts';

export interface Judged {
  readonly action: 'EXECUTE' | 'SKIP' | 'BLOCK';
  readonly reason_code: string;
  readonly reason_gate: number | null;
  readonly gates: GateVerdict[];
  /** Gates that fail or do not know. */
  readonly failing: number;
  readonly dependents: number;
  /** Of those that pass, the first that leaves the least room; null where none is measured. */
  readonly tightest: GateVerdict | null;
}

/** Operators may not override admission, state and safety up to PAIR, self-trade, nor the checks of the order itself. */
export function isOverridable(gate: number): boolean {
  return gate > 12 && gate !== 64 && (gate < 80 || gate > 86);
}

export function judgeEntry(e: EntryContext): Judged {
  const gates: GateVerdict[] = new Array(LADDER.length);
  const { waive_unknown } = e.policy.gates;
  const { overrides } = e.in;
  let reason: GateVerdict | null = null;
  let failing = 0;
  let dependents = 0;
  let tightest: GateVerdict | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < LADDER.length; i += 1) {
    const gate = LADDER[i];
    if (gate === undefined) continue;
    const verdict = gate.evaluate(e);
    gates[i] = verdict;
    if (verdict.verdict === 'PASS') {
      if (verdict.margin !== null && (tightest === null || verdict.margin < least)) {
        tightest = verdict;
        least = verdict.margin;
      }
      continue;
    }
    if (verdict.verdict === 'DEPENDENT') dependents += 1;
    if (verdict.verdict !== 'FAIL' && verdict.verdict !== 'UNKNOWN') continue;
    const override = overrides.size > 0 && isOverridable(gate.number) ? overrides.get(gate.number) : undefined;
    if (override !== undefined) {
      waive(verdict, override);
    } else if (verdict.verdict === 'UNKNOWN' && waive_unknown.includes(gate.name)) {
      waive(verdict, 'gates.waive_unknown');
    } else {
      failing += 1;
      reason ??= verdict;
    }
  }
  if (reason === null) {
    return { action: 'EXECUTE', reason_code: 'ENTRY_APPROVED', reason_gate: null, gates, failing, dependents, tightest };
  }
  // An unknown always blocks; a limit that is broken does by its class.
  const blocks = reason.verdict === 'UNKNOWN' || reason.class === 'B';
  return {
    action: blocks ? 'BLOCK' : 'SKIP',
    reason_code: reason.reason_code ?? reason.name,
    reason_gate: reason.gate,
    gates,
    failing,
    dependents,
    tightest,
  };
}

/** The verdict keeps its numbers and its reason. */
function waive(verdict: GateVerdict, by: string): void {
  verdict.verdict = 'WAIVED';
  verdict.waived_by = by;
}
