// What the gateway remembers of the log: signals and controls by id and by idempotency key, outcomes, open dead letters.
import type { Control, DeadLetter, Decision, Mode, Signal } from '../../schemas/records.generated.ts';
import { HOUR, type Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import type { TopicName } from '../../topology/topics.ts';
import { fingerprintOf, type SignalVerdict } from '../signals/validator.ts';

export interface KnownSignal {
  readonly signal_id: string;
  readonly event_id: string | null;
  /** Of all canonical fields. */
  readonly content: string;
  readonly received_at: Micros;
  status: 'ACCEPTED' | 'ENRICHED' | 'DECIDED';
}

export interface KnownControl {
  readonly control_id: string;
  readonly portfolio: string;
  readonly type: string;
  readonly actor: string;
  readonly reason: string;
  readonly issued_at: Micros;
  status: 'PENDING' | 'APPLIED' | 'REFUSED';
  reason_code: string;
  reason_detail: string;
  decision_id: string;
  decided_at: Micros | null;
}

/** What a key was used for first. */
export interface KnownKey {
  readonly fingerprint: string;
  readonly signal_id: string;
  readonly at: Micros;
}

export type Standing = Pick<DeadLetter, 'stage' | 'topic' | 'partition' | 'offset' | 'error_class' | 'message'>;

interface KnownLetter {
  readonly version: number;
  readonly open: boolean;
  /** Null: nothing stands because of it. */
  readonly standing: Standing | null;
}

export interface Projection {
  observe(record: AnyEnvelope): void;
  signal(signal_id: string): KnownSignal | null;
  control(control_id: string): KnownControl | null;
  /** Newest first. */
  controls(): readonly KnownControl[];
  key(idempotency_id: string): KnownKey | null;
  openLetters(): number;
  /** Where a fold stands, as its letter says: open, and of its class. */
  standing(): readonly Standing[];
}

export interface ProjectionOptions {
  readonly parse: (bytes: Uint8Array) => SignalVerdict;
  readonly check: (signal: Signal) => SignalVerdict;
  /** Ids and keys are remembered this long. */
  readonly window_us: Micros;
}

/** Keys are remembered for longer where a repeated order costs real money. */
export function windowOf(mode: Mode): Micros {
  return (mode === 'live' ? 168 : 24) * HOUR;
}

export function newProjection(options: ProjectionOptions): Projection {
  const { window_us } = options;
  const signals = new Map<string, KnownSignal>();
  const controls = new Map<string, KnownControl>();
  const keys = new Map<string, KnownKey>();
  const letters = new Map<string, KnownLetter>();
  /** Decisions that came before what they are about: partitions of a shared log have no common order. */
  const early = new Map<string, { readonly at: Micros; readonly outcomes: Outcome[] }>();

  function forget(at: Micros): void {
    const before = at - window_us;
    dropWhile(signals, (known) => known.received_at < before);
    dropWhile(keys, (known) => known.at < before);
    dropWhile(controls, (known) => known.issued_at < before);
    dropWhile(early, (known) => known.at < before);
  }

  function rememberKey(record: AnyEnvelope, signal_id: string): void {
    const key = record.headers?.['weir-idempotency'];
    if (key === undefined || keys.has(key)) return;
    keys.set(key, { fingerprint: record.headers?.['weir-fingerprint'] ?? '', signal_id, at: record.at });
  }

  function takeSignal(record: AnyEnvelope): void {
    const verdict =
      record.type === 'Raw' ? options.parse(record.value) : record.type === 'Signal' ? options.check(record.value) : null;
    if (verdict === null || 'violations' in verdict) return;
    forget(record.at);
    const { signal_id, signal } = verdict;
    rememberKey(record, signal_id);
    if (signals.has(signal_id)) return;
    const { event_id } = signal;
    const status = early.delete(signal_id) ? 'DECIDED' : 'ACCEPTED';
    signals.set(signal_id, { signal_id, event_id, content: fingerprintOf(signal), received_at: record.at, status });
  }

  function takeControl(record: AnyEnvelope, value: Omit<KnownControl, keyof Undecided>): void {
    forget(record.at);
    rememberKey(record, '');
    if (controls.has(value.control_id)) return;
    const known = { ...value, ...UNDECIDED };
    controls.set(value.control_id, known);
    for (const outcome of early.get(value.control_id)?.outcomes ?? []) settle(known, outcome);
    early.delete(value.control_id);
  }

  function takeDecision(decision: Decision, at: Micros): void {
    const { subject_type, subject_id } = decision;
    if (subject_type !== 'signal' && subject_type !== 'control') return;
    const signal = signals.get(subject_id);
    const control = controls.get(subject_id);
    if (signal !== undefined) signal.status = 'DECIDED';
    else if (control !== undefined) settle(control, outcomeOf(decision));
    else {
      const waiting = early.get(subject_id) ?? { at, outcomes: [] };
      waiting.outcomes.push(outcomeOf(decision));
      early.set(subject_id, waiting);
    }
  }

  return {
    observe(record) {
      switch (record.type) {
        case 'Raw':
        case 'Signal':
          if (record.topic === 'signals.v1') takeSignal(record);
          return;
        case 'Control':
          return takeControl(record, heading(record.value, record.value.type));
        case 'CashFlow':
          return takeControl(record, heading(record.value, 'CASH_FLOW'));
        case 'EnrichedSignal': {
          const known = signals.get(record.value.signal_id);
          if (known?.status === 'ACCEPTED') known.status = 'ENRICHED';
          return;
        }
        case 'Decision':
          return takeDecision(record.value, record.at);
        case 'DeadLetter': {
          const { dead_letter_id, version, status } = record.value;
          if ((letters.get(dead_letter_id)?.version ?? 0) >= version) return;
          const { stage, topic, partition, offset, error_class, message } = record.value;
          const standing = error_class === 'FOLD_STOPPED' ? { stage, topic, partition, offset, error_class, message } : null;
          letters.set(dead_letter_id, { version, open: status === 'OPEN' || status === 'RETRYING', standing });
          return;
        }
        default:
          return;
      }
    },
    signal: (id) => signals.get(id) ?? null,
    control: (id) => controls.get(id) ?? null,
    controls: () => [...controls.values()].reverse(),
    key: (id) => keys.get(id) ?? null,
    openLetters: () => [...letters.values()].filter(({ open }) => open).length,
    standing: () => [...letters.values()].flatMap(({ open, standing }) => (open && standing !== null ? [standing] : [])),
  };
}

type Undecided = Pick<KnownControl, 'status' | 'reason_code' | 'reason_detail' | 'decision_id' | 'decided_at'>;
const UNDECIDED: Undecided = { status: 'PENDING', reason_code: '', reason_detail: '', decision_id: '', decided_at: null };

type Heading = Pick<Control, 'control_id' | 'portfolio' | 'actor' | 'reason' | 'issued_at'>;

function heading({ control_id, portfolio, actor, reason, issued_at }: Heading, type: string) {
  return { control_id, portfolio, type, actor, reason, issued_at };
}

/** What a decision says of what it is about. */
interface Outcome {
  readonly status: 'APPLIED' | 'REFUSED';
  readonly reason_code: string;
  readonly reason_detail: string;
  readonly decision_id: string;
  readonly decided_at: Micros;
}

function outcomeOf({ action, reason_code, reason_detail, decision_id, decided_at }: Decision): Outcome {
  return { status: action === 'EXECUTE' ? 'APPLIED' : 'REFUSED', reason_code, reason_detail, decision_id, decided_at };
}

/** One act may move several things: it is applied as soon as one of them moved. */
function settle(known: KnownControl, outcome: Outcome): void {
  if (known.status !== 'APPLIED') Object.assign(known, outcome);
}

function dropWhile<T>(map: Map<string, T>, old: (value: T) => boolean): void {
  for (const [id, value] of map) {
    if (!old(value)) return;
    map.delete(id);
  }
}

const CHUNK = 512;

/** Takes in what stands in the log of the window that ends now. Of the journal only the controls that were decided are read. */
export function loadProjection(projection: Projection, log: LocalLog, since: Micros): void {
  for (const record of recordsSince(log, 'signals.v1', since)) projection.observe(record);
  for (const record of recordsSince(log, 'decisions.v1', since)) {
    if (record.type === 'Decision' && record.value.subject_type === 'control') {
      const { partition, offset } = record.value.journal;
      for (const cause of log.readNow('journal.v1', partition, offset, 1)) projection.observe(cause);
    }
    projection.observe(record);
  }
  for (const record of recordsSince(log, 'dead-letters.v1', 0)) projection.observe(record);
}

function* recordsSince(log: LocalLog, topic: TopicName, since: Micros): Generator<AnyEnvelope> {
  for (let partition = 0; partition < log.topology.partitions[topic]; partition++) {
    const end = log.endNow(topic, partition);
    let from = firstSince(log, topic, partition, since);
    while (from < end) {
      const records = log.readNow(topic, partition, from, CHUNK);
      if (records.length === 0) break;
      yield* records;
      from = (records.at(-1)?.offset ?? end) + 1;
    }
  }
}

/** Times of append only grow along a partition, so halving finds the place. */
function firstSince(log: LocalLog, topic: TopicName, partition: number, since: Micros): number {
  let low = log.startNow(topic, partition);
  let high = log.endNow(topic, partition);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [record] = log.readNow(topic, partition, middle, 1);
    if (record !== undefined && record.at < since) low = middle + 1;
    else high = middle;
  }
  return low;
}
