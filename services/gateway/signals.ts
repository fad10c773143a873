// Signals over HTTP: validated, appended once by id, and accepted only when the log has them.
import { contentHash, traceId } from '../../schemas/ids.ts';
import { formatTime } from '../../schemas/time.ts';
import { fingerprintOf, type InvalidSignal, type ValidSignal } from '../signals/validator.ts';
import { type Answer, ok } from './answer.ts';
import { keyId, readKey } from './idempotency-key.ts';
import { inTurn } from './in-turn.ts';
import type { GatewayPorts } from './ports.ts';
import { faultOf, problem, signalProblem } from './problem.ts';
import type { KnownSignal } from './projection.ts';
import { readBody } from './strict-json.ts';

export interface SignalHandlers {
  post(bytes: Uint8Array, idempotencyKey: string | undefined): Promise<Answer>;
  validate(bytes: Uint8Array, idempotencyKey: string | undefined): Answer;
}

/** Signals waiting for the log beyond which more are sent away. */
const IN_FLIGHT_MAX = 500;

interface Read {
  readonly valid: ValidSignal;
  /** Of the body as it was sent. */
  readonly fingerprint: string;
  readonly key: string | null;
}

export function signalHandlers(ports: GatewayPorts): SignalHandlers {
  const { projection, signals } = ports;
  const alone = inTurn();
  let inFlight = 0;

  function read(bytes: Uint8Array, header: string | undefined): Read | Answer {
    const given = readKey(header);
    if ('refused' in given) return given.refused;
    const { key } = given;
    const verdict = named(signals.parse(bytes), key);
    if ('violations' in verdict) return signalProblem(verdict.violations);
    if (key !== null && verdict.signal.event_id !== key) {
      return problem('IDEMPOTENCY_KEY_MISMATCH', `event_id "${verdict.signal.event_id}": expected the Idempotency-Key, or none`);
    }
    if (verdict.hidden.length > 0) {
      const detail = `${verdict.hidden.join(', ')}: expected text without control, bidirectional and zero-width characters`;
      return problem('TEXT_FORBIDDEN', detail);
    }
    const body = readBody(bytes);
    if ('refused' in body) return body.refused;
    return { valid: verdict, fingerprint: contentHash(body.value), key };
  }

  /** The key is the event id of a signal that has none of its own. */
  function named(verdict: ValidSignal | InvalidSignal, key: string | null): ValidSignal | InvalidSignal {
    if ('violations' in verdict || key === null || verdict.signal.event_id !== null) return verdict;
    return signals.check({ ...verdict.raw, event_id: key });
  }

  /** What the same key or id was answered before; null where it is new. */
  function replay({ valid, fingerprint, key }: Read): Answer | null {
    const used = key === null ? null : projection.key(keyId(key, 'signals'));
    if (used !== null && used.fingerprint !== fingerprint) return conflict(used.signal_id, 'the body that this key had first');
    const known = projection.signal(used?.signal_id ?? valid.signal_id);
    if (known === null) return null;
    // Without an event id other prices or another thesis are the same signal on purpose.
    if (used === null && valid.signal.event_id !== null && known.content !== fingerprintOf(valid.signal)) {
      return conflict(known.signal_id, 'the body that this event_id had first');
    }
    return ok(bodyOf(known), { 'idempotency-replayed': 'true' });
  }

  async function append(request: Read): Promise<Answer> {
    const replayed = replay(request);
    if (replayed !== null) return replayed;
    const { valid, fingerprint, key } = request;
    const { signal_id } = valid;
    const value = valid.raw;
    try {
      await ports.append([
        {
          topic: 'signals.v1',
          type: 'Signal',
          key: valid.signal.instrument,
          // As it was sent: a canonical source is not its own alias, and enrichment derives the id from what stands here.
          value,
          id: signal_id,
          trace: traceId({ signal_id }),
          headers: { 'weir-fingerprint': fingerprint, ...(key === null ? {} : { 'weir-idempotency': keyId(key, 'signals') }) },
        },
      ]);
    } catch (error) {
      ports.failed('POST /v1/signals', error);
      const detail = 'the log did not acknowledge the signal; send it again with the same key or event_id';
      return problem('LOG_UNAVAILABLE', detail, [], { outcome: 'unknown' });
    }
    const known = projection.signal(signal_id) ?? {
      signal_id,
      event_id: valid.signal.event_id,
      content: fingerprintOf(valid.signal),
      received_at: ports.now(),
      status: 'ACCEPTED' as const,
    };
    return { status: 202, body: bodyOf({ ...known, status: 'ACCEPTED' }) };
  }

  return {
    async post(bytes, header) {
      const request = read(bytes, header);
      if ('status' in request) return request;
      if (inFlight >= IN_FLIGHT_MAX) {
        const answer = problem('OVERLOADED', `${inFlight} signals wait for the log: expected fewer than ${IN_FLIGHT_MAX}`);
        return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } };
      }
      inFlight += 1;
      try {
        return await alone(request.key === null ? `id ${request.valid.signal_id}` : `key ${request.key}`, () => append(request));
      } finally {
        inFlight -= 1;
      }
    },
    validate(bytes, header) {
      const given = readKey(header);
      if ('refused' in given) return given.refused;
      const verdict = named(signals.parse(bytes), given.key);
      if ('violations' in verdict) return ok({ valid: false, signal_id: null, errors: verdict.violations.map(faultOf) });
      return ok({ valid: true, signal_id: verdict.signal_id, errors: [] });
    },
  };
}

function conflict(signal_id: string, expected: string): Answer {
  return problem('IDEMPOTENCY_CONFLICT', `signal ${signal_id} stands: expected ${expected}`, [], { signal_id });
}

function bodyOf({ signal_id, event_id, status, received_at }: KnownSignal) {
  return { signal_id, event_id, status, received_at: formatTime(received_at), trace_id: traceId({ signal_id }) };
}
