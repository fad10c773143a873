// What must hold at the end: everything decided, answered and published, once, and exactly what a fold of the final journal gives.
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Draft } from '../../topology/log/draft.ts';
import { differenceOf } from '../../topology/runtime/difference.ts';
import { take } from '../../topology/runtime/take.ts';
import { createTask } from '../../topology/runtime/task.ts';
import type { Reference } from '../../topology/simulation/reference.ts';
import type { TopicName } from '../../topology/topics.ts';
import { enrichmentConfigOf } from '../deployment/pipeline.ts';
import { instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { checkSignal, parseSignal } from '../signals/validator.ts';
import { DEPLOYMENT, decisionOf, PARTITIONS, PORTFOLIOS, TOPOLOGY, VERSIONS } from './pipeline.ts';
import type { Violated } from './watched-stage.ts';

const OUTPUTS: readonly TopicName[] = ['decisions.v1', 'orders.v1', 'positions.v1', 'trades.v1'];
const config = enrichmentConfigOf(DEPLOYMENT);
const catalog = instrumentCatalog(config.catalog);
const sources = sourceTable(config.sources);

/** `went_back`: an old version came back after the next one had begun. */
export function checkEnd(reference: Reference, went_back: boolean, violated: Violated): void {
  checkFold(reference, went_back, violated);
  checkSignals(reference, violated);
  checkOrders(reference, violated);
  checkControls(reference, violated);
  checkLetters(reference, violated);
}

function all(reference: Reference, topic: TopicName): AnyEnvelope[] {
  return Array.from({ length: PARTITIONS }, (_, p) => reference.records(topic, p)).flat();
}

/** Every published byte of the decision stage is what a fold of the final journal derives. */
function checkFold(reference: Reference, went_back: boolean, violated: Violated): void {
  for (let p = 0; p < PARTITIONS; p++) {
    const known = new Set(reference.records('decisions.v1', p).map(versionOf));
    const versions = VERSIONS.filter((version) => known.has(version));
    const derived = versions.map((version) => {
      const task = createTask(decisionOf(version), p, TOPOLOGY, false);
      const out: Draft[] = [];
      for (const record of reference.records('journal.v1', p)) if (record.type !== 'Raw') take(task, record, record.at, out);
      return out;
    });
    for (const topic of OUTPUTS) {
      const standing = reference.records(topic, p).filter(({ type }) => type !== 'Raw');
      const expected = derived.map((of) => of.filter((draft) => draft.topic === topic));
      const count = expected[0]?.length ?? 0;
      if (standing.length < count) violated('OUTPUT_LOST', `${topic}/${p}: ${standing.length} of ${count}`);
      if (standing.length > count) violated('OUTPUT_TOO_MUCH', `${topic}/${p}: ${standing.length} of ${count}`);
      // Versions follow each other: what a later one has begun no earlier one goes on with, unless it was called back.
      let version = 0;
      standing.forEach((record, i) => {
        if (went_back) version = 0;
        while (version < versions.length) {
          const draft = expected[version]?.[i];
          if (draft !== undefined && isSame(draft, record)) return;
          version += 1;
        }
        const draft = expected[0]?.[i];
        const difference = draft === undefined ? null : differenceOf(draft, record);
        violated('NOT_THE_FOLD', `${topic}/${p} offset ${record.offset} ${record.id}: ${JSON.stringify(difference)}`);
      });
    }
  }
}

function versionOf(record: AnyEnvelope): string {
  return record.type === 'Decision' ? record.value.stage_version : '';
}

function isSame(draft: Draft, record: AnyEnvelope): boolean {
  if (draft.id !== record.id || draft.key !== record.key || draft.cause !== record.cause) return false;
  if (draft.source?.offset !== record.source?.offset || draft.source?.index !== record.source?.index) return false;
  return differenceOf(draft, record) === null;
}

/** Each signal in the log is enriched once for each portfolio, and decided once. */
function checkSignals(reference: Reference, violated: Violated): void {
  const wanted = new Set<string>();
  for (const record of all(reference, 'signals.v1')) {
    const verdict =
      record.type === 'Raw'
        ? parseSignal(record.value, catalog, sources)
        : record.type === 'Signal'
          ? checkSignal(record.value, catalog, sources)
          : null;
    if (verdict !== null && !('violations' in verdict))
      for (const portfolio of PORTFOLIOS) wanted.add(`${verdict.signal_id} ${portfolio}`);
  }
  const enriched = new Set<string>();
  for (const record of all(reference, 'journal.v1'))
    if (record.type === 'EnrichedSignal') enriched.add(`${record.value.signal_id} ${record.value.portfolio}`);
  const decided = new Map<string, number>();
  for (const record of all(reference, 'decisions.v1')) {
    if (record.type !== 'Decision' || record.value.subject_type !== 'signal') continue;
    const key = `${record.value.subject_id} ${record.value.portfolio}`;
    decided.set(key, (decided.get(key) ?? 0) + 1);
  }
  for (const key of wanted) {
    if (!enriched.has(key)) violated('SIGNAL_NOT_ENRICHED', key);
    if ((decided.get(key) ?? 0) !== 1) violated('SIGNAL_NOT_DECIDED_ONCE', `${key}: ${decided.get(key) ?? 0}`);
  }
}

/** Each order that was commanded has heard something. */
function checkOrders(reference: Reference, violated: Violated): void {
  const answered = new Set<string>();
  for (const record of all(reference, 'journal.v1'))
    if (record.type === 'OrderEvent' && record.value.order_id !== null) answered.add(record.value.order_id);
  for (const record of all(reference, 'orders.v1')) {
    if (record.type !== 'OrderCommand' || record.value.action !== 'PLACE' || record.value.order_id === null) continue;
    if (!answered.has(record.value.order_id)) violated('ORDER_UNANSWERED', record.value.order_id);
  }
}

/** Each command that reached a journal was answered by a decision. */
function checkControls(reference: Reference, violated: Violated): void {
  const decided = new Set<string>();
  for (const record of all(reference, 'decisions.v1'))
    if (record.type === 'Decision' && record.value.subject_type === 'control') decided.add(record.value.subject_id);
  for (const record of all(reference, 'journal.v1'))
    if (record.type === 'Control' && !decided.has(record.id)) violated('CONTROL_NOT_DECIDED', record.id);
}

/** Bytes that nobody can read lie in the dead letters, with their place. */
function checkLetters(reference: Reference, violated: Violated): void {
  const letters = new Set<string>();
  for (const record of all(reference, 'dead-letters.v1'))
    if (record.type === 'DeadLetter') letters.add(`${record.value.topic}/${record.value.partition}/${record.value.offset}`);
  for (const topic of ['signals.v1', 'journal.v1', 'orders.v1'] as const) {
    for (const record of all(reference, topic)) {
      if (record.type !== 'Raw' || record.value[0] !== 0) continue;
      const place = `${topic}/${record.partition}/${record.offset}`;
      if (!letters.has(place)) violated('POISON_LOST', place);
    }
  }
}
