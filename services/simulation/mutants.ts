// The rules that keep the pipeline right, each with the edit that switches it off: the simulation has to notice every one.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text that holds templates is looked for as it stands

export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly put: string;
}

export interface Mutant {
  readonly name: string;
  /** What is no longer done. */
  readonly rule: string;
  /** One that noticed; where the code has changed since, the search goes on from there. */
  readonly seed: number;
  readonly edits: readonly Edit[];
}

const OWNER = 'topology/runtime/claimed/owner.ts';
const SENDER = 'topology/log/kafka/sender.ts';
const OWN_OUTPUTS = 'topology/runtime/claimed/own-outputs.ts';
const COMMANDS = 'services/execution/commands.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'watermark',
    rule: 'of what a fold has written a reader drops what lies at or below the last position it took',
    seed: 1,
    edits: [
      {
        file: 'topology/runtime/admission.ts',
        find: 'if (source.offset < mark.offset || (source.offset === mark.offset && source.index <= mark.index)) return false;',
        put: '',
      },
    ],
  },
  {
    name: 'first-that-counts',
    rule: 'of two enrichments of one signal for one portfolio the first one counts',
    seed: 1,
    edits: [{ file: 'topology/runtime/admission.ts', find: "  'EnrichedSignal',\n", put: '' }],
  },
  {
    name: 'own-id-dedup',
    rule: 'what merge points and effects write counts once by its id',
    seed: 1,
    edits: [
      { file: 'topology/runtime/id-table.ts', find: 'return add(table.current);', put: 'return add(table.current) || true;' },
    ],
  },
  {
    name: 'claim-before-reading',
    rule: 'an owner reads each claimed output up to its own Claim, not to what was its end before',
    seed: 1,
    edits: [
      {
        file: OWNER,
        find: 'ours = new Set([id]);',
        put: `ours = new Set([id]);
    const ends = new Map<string, number>();
    for (const place of places) ends.set(placeText(place), await log.endOffset(place.topic, place.partition));`,
      },
      { file: OWNER, find: ': at + 1;', put: ': (ends.get(placeText(place)) ?? 0);' },
      {
        file: OWNER,
        find: 'if (output.table.get(slot) !== claim.id) throw',
        put: 'output.table.set(slot, claim.id); if (id === "") throw',
      },
    ],
  },
  {
    name: 'claim-checked-by-readers',
    rule: 'readers drop what was written under another claim than the one in force',
    seed: 1,
    edits: [
      { file: 'topology/log/claims.ts', find: "return inForce === claim.id ? 'counts' : 'foreign';", put: "return 'counts';" },
    ],
  },
  {
    name: 'self-fencing',
    rule: 'a member that nobody has answered for a session timeout publishes nothing more',
    seed: 1,
    edits: [{ file: OWNER, find: 'if (silent > membership.session_ms)', put: 'if (silent < 0)' }],
  },
  {
    name: 'one-version',
    rule: 'a group never mixes versions of a stage',
    seed: 1,
    edits: [{ file: 'topology/log/kafka/assign.ts', find: 'return `weir:${version}`;', put: "return 'weir:';" }],
  },
  {
    name: 'claim-value-reused',
    rule: 'a claim is new each time it is claimed',
    seed: 1,
    edits: [
      {
        file: 'topology/runtime/claimed/stage-runtime.ts',
        find: 'return `${membership.memberId()}#${claims}`;',
        put: 'return membership.memberId();',
      },
    ],
  },
  {
    name: 'watermark-before-claim',
    rule: 'a record that does not count moves no watermark and enters no table of ids',
    seed: 1,
    edits: [
      {
        file: 'topology/runtime/claimed/input.ts',
        find: "import { StageStopped } from '../stopped.ts';",
        put: "import { admit } from '../admission.ts';\nimport { StageStopped } from '../stopped.ts';",
      },
      {
        file: 'topology/runtime/claimed/input.ts',
        find: "  if (counting === 'counts') {",
        put: `  if (counting === 'foreign' && entry.kind === 'RECORD')
    admit(task.trackOf(input.place.topic, input.place.partition), task.memory.ids, entry.record());
  if (counting === 'counts') {`,
      },
    ],
  },
  {
    name: 'claim-table-not-restored',
    rule: 'the claim table is kept with the position, in every snapshot',
    seed: 1,
    edits: [{ file: OWNER, find: 'const table = new Map(from?.table ?? []);', put: 'const table = new Map();' }],
  },
  {
    name: 'send-result-check',
    rule: 'a send has succeeded only when its result names every partition',
    seed: 1,
    edits: [
      {
        file: SENDER,
        find: 'if (offset === undefined) throw new AppendFailedError(',
        put: 'if (offset === undefined) continue; void (',
      },
    ],
  },
  {
    name: 'new-producer-after-a-rejected-send',
    rule: 'after a rejected send the producer is a new one',
    seed: 1,
    edits: [
      { file: SENDER, find: 'const old = producer;\n    producer = null;', put: 'const old: SendingProducer | null = null;' },
    ],
  },
  {
    name: 'decisions-before-orders',
    rule: "a batch's decisions are acknowledged before its orders are sent",
    seed: 1,
    edits: [{ file: OWNER, find: 'for (const batch of [others, orders])', put: 'for (const batch of [[...others, ...orders]])' }],
  },
  {
    name: 'snapshot-before-read-back',
    rule: 'a snapshot is written only after every claimed output was read back to its last acknowledged offset',
    seed: 275,
    edits: [
      {
        file: OWNER,
        find: 'for (const output of of.outputs) await of.watched.get(output)?.reaches(output.next);\n',
        put: '\n',
      },
    ],
  },
  {
    name: 'snapshot-while-catching-up',
    rule: 'no snapshot before the position has passed everything that stood at open',
    seed: 1,
    edits: [
      {
        file: OWNER,
        find: 'if (!isCaughtUp(task, of.outputs) || of.catch_up.length > 0) return;',
        put: '',
      },
    ],
  },
  {
    name: 'per-partition-positions',
    rule: 'positions and watermarks are kept for each partition of an input',
    seed: 1,
    edits: [
      {
        file: 'topology/runtime/take.ts',
        find: 'if (from === null || from.partition !== record.partition || from.topic !== record.topic)',
        put: 'if (from === null || from.topic !== record.topic)',
      },
      { file: 'topology/runtime/task.ts', find: 'known.partition === of && known.topic === topic', put: 'known.topic === topic' },
    ],
  },
  {
    name: 'compare',
    rule: 'what a fold derives again has to equal what stands',
    seed: 1,
    edits: [
      {
        file: OWN_OUTPUTS,
        find: 'const [head] = output.found;\n  if (head === undefined || head.source === null) return !isAfter(source, output.last);',
        put: `while (isAfter(source, output.found[0]?.source ?? source)) output.found.shift();
  const [head] = output.found;
  if (head === undefined || head.source === null) return !isAfter(source, output.last);`,
      },
      { file: OWN_OUTPUTS, find: 'if (output.matched === 0) return true;', put: 'return true;' },
      { file: OWN_OUTPUTS, find: 'compare(task, draft, head);', put: '' },
      {
        file: OWN_OUTPUTS,
        find: 'if (input === undefined || input.next <= offset) return;',
        put: 'if (input === undefined || input.next <= offset) return; output.found.shift(); return checkPassed(task, output);',
      },
    ],
  },
  {
    name: 'hole-check',
    rule: 'a missing offset stops the partition',
    seed: 1,
    edits: [
      {
        file: 'topology/log/contiguous.ts',
        find: 'if (found === expected || topicOf(topic).compacted) return null;',
        put: 'return null;',
      },
    ],
  },
  {
    name: 'old-price-on-a-new-position',
    rule: 'a position is judged by no price from before its last entry',
    seed: 1,
    edits: [{ file: 'services/monitor/evaluate.ts', find: 'if (track.price_at < position.last_entry_at) return;', put: '' }],
  },
  {
    name: 'non-deterministic-step',
    rule: 'a fold derives the same from the same, whoever folds',
    seed: 1,
    edits: [
      {
        file: 'services/decision/entry/enter.ts',
        find: 'decided_at: p.now,',
        put: 'decided_at: p.now + Math.floor(Math.random() * 1_000),',
      },
    ],
  },
  {
    name: 'reservation-released-on-unknown',
    rule: 'an order whose outcome is unknown keeps its reservation',
    seed: 1,
    edits: [
      {
        file: 'services/decision/orders/order-event.ts',
        find: "if (order.status === 'UNKNOWN' && order.unknown_since < 0) order.unknown_since = context.now;",
        put: `if (order.status === 'UNKNOWN' && order.unknown_since < 0) {
    order.unknown_since = context.now;
    out.effects.push({ kind: 'RELEASE', order, keep: 0n });
  }`,
      },
    ],
  },
  {
    name: 'sent-before-it-counts',
    rule: 'an order is handed to the venue only when its own SUBMITTING was read back and counts',
    seed: 1,
    edits: [
      {
        file: COMMANDS,
        find: "import { requestCancel } from './simulated/exchange.ts';",
        put: "import { place as call, requestCancel } from './simulated/exchange.ts';",
      },
      {
        file: COMMANDS,
        find: 'event.send_deadline_at = order.send_deadline_at;\n  publish(step, portfolio, event, order);',
        put: `event.send_deadline_at = order.send_deadline_at;
  publish(step, portfolio, event, order);
  call(step, portfolio, marketOf(step, order.instrument), order);`,
      },
    ],
  },
  {
    name: 'sent-for-another',
    rule: 'the SUBMITTING that is handed over is that of this very owner, the first that counts',
    seed: 1,
    edits: [
      {
        file: 'services/execution/stage.ts',
        find: "order.phase !== 'SUBMITTING' || event.claim !== portfolio.claim) return;",
        put: "order.phase !== 'SUBMITTING') return;",
      },
    ],
  },
];
