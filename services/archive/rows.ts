// What each record becomes: rows of the typed tables. A column without a value of its own takes the record's field of that name.
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { toNumber } from '../../schemas/money.ts';
import type { Decision, Lesson, RecordTypes } from '../../schemas/records.generated.ts';
import type { AnyEnvelope, Envelope } from '../../topology/envelope.ts';
import { plain } from './plain.ts';
import type { TableName } from './tables.ts';

/** Values by column name; the sink fills head, tail and defaults. */
export interface Row {
  readonly table: TableName;
  readonly values: Readonly<Record<string, unknown>>;
}

const row = (table: TableName, ...parts: object[]): Row => ({
  table,
  values: Object.assign({}, ...parts) as Record<string, unknown>,
});
const base64 = (bytes: Uint8Array | null): string => (bytes === null ? '' : Buffer.from(bytes).toString('base64'));

function decisionRows(decision: Decision): Row[] {
  const ts = decision.signal_ts ?? decision.decided_at;
  const flat = {
    ...decision,
    ts,
    enriched_at: decision.enriched_ts,
    regime: decision.state.regime,
    conviction: decision.scores?.conviction,
    strength: decision.scores?.strength,
    confidence: decision.scores?.confidence,
    trust: decision.scores?.trust,
    requested: decision.sizing?.requested,
    notional: decision.sizing?.notional,
    quantity: decision.sizing?.quantity,
    binding: decision.sizing?.binding,
    runner_up: decision.sizing?.runner_up,
    worst_price: decision.sizing?.worst_price,
    stop_bps: decision.plan?.stop_bps,
    target_bps: decision.plan?.target_bps,
    trail_bps: decision.plan?.trail_bps,
    stop_price: decision.plan?.stop_price,
    target_price: decision.plan?.target_price,
    hold_until: decision.plan?.hold_until,
    route: decision.route?.route,
    route_reason: decision.route?.route_reason,
    chosen: decision.choice?.chosen,
    propensity: decision.choice?.propensity,
    draw: decision.choice?.draw,
  };
  const gates = decision.gates.map((gate) =>
    row('gate_verdicts', decision, gate, { ts, reason_code: gate.reason_code, is_reason: gate.gate === decision.reason_gate }),
  );
  return [row('decisions', flat), ...gates, row('equity', decision, decision.state, { ts: decision.decided_at })];
}

function lessonRows(lesson: Lesson): Row[] {
  const rows: Row[] = [];
  const common = { ...lesson, ts: lesson.closed_at, reward: lesson.reward === null ? null : toNumber(lesson.reward) };
  if (lesson.bandit !== null) {
    rows.push(
      row('lessons', common, payoffOf(lesson), lesson.bandit, { subject_kind: 'strategy', subject: lesson.bandit.strategy }),
    );
  }
  if (lesson.source !== null) {
    const { source, wins, penalty, n, score, grade } = lesson.source;
    rows.push(
      row('lessons', common, { subject_kind: 'source', subject: source, wins, penalty, n, score, grade, losses: n - wins }),
    );
  }
  if (rows.length === 0) rows.push(row('lessons', common, { subject_kind: 'none' }));
  return rows;
}

function payoffOf({ payoff }: Lesson): object {
  if (payoff === null) return {};
  return { ...payoff, sum_win_ret: toNumber(payoff.sum_win_ret), sum_loss_ret: toNumber(payoff.sum_loss_ret) };
}

type ArchivedTyped = {
  [T in keyof RecordTypes]: (envelope: Envelope<T>) => Row[];
};

const NONE = (): Row[] => [];

const ROWS: ArchivedTyped = {
  Signal: ({ value, id, at }) => [row('signals', value, { ts: value.event_time, appended_at: at, signal_id: id })],
  Candle: ({ value }) => [row('candles', value, { ts: value.open_time })],
  Quote: ({ value }) => [
    row('quotes', value, {
      ts: value.event_time,
      depth: Object.fromEntries(
        value.depth.flatMap((d) => [
          [`bid_${d.band_bps}`, d.bid_usd],
          [`ask_${d.band_bps}`, d.ask_usd],
        ]),
      ),
    }),
  ],
  InstrumentInfo: ({ value }) => [
    row('instruments', value, {
      ts: value.event_time,
      universe_tier: value.universe.tier,
      regime_tag: value.regime.tag,
      info: canonicalJson(plain(value)),
    }),
  ],
  DerivativesState: NONE,
  EnrichedSignal: ({ value }) => [
    row('enriched_signals', value, {
      ts: value.signal.event_time,
      instrument: value.signal.instrument,
      venue: value.info?.venue,
      signal_partition: value.log_position.partition,
      signal_offset: value.log_position.offset,
      admission_verdict: value.admission.verdict,
      admission_reasons: value.admission.reasons,
      quote_bid: value.quote?.bid,
      quote_ask: value.quote?.ask,
      quote_age_us: value.quote?.age_us,
      regime_tag: value.regime?.tag,
      universe_tier: value.universe?.tier,
      corroboration_count: value.corroboration.count,
      corroboration_level: value.corroboration.level,
      corroboration_quality: value.corroboration.quality,
    }),
  ],
  Decision: ({ value }) => decisionRows(value),
  OrderCommand: ({ value }) => [row('order_commands', value, { ts: value.decided_at })],
  OrderEvent: ({ value }) => {
    const ts = value.decided_at ?? value.observed_at;
    const event = row('order_events', value, { ts });
    return value.fill_id === null ? [event] : [event, row('fills', value, { ts, side: value.side === 'BUY' ? 1 : -1 })];
  },
  Position: ({ value }) => [row('positions', value, { ts: value.opened_at })],
  Trade: ({ value }) => [row('trades', value, { ts: value.opened_at, side: value.side === 'LONG' ? 1 : -1 })],
  ExitTrigger: ({ value }) => [row('exit_triggers', value, { ts: value.event_at })],
  Lesson: ({ value }) => lessonRows(value),
  Control: ({ value }) => [
    row('controls', value, {
      ts: value.issued_at,
      instrument: value.params.instrument,
      codes: value.params.codes,
      until: value.params.until,
      asset: value.params.asset,
      payload: canonicalJson(plain(value.params)),
    }),
  ],
  PolicyActivated: ({ value }) => [
    row('controls', value, { ts: value.issued_at, type: 'POLICY_ACTIVATED', payload: value.policy_hash }),
    row('policies', value, { activated_at: value.issued_at, profile: profileOf(value.policy) }),
  ],
  CashFlow: ({ value }) => [row('controls', value, { ts: value.issued_at, type: 'CASH_FLOW' })],
  DeadLetter: ({ value }) => [
    row('dead_letters', value, {
      ts: value.failed_at,
      key_b64: base64(value.key),
      value_b64: base64(value.value),
      headers: Object.fromEntries(Object.entries(value.headers).map(([name, bytes]) => [name, base64(bytes)])),
    }),
  ],
  // Kept as raw bytes only.
  Tick: NONE,
  Mark: NONE,
  Snapshot: NONE,
  Verdict: NONE,
  Analysis: NONE,
};

/** The fold judges the document; here one that cannot be read has no profile. */
function profileOf(policy: string): string {
  try {
    const document: unknown = JSON.parse(policy);
    return typeof document === 'object' && document !== null && 'profile' in document ? String(document.profile) : '';
  } catch {
    return '';
  }
}

/** The typed rows of a record. Raw signals are the caller's: they must be read first. */
export function rowsOf(envelope: Exclude<AnyEnvelope, { type: 'Raw' }>): Row[] {
  const rows = ROWS[envelope.type] as (e: typeof envelope) => Row[];
  return rows(envelope);
}
