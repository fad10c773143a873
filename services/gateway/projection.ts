// What the gateway remembers of the log: signals and controls by id and by idempotency key, outcomes, open dead letters.
import type { Control, Decision, Mode, Signal } from '../../schemas/records.generated.ts';
import { HOUR, type Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import type { TopicName } from '../../topology/topics.ts';
import type { SignalVerdict } from '../signals/validator.ts';

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

export interface Projection {
  observe(record: AnyEnvelope): void;
  signal(signal_id: string): KnownSignal | null;
  control(control_id: string): KnownControl | null;
  /** Newest first. */
  controls(): readonly KnownControl[];
  key(idempotency_id: string): KnownKey | null;
  openLetters(): number;
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
  const letters = new Map<string, { version: number; open: boolean }>();

  function forget(at: Micros): void {
    const before = at - window_us;
    dropWhile(signals, (known) => known.received_at < before);
    dropWhile(keys, (known) => known.at < before);
    dropWhile(controls, (known) => known.issued_at < before);
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
    const { signal_id, fingerprint, signal } = verdict;
    rememberKey(record, signal_id);
    if (signals.has(signal_id)) return;
    const { event_id } = signal;
    signals.set(signal_id, { signal_id, event_id, content: fingerprint, received_at: record.at, status: 'ACCEPTED' });
  }

  function takeControl(record: AnyEnvelope, value: Omit<KnownControl, keyof Undecided>): void {
    forget(record.at);
    rememberKey(record, '');
    if (!controls.has(value.control_id)) controls.set(value.control_id, { ...value, ...UNDECIDED });
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
          return takeDecision(record.value, signals, controls);
        case 'DeadLetter': {
          const { dead_letter_id, version, status } = record.value;
          if ((letters.get(dead_letter_id)?.version ?? 0) >= version) return;
          letters.set(dead_letter_id, { version, open: status === 'OPEN' || status === 'RETRYING' });
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
  };
}

type Undecided = Pick<KnownControl, 'status' | 'reason_code' | 'reason_detail' | 'decision_id' | 'decided_at'>;
const UNDECIDED: Undecided = { status: 'PENDING', reason_code: '', reason_detail: '', decision_id: '', decided_at: null };

type Heading = Pick<Control, 'control_id' | 'portfolio' | 'actor' | 'reason' | 'issued_at'>;

function heading({ control_id, portfolio, actor, reason, issued_at }: Heading, type: string) {
  return { control_id, portfolio, type, actor, reason, issued_at };
}

function takeDecision(decision: Decision, signals: Map<string, KnownSignal>, controls: Map<string, KnownControl>): void {
  if (decision.subject_type === 'signal') {
    const known = signals.get(decision.subject_id);
    if (known !== undefined) known.status = 'DECIDED';
    return;
  }
  if (decision.subject_type !== 'control') return;
  const known = controls.get(decision.subject_id);
  // One act may move several things: it is applied as soon as one of them moved.
  if (known === undefined || known.status === 'APPLIED') return;
  known.status = decision.action === 'EXECUTE' ? 'APPLIED' : 'REFUSED';
  known.reason_code = decision.reason_code;
  known.reason_detail = decision.reason_detail;
  known.decision_id = decision.decision_id;
  known.decided_at = decision.decided_at;
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
