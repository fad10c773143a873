// For tests: what the final logs of a run must satisfy, whatever was killed meanwhile; each breach is one sentence.
import type { Decision, OrderCommand, OrderEvent } from '../../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../../topology/envelope.ts';
import { type ClaimTable, countEntry } from '../../../topology/log/claims.ts';
import type { Draft } from '../../../topology/log/draft.ts';
import { messageOf } from '../../../topology/log/errors.ts';

import { bytesOf, sourceText } from '../../../topology/log/sqlite-row.ts';
import { admit, newTrack } from '../../../topology/runtime/admission.ts';
import { newIdTable } from '../../../topology/runtime/id-table.ts';
import { take } from '../../../topology/runtime/take.ts';
import { createTask } from '../../../topology/runtime/task.ts';
import type { Stage } from '../../../topology/stage.ts';
import { stageOf } from '../../../topology/stages.ts';
import { TOPICS, type TopicName } from '../../../topology/topics.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { stagesOf } from '../../deployment/pipeline.ts';
import type { FinalLogs } from './final-logs.ts';
import { plainEntry } from './plain-entry.ts';
import { valueFaults } from './verdict-values.ts';

export interface Verdict {
  readonly faults: readonly string[];
  /** What there was to judge: a verdict over nothing is none. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Standing {
  readonly record: AnyEnvelope;
  readonly value: Buffer;
}

/** What a reader takes of each partition: claim first, then watermark or id. */
export interface Counted {
  of(topic: TopicName, partition: number): readonly Standing[];
  all(topic: TopicName): readonly Standing[];
  /** Records with a value that lie in the log and do not count. */
  readonly dropped: number;
}

/** `sent`: event ids of the signals that were acknowledged to their sender. */
export function verdictOf(logs: FinalLogs, topology: Topology, deployment: Deployment, sent: readonly string[]): Verdict {
  const counted = countedIn(logs, topology);
  const faults = [
    ...holes(logs),
    ...stagesOf(deployment).flatMap((stage) => foldFaults(stage, counted, topology)),
    ...signalFaults(counted, deployment, sent),
    ...orderFaults(counted),
    ...valueFaults(logs, counted, topology),
    ...breaks(counted),
    ...counted.all('dead-letters.v1').map(({ record }) => `a dead letter stands: ${JSON.stringify(record.value)}`),
  ];
  const journal = counted.all('journal.v1');
  const numberOf = (type: AnyEnvelope['type']): number => journal.filter(({ record }) => record.type === type).length;
  return {
    faults,
    counts: {
      signals: sent.length,
      decisions: counted.all('decisions.v1').length,
      orders: counted.all('orders.v1').length,
      fills: eventsOf(counted).filter(({ type }) => type === 'FILL').length,
      positions: counted.all('positions.v1').length,
      trades: counted.all('trades.v1').length,
      triggers: numberOf('ExitTrigger'),
      marks: numberOf('Mark'),
      lessons: numberOf('Lesson'),
      dropped: counted.dropped,
      claims: [...logs.values()].flat(2).filter(({ value, headers }) => value === null && headers?.['weir-claim'] !== undefined)
        .length,
    },
  };
}

function countedIn(logs: FinalLogs, topology: Topology): Counted {
  const places = new Map<string, Standing[]>();
  let dropped = 0;
  for (const { name: topic } of TOPICS) {
    for (let partition = 0; partition < topology.partitions[topic]; partition++) {
      const table: ClaimTable = new Map();
      const track = newTrack(topic, partition);
      const ids = newIdTable();
      const found: Standing[] = [];
      for (const message of logs.get(topic)?.[partition] ?? []) {
        const entry = plainEntry(topic, partition, message);
        const counts = countEntry(table, entry) === 'counts' && admit(track, ids, entry.record());
        if (counts && message.value !== null) found.push({ record: entry.record(), value: message.value });
        else if (entry.kind === 'RECORD') dropped += 1;
      }
      places.set(`${topic}/${partition}`, found);
    }
  }
  return {
    of: (topic, partition) => places.get(`${topic}/${partition}`) ?? [],
    all: (topic) =>
      Array.from({ length: topology.partitions[topic] }, (_, partition) => places.get(`${topic}/${partition}`) ?? []).flat(),
    dropped,
  };
}

function holes(logs: FinalLogs): string[] {
  return [...logs].flatMap(([topic, partitions]) =>
    partitions.flatMap((messages, partition) => {
      const at = messages.findIndex(({ offset }, i) => Number(offset) !== i);
      return at < 0 ? [] : [`${topic}/${partition}: offset ${messages[at]?.offset} stands where ${at} should`];
    }),
  );
}

/** Of a fold: what a fold of the final input derives is what counts, byte for byte. */
function foldFaults(stage: Stage<unknown>, counted: Counted, topology: Topology): string[] {
  const row = stageOf(stage.name);
  const [input] = row.inputs;
  if (row.kind !== 'fold' || input === undefined) return [];
  const outputs = row.outputs.filter((topic) => topic !== 'dead-letters.v1');
  const faults: string[] = [];
  for (let partition = 0; partition < topology.partitions[input.topic]; partition++) {
    const task = createTask(stage, partition, topology, false);
    const derived: Draft[] = [];
    try {
      for (const { record } of counted.of(input.topic, partition)) if (task.wants(record)) take(task, record, record.at, derived);
    } catch (error) {
      faults.push(`the final input cannot be folded: ${messageOf(error)}`);
    }
    for (const topic of outputs) {
      const standing = counted.of(topic, partition).filter(({ record }) => record.source?.stage === stage.name);
      const fault = firstDifference(
        derived.filter((draft) => draft.topic === topic),
        standing,
      );
      if (fault !== null) faults.push(`${topic}/${partition} of ${stage.name}: ${fault}`);
    }
  }
  return faults;
}

function firstDifference(derived: readonly Draft[], standing: readonly Standing[]): string | null {
  for (let i = 0; i < Math.max(derived.length, standing.length); i++) {
    const draft = derived[i];
    const stands = standing[i];
    if (draft === undefined) return `${nameOf(stands?.record)} stands, but a fold of the final input does not derive it`;
    if (stands === undefined || printed(draft) !== printed(stands.record))
      return `a fold of the final input derives ${nameOf(draft)}, there stands ${nameOf(stands?.record)}`;
    if (!stands.value.equals(bytesOf(draft))) return `${nameOf(draft)} has other bytes than a fold of the final input derives`;
  }
  return null;
}

function printed({ type, id, cause, trace, key, partition, source }: Draft | AnyEnvelope): string {
  return [type, id, cause, trace, key, partition, sourceText(source)].join(' ');
}

function nameOf(record: Draft | AnyEnvelope | undefined): string {
  return record === undefined ? 'nothing' : `${record.type} ${record.id} of ${sourceText(record.source)}`;
}

/** Every signal that stands, or was acknowledged, is enriched once and decided once for every portfolio. */
function signalFaults(counted: Counted, deployment: Deployment, sent: readonly string[]): string[] {
  const enriched = new Map<string, number>();
  const idOfEvent = new Map<string, string>();
  for (const { record } of counted.all('journal.v1')) {
    if (record.type !== 'EnrichedSignal') continue;
    const { event_id } = record.value.signal;
    if (event_id !== null) idOfEvent.set(event_id, record.id);
    add(enriched, `${record.value.signal_id} ${record.value.portfolio}`);
  }
  const decided = new Map<string, number>();
  for (const { record } of counted.all('decisions.v1'))
    if (record.type === 'Decision' && record.value.subject_type === 'signal')
      add(decided, `${record.value.subject_id} ${record.value.portfolio}`);
  const signals = new Set<string>();
  const faults: string[] = [];
  for (const event_id of sent) {
    const id = idOfEvent.get(event_id);
    if (id === undefined) faults.push(`signal ${event_id} was acknowledged and is lost`);
    else signals.add(id);
  }
  for (const { record } of counted.all('signals.v1')) if (record.type === 'Signal') signals.add(record.id);
  for (const id of signals) {
    for (const { portfolio } of deployment.portfolios) {
      const key = `${id} ${portfolio}`;
      const [e, d] = [enriched.get(key) ?? 0, decided.get(key) ?? 0];
      if (e !== 1) faults.push(`signal ${id} is enriched ${e} times for ${portfolio}`);
      if (d !== 1) faults.push(`signal ${id} is decided ${d} times for ${portfolio}`);
    }
  }
  return faults;
}

function eventsOf(counted: Counted): OrderEvent[] {
  return counted.all('journal.v1').flatMap(({ record }) => (record.type === 'OrderEvent' ? [record.value] : []));
}

/** One order per id, one venue order for each, one end of each; nothing twice, nothing without its cause. */
function orderFaults(counted: Counted): string[] {
  const commands = counted
    .all('orders.v1')
    .flatMap(({ record }): OrderCommand[] => (record.type === 'OrderCommand' ? [record.value] : []));
  const decisions = counted
    .all('decisions.v1')
    .flatMap(({ record }): Decision[] => (record.type === 'Decision' ? [record.value] : []));
  const events = eventsOf(counted);
  const trades = counted.all('trades.v1').map(({ record }) => record.id);
  const placed = commands.filter(({ action }) => action === 'PLACE').map(({ order_id }) => order_id ?? '');
  const typed = (type: OrderEvent['type']): OrderEvent[] => events.filter((event) => event.type === type);
  const faults = [
    ...twice(
      'decision',
      decisions.map(({ decision_id }) => decision_id),
    ),
    ...twice('order', placed),
    ...twice(
      'command',
      commands.map(({ command_id }) => command_id),
    ),
    ...twice(
      'fill',
      typed('FILL').map(({ fill_id }) => fill_id ?? ''),
    ),
    ...twice('trade', trades),
    ...twice(
      'intent to send order',
      typed('SUBMITTING').map(({ order_id }) => order_id ?? ''),
    ),
    ...twice(
      'acceptance of order',
      typed('ACCEPTED').map(({ order_id }) => order_id ?? ''),
    ),
  ];
  const decided = new Set(decisions.map(({ decision_id }) => decision_id));
  for (const { decision_id, command_id } of commands)
    if (decision_id !== null && !decided.has(decision_id)) faults.push(`command ${command_id} has no decision`);
  const known = new Set(placed);
  const venueOrders = new Map<string, Set<string>>();
  const denied = new Map<string, OrderEvent>();
  const intended = new Map<string, OrderEvent>();
  const answered = new Set<string>();
  for (const event of events) {
    const { type, order_id, venue_order_id } = event;
    if (order_id === null) continue;
    if (!known.has(order_id)) faults.push(`${type} of order ${order_id}, which nobody placed`);
    if (type === 'DENIED') denied.set(order_id, event);
    else if (type === 'SUBMITTING') intended.set(order_id, event);
    else answered.add(order_id);
    if (venue_order_id === null) continue;
    venueOrders.set(order_id, (venueOrders.get(order_id) ?? new Set()).add(venue_order_id));
  }
  for (const [order_id, at] of venueOrders) if (at.size > 1) faults.push(`order ${order_id} is ${at.size} orders at the venue`);
  for (const order_id of placed) {
    const [intent, denial] = [intended.get(order_id), denied.get(order_id)];
    if (intent === undefined && denial === undefined) faults.push(`order ${order_id} was neither sent nor denied`);
    if (intent === undefined || denial === undefined || (isTooLate(intent, denial) && !answered.has(order_id))) continue;
    faults.push(`order ${order_id} was sent, and denied: ${denial.reason} ${denial.detail}`);
  }
  return faults;
}

/** The intent stood too late to be sent (ORD-20): the broker was away meanwhile, for example. The venue has heard nothing of it. */
function isTooLate(intent: OrderEvent, denial: OrderEvent): boolean {
  const { send_deadline_at } = intent;
  return denial.reason === 'COMMAND_EXPIRED' && send_deadline_at !== null && denial.observed_at >= send_deadline_at;
}

/** Execution says of its books what decision has in its own. */
function breaks(counted: Counted): string[] {
  return counted.all('decisions.v1').flatMap(({ record }) => {
    if (record.type !== 'Decision' || record.value.reason_code !== 'RECONCILIATION_BREAK' || record.value.kind !== 'STATE')
      return [];
    return [`${record.value.portfolio}: RECONCILIATION_BREAK: ${record.value.reason_detail}`];
  });
}

function twice(what: string, ids: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const id of ids) add(times, id);
  return [...times].flatMap(([id, count]) => (count > 1 ? [`${what} ${id} stands ${count} times`] : []));
}

function add(times: Map<string, number>, key: string): void {
  times.set(key, (times.get(key) ?? 0) + 1);
}
