// Every id of the system: the hash H, the draw U, and one constructor per kind of id.
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';
import { sha256Hex } from './hash.ts';
import { newQuoted, type Quoted, q, quoted } from './quoted.ts';
import type { Micros } from './time.ts';

type Id<Kind extends string> = string & { readonly __id?: Kind };
export type SignalId = Id<'signal'>;
export type DecisionId = Id<'decision'>;
export type IntentId = Id<'intent'>;
export type OrderId = Id<'order'>;
export type CommandId = Id<'command'>;
export type OrderEventId = Id<'order_event'>;
export type FillId = Id<'fill'>;
export type PositionId = Id<'position'>;
export type TradeId = Id<'trade'>;
export type ExitTriggerId = Id<'exit_trigger'>;
export type VerdictId = Id<'verdict'>;
export type LessonId = Id<'lesson'>;
export type ControlId = Id<'control'>;
export type DeadLetterId = Id<'dead_letter'>;

type Hashable = { readonly kind: string; readonly [key: string]: CanonicalValue };

/** SHA-256 of the canonical bytes themselves: policy, configuration, prompt hashes and fingerprints. */
export function contentHash(value: CanonicalValue): string {
  return sha256Hex(canonicalJson(value));
}

/** Lower-case hex SHA-256 of the canonical JSON of the object, to which `v: 1` is added. */
export function H(object: Hashable): string {
  return sha256Hex(canonicalJson({ ...object, v: 1 }));
}

/** The only random draw: the first 53 bits of H as a number in [0, 1). */
export function U(object: Hashable): number {
  return unit(H(object));
}

function unit(hex: string): number {
  const high = Number.parseInt(hex.slice(0, 13), 16);
  const low = Number.parseInt(hex.slice(13, 14), 16) >> 3;
  return (high * 2 + low) / 9_007_199_254_740_992;
}

// Ids that are derived for every record write their canonical text directly, members in sorted order; a test holds them equal to H.
// The ids they are derived from, and the names in them that hardly change from one id to the next.
const SIGNAL = newQuoted();
const DECISION = newQuoted();
const ORDER = newQuoted();
const FILL = newQuoted();
const POSITION = newQuoted();
const PORTFOLIO = newQuoted();
const ACCOUNT = newQuoted();
const VENUE = newQuoted();
const INSTRUMENT = newQuoted();
const SOURCE = newQuoted();
const SUBJECT = newQuoted();
const ACTION = newQuoted();
const LEG = newQuoted();

function derived(kind: Quoted, text: string): string {
  const id = sha256Hex(text);
  kind.text = id;
  kind.quoted = `"${id}"`;
  kind.own = true;
  return id;
}

const HEX = /^[0-9a-f]{64}$/;

/** True of an order_id in the form of all ids; the one derived here last has it. */
export function isOrderId(text: string): boolean {
  return (ORDER.own && ORDER.text === text) || HEX.test(text);
}

/** Buckets of an id without event_id are 600 s of event time: a constant, not a setting. */
const SIGNAL_BUCKET_US = 600_000_000;

// Stages that follow each other derive the same ids of a signal or a position: the last of a kind is hashed once.
const lastSignal = { event_id: null as string | null, instrument: '', source: '', id: '' };
const lastPosition = { fill_id: null as string | null, portfolio: '', id: '' };
const lastTrace = { signal_id: null as string | null, id: '' };

export function signalId(
  signal:
    | { readonly event_id: string; readonly instrument: string; readonly source: string }
    | {
        readonly event_id?: null;
        readonly event_time: Micros;
        readonly direction: string;
        readonly instrument: string;
        readonly signal_type: string;
        readonly source: string;
      },
): SignalId {
  const { event_id, instrument, source } = signal;
  if (typeof event_id === 'string') {
    const last = lastSignal;
    if (last.event_id !== event_id || last.instrument !== instrument || last.source !== source) {
      last.id = derived(
        SIGNAL,
        `{"event_id":${q(event_id)},"instrument":${quoted(INSTRUMENT, instrument)},"kind":"signal","source":${quoted(SOURCE, source)},"v":1}`,
      );
      last.event_id = event_id;
      last.instrument = instrument;
      last.source = source;
    }
    return last.id;
  }
  const bucket = Math.floor(signal.event_time / SIGNAL_BUCKET_US);
  return derived(
    SIGNAL,
    `{"bucket":${bucket},"direction":${q(signal.direction)},"instrument":${q(instrument)},"kind":"signal","signal_type":${q(signal.signal_type)},"source":${quoted(SOURCE, source)},"v":1}`,
  );
}

export type SubjectType = 'signal' | 'review' | 'trigger' | 'verdict' | 'control' | 'order_event' | 'tick';

/** target: "" for a signal or review; else the position_id, order_id or condition acted on, "" if none. */
export function decisionId(of: {
  readonly portfolio: string;
  readonly subject_type: SubjectType;
  readonly subject_id: string;
  readonly target: string;
}): DecisionId {
  const subject = of.subject_type === 'signal' ? quoted(SIGNAL, of.subject_id) : q(of.subject_id);
  const target = of.target === '' ? '""' : quoted(POSITION, of.target);
  return derived(
    DECISION,
    `{"kind":"decision","portfolio":${quoted(PORTFOLIO, of.portfolio)},"subject_id":${subject},"subject_type":${quoted(SUBJECT, of.subject_type)},"target":${target},"v":1}`,
  );
}

export function intentId(of: { readonly decision_id: string; readonly leg: string }): IntentId {
  return sha256Hex(`{"decision_id":${quoted(DECISION, of.decision_id)},"kind":"intent","leg":${quoted(LEG, of.leg)},"v":1}`);
}

export function orderId(of: { readonly attempt: number; readonly decision_id: string; readonly leg: string }): OrderId {
  const decision = quoted(DECISION, of.decision_id);
  return derived(ORDER, `{"attempt":${of.attempt},"decision_id":${decision},"kind":"order","leg":${quoted(LEG, of.leg)},"v":1}`);
}

/** A command about one order names it; one about a whole instrument (null = all) names its cause and scope. */
export function commandId(
  of:
    | { readonly action: string; readonly order_id: string }
    | {
        readonly action: string;
        readonly cause_id: string;
        readonly instrument: string | null;
        readonly scope: string | null;
      },
): CommandId {
  if ('order_id' in of)
    return sha256Hex(`{"action":${quoted(ACTION, of.action)},"kind":"command","order_id":${quoted(ORDER, of.order_id)},"v":1}`);
  return H({
    kind: 'command',
    action: of.action,
    cause_id: of.cause_id,
    instrument: of.instrument,
    scope: of.scope,
  });
}

/** key: fill_id for FILL, else the number of the order's events so far as text; without an order the venue's time or trade id. */
export function orderEventId(
  of:
    | { readonly key: string; readonly order_id: string; readonly type: string }
    | {
        readonly account: string;
        readonly key: string;
        readonly type: string;
        readonly venue: string;
      },
): OrderEventId {
  if ('order_id' in of) {
    const key = of.type === 'FILL' ? quoted(FILL, of.key) : q(of.key);
    return sha256Hex(`{"key":${key},"kind":"order_event","order_id":${quoted(ORDER, of.order_id)},"type":${q(of.type)},"v":1}`);
  }
  return sha256Hex(
    `{"account":${quoted(ACCOUNT, of.account)},"key":${q(of.key)},"kind":"order_event","type":${q(of.type)},"v":1,"venue":${quoted(VENUE, of.venue)}}`,
  );
}

export function fillId(of: {
  readonly account: string;
  readonly venue: string;
  readonly venue_order_id: string;
  readonly venue_trade_id: string;
}): FillId {
  return derived(
    FILL,
    `{"account":${quoted(ACCOUNT, of.account)},"kind":"fill","v":1,"venue":${quoted(VENUE, of.venue)},"venue_order_id":${q(of.venue_order_id)},"venue_trade_id":${q(of.venue_trade_id)}}`,
  );
}

/** fill_id of the fill that opens it. */
export function positionId(of: { readonly fill_id: string; readonly portfolio: string }): PositionId {
  const { fill_id, portfolio } = of;
  const last = lastPosition;
  if (last.fill_id !== fill_id || last.portfolio !== portfolio) {
    last.id = derived(
      POSITION,
      `{"fill_id":${quoted(FILL, fill_id)},"kind":"position","portfolio":${quoted(PORTFOLIO, portfolio)},"v":1}`,
    );
    last.fill_id = fill_id;
    last.portfolio = portfolio;
  }
  return last.id;
}

export function tradeId(of: { readonly position_id: string }): TradeId {
  return sha256Hex(`{"kind":"trade","position_id":${quoted(POSITION, of.position_id)},"v":1}`);
}

/** event_at: µs of the market record; position_id "" for scope PORTFOLIO. */
export function exitTriggerId(of: {
  readonly event_at: Micros;
  readonly instrument: string;
  readonly portfolio: string;
  readonly position_id: string;
  readonly rule: string;
}): ExitTriggerId {
  return sha256Hex(
    `{"event_at":${of.event_at},"instrument":${q(of.instrument)},"kind":"exit_trigger","portfolio":${q(of.portfolio)},"position_id":${q(of.position_id)},"rule":${q(of.rule)},"v":1}`,
  );
}

export function agentSetId(of: { readonly agents: CanonicalValue; readonly fallbacks: CanonicalValue }): string {
  return H({ kind: 'agent_set', agents: of.agents, fallbacks: of.fallbacks });
}

export function analysisId(of: { readonly agent_set_id: string; readonly decision_id: string }): string {
  return H({
    kind: 'analysis',
    agent_set_id: of.agent_set_id,
    decision_id: of.decision_id,
  });
}

export function callId(of: {
  readonly agent: string;
  readonly analysis_id: string;
  readonly attempt: number;
  readonly fallback: number;
  readonly repair: number;
}): string {
  return H({
    kind: 'call',
    agent: of.agent,
    analysis_id: of.analysis_id,
    attempt: of.attempt,
    fallback: of.fallback,
    repair: of.repair,
  });
}

export function evaluationId(of: {
  readonly model: string;
  readonly portfolio: string;
  readonly prompt_hash: string;
  readonly signal_id: string;
}): string {
  return H({
    kind: 'evaluation',
    model: of.model,
    portfolio: of.portfolio,
    prompt_hash: of.prompt_hash,
    signal_id: of.signal_id,
  });
}

/** cause_id: the analysis_id, or the decision_id judged; work: the kind of analysis. */
export function verdictId(of: { readonly cause_id: string; readonly work: string }): VerdictId {
  return H({ kind: 'verdict', cause_id: of.cause_id, work: of.work });
}

/** Key under which a model's answer is recorded and replayed. */
export function requestHash(of: {
  readonly contract_hash: string;
  readonly messages: CanonicalValue;
  readonly model: string;
  readonly parameters: CanonicalValue;
  readonly vendor: string;
}): string {
  return H({
    kind: 'request',
    contract_hash: of.contract_hash,
    messages: of.messages,
    model: of.model,
    parameters: of.parameters,
    vendor: of.vendor,
  });
}

export function lessonId(of: { readonly trade_id: string }): LessonId {
  return H({ kind: 'lesson', trade_id: of.trade_id });
}

export function paramVersion(of: { readonly params: CanonicalValue; readonly strategy: string }): string {
  return H({ kind: 'params', params: of.params, strategy: of.strategy });
}

/** Also of PolicyActivated and CashFlow. */
export function controlId(of: {
  readonly idempotency_key: string;
  readonly key_id: string;
  readonly portfolio: string;
}): ControlId {
  return H({
    kind: 'control',
    idempotency_key: of.idempotency_key,
    key_id: of.key_id,
    portfolio: of.portfolio,
  });
}

/** control_id of a PARAM_SNAPSHOT; day as 2026-01-02. */
export function paramSnapshotId(of: { readonly day: string; readonly portfolio: string; readonly strategy: string }): ControlId {
  return H({
    kind: 'param_snapshot',
    day: of.day,
    portfolio: of.portfolio,
    strategy: of.strategy,
  });
}

export function deadLetterId(of: {
  readonly error_class: string;
  readonly offset: number;
  readonly partition: number;
  readonly stage: string;
  readonly topic: string;
}): DeadLetterId {
  return H({
    kind: 'dead_letter',
    error_class: of.error_class,
    offset: of.offset,
    partition: of.partition,
    stage: of.stage,
    topic: of.topic,
  });
}

export function alertId(of: { readonly dedupe_key: string; readonly position: string }): string {
  return H({ kind: 'alert', dedupe_key: of.dedupe_key, position: of.position });
}

export function slotId(of: { readonly job: string; readonly scheduled_at: Micros }): string {
  return H({ kind: 'slot', job: of.job, scheduled_at: of.scheduled_at });
}

/** `bt-` and 16 hex; the run_id of a deployment is its configured name instead. */
export function runId(of: {
  readonly code_hash: string;
  readonly config_hash: string;
  readonly data_hash: string;
  readonly run_kind: string;
  readonly seed: number;
}): string {
  return `bt-${H({ kind: 'run', code_hash: of.code_hash, config_hash: of.config_hash, data_hash: of.data_hash, run_kind: of.run_kind, seed: of.seed }).slice(0, 16)}`;
}

/** Value of header weir-trace: 32 hex. */
export function traceId(of: { readonly signal_id: string }): string {
  const { signal_id } = of;
  if (lastTrace.signal_id !== signal_id) {
    lastTrace.id = sha256Hex(`{"kind":"trace","signal_id":${quoted(SIGNAL, signal_id)},"v":1}`).slice(0, 32);
    lastTrace.signal_id = signal_id;
  }
  return lastTrace.id;
}

/** Value of header weir-idempotency. */
export function idempotencyId(of: { readonly key: string; readonly key_id: string; readonly route: string }): string {
  return H({
    kind: 'idempotency',
    key: of.key,
    key_id: of.key_id,
    route: of.route,
  });
}
