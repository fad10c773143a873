// What would have changed the action: for one failing gate the nearest value of its key, tried on the same state; else all of them.
import type { Flip, GateVerdict } from '../../../schemas/records.generated.ts';
import type { Policy } from '../../policy/schema.ts';
import { type EntryContext, gatherEntry } from './context.ts';
import type { FlipTo, Gate } from './gate.ts';
import { type Judged, judgeEntry } from './judge.ts';
import { LADDER } from './ladder.ts';

export function flipsOf(e: EntryContext, judged: Judged): Flip[] {
  if (judged.action === 'EXECUTE') return tightest(judged.tightest);
  const flips: Flip[] = [];
  for (let i = 0; i < LADDER.length; i += 1) {
    const gate = LADDER[i];
    const verdict = judged.gates[i];
    if (gate === undefined || verdict === undefined || (verdict.verdict !== 'FAIL' && verdict.verdict !== 'UNKNOWN')) continue;
    const to = flipTo(gate, e, verdict);
    const certain = judged.failing === 1 && judged.dependents === 0 && verdict.verdict === 'FAIL' && changesAction(e, to);
    flips.push({ gate: gate.number, policy_key: to.policy_key, from: to.from, to: to.to, certain });
  }
  return flips;
}

function flipTo(gate: Gate, e: EntryContext, verdict: GateVerdict): FlipTo {
  if (verdict.verdict === 'UNKNOWN') {
    return { policy_key: null, from: 'unknown', to: `known ${verdict.input_source ?? 'input'}`, value: null };
  }
  return gate.flip === null
    ? { policy_key: gate.policy_key, from: verdict.reason_code ?? '', to: 'within the limit', value: null }
    : gate.flip(e, verdict);
}

/** An entry that passes: the gate that left it the least room. */
function tightest(least: GateVerdict | null): Flip[] {
  if (least === null) return [];
  return [{ gate: least.gate, policy_key: least.policy_key, from: text(least.limit), to: text(least.observed), certain: false }];
}

function text(value: bigint | null): string {
  return value === null ? '' : String(Number(value) / 1e12);
}

/** Tries the change: a numeric key is set in a copy of the policy and the same state is judged again. */
function changesAction(e: EntryContext, to: FlipTo): boolean {
  if (to.policy_key === null || to.value === null) return false;
  const policy = withKey(e.policy, to.policy_key, to.value);
  if (policy === null) return false;
  return judgeEntry(gatherEntry(e.in, policy)).action === 'EXECUTE';
}

type Tree = Readonly<Record<string, unknown>>;

/** The policy with one numeric key changed; only the maps on the way are copied. null where the key is no number. */
export function withKey(policy: Policy, path: string, value: number): Policy | null {
  const parts = path.split('.');
  const copy = setAt(policy as unknown as Tree, parts, 0, value);
  return copy === null ? null : (copy as unknown as Policy);
}

function setAt(tree: Tree, parts: readonly string[], index: number, value: number): Tree | null {
  const key = parts[index] ?? '';
  if (!Object.hasOwn(tree, key)) return null;
  const old = tree[key];
  if (index === parts.length - 1) return typeof old === 'number' || old === null ? { ...tree, [key]: value } : null;
  if (typeof old !== 'object' || old === null) return null;
  const below = setAt(old as Tree, parts, index + 1, value);
  return below === null ? null : { ...tree, [key]: below };
}
