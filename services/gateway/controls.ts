// Controls over HTTP: one command endpoint; the decision fold answers, and its answer can be asked for.
import { contentHash, controlId } from '../../schemas/ids.ts';
import { blankControlParams, type ControlParams } from '../../schemas/records.generated.ts';
import { formatTime } from '../../schemas/time.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import { type Answer, ok } from './answer.ts';
import { type ControlBody, type ControlKind, controlBody, parseBody } from './bodies.ts';
import { keyId, LOCAL_KEY_ID, readKey } from './idempotency-key.ts';
import { inTurn } from './in-turn.ts';
import type { GatewayPorts, PortfolioName } from './ports.ts';
import { problem } from './problem.ts';
import type { KnownControl } from './projection.ts';
import { readBody } from './strict-json.ts';

export interface ControlHandlers {
  post(bytes: Uint8Array, idempotencyKey: string | undefined): Promise<Answer>;
  get(control_id: string): Answer;
  list(): Answer;
}

/** What may raise risk: in mode live it needs a second owner, whom the socket of one machine cannot be. */
const LOOSENING: ReadonlySet<ControlKind> = new Set([
  'RESUME',
  'UNRESTRICT',
  'RESUME_STRATEGY',
  'OVERRIDE',
  'GRANT_LIVE',
  'LEASE',
  'ADOPT',
  'DISMISS',
  'REBASE',
  'PARK',
  'RETRY',
  'CASH_FLOW',
]);

const LISTED_MAX = 200;

export function controlHandlers(ports: GatewayPorts): ControlHandlers {
  const { projection } = ports;
  const alone = inTurn();

  function addressed(portfolio: string): readonly PortfolioName[] {
    return portfolio === '*' ? ports.portfolios : ports.portfolios.filter((each) => each.portfolio === portfolio);
  }

  /** The body with its instrument under the name that the fold knows. */
  function canonical(body: ControlBody): ControlBody | Answer {
    const { instrument } = body.params;
    if (instrument === undefined) return body;
    const resolved = ports.signals.instrument(instrument);
    if ('instrument' in resolved) return { ...body, params: { ...body.params, instrument: resolved.instrument } };
    const fault = { pointer: '/params/instrument', field: 'params.instrument', value: instrument };
    return problem('FIELD_INVALID', `params.instrument "${instrument}": expected ${resolved.expected}`, [
      { ...fault, code: resolved.code, expected: resolved.expected },
    ]);
  }

  async function append(key: string, fingerprint: string, body: ControlBody, to: readonly PortfolioName[]): Promise<Answer> {
    const used = projection.key(keyId(key, 'control'));
    if (used !== null && used.fingerprint !== fingerprint) {
      return problem('IDEMPOTENCY_CONFLICT', 'Idempotency-Key: expected the body that this key had first');
    }
    const ids = to.map(({ portfolio }) => controlId({ idempotency_key: key, key_id: LOCAL_KEY_ID, portfolio }));
    const missing = to.filter((_, i) => projection.control(ids[i] ?? '') === null);
    const answers = (status: (known: KnownControl | null) => string) => ({
      controls: to.map(({ portfolio }, i) => {
        const control_id = ids[i] ?? '';
        return { portfolio, control_id, status: status(projection.control(control_id)) };
      }),
    });
    if (missing.length === 0)
      return ok(
        answers((known) => known?.status ?? 'PENDING'),
        { 'idempotency-replayed': 'true' },
      );
    try {
      await ports.append(missing.map((portfolio) => recordOf(key, fingerprint, body, portfolio)));
    } catch (error) {
      ports.failed('POST /v1/controls', error);
      const detail = 'the log did not acknowledge the command; send it again with the same Idempotency-Key';
      return problem('LOG_UNAVAILABLE', detail, [], { outcome: 'unknown' });
    }
    const location = ids.length === 1 ? { location: `/v1/controls/${ids[0]}` } : {};
    return { status: 202, body: answers(() => 'PENDING'), headers: location };
  }

  function recordOf(key: string, fingerprint: string, body: ControlBody, to: PortfolioName): SourceRecord {
    const { portfolio, run_id, mode } = to;
    const control_id = controlId({ idempotency_key: key, key_id: LOCAL_KEY_ID, portfolio });
    const common = { control_id, portfolio, run_id, mode, actor: LOCAL_KEY_ID, reason: body.reason, issued_at: ports.now() };
    const { amount, ...given } = body.params;
    const placed = {
      topic: 'journal.v1',
      key: portfolio,
      id: control_id,
      headers: { 'weir-idempotency': keyId(key, 'control'), 'weir-fingerprint': fingerprint },
    } as const;
    if (body.type === 'CASH_FLOW') {
      return { ...placed, type: 'CashFlow', value: { ...common, amount: amount ?? 0n, asset: given.asset ?? '' } };
    }
    const expires_at = body.expires_at ?? null;
    return { ...placed, type: 'Control', value: { ...common, type: body.type, expires_at, params: paramsOf(given) } };
  }

  return {
    async post(bytes, header) {
      const given = readKey(header);
      if ('refused' in given) return given.refused;
      const { key } = given;
      if (key === null) return problem('IDEMPOTENCY_KEY_REQUIRED', 'Idempotency-Key: expected the header, new for each command');
      const parsed = parseBody(controlBody, bytes);
      if ('refused' in parsed) return parsed.refused;
      const body = canonical(parsed.body);
      if ('status' in body) return body;
      const to = addressed(body.portfolio);
      if (to.length === 0) {
        const names = ports.portfolios.map(({ portfolio }) => portfolio).join(', ');
        return problem('PORTFOLIO_UNKNOWN', `portfolio "${body.portfolio}": expected *, or one of ${names}`);
      }
      if (LOOSENING.has(body.type) && to.some(({ mode }) => mode === 'live')) {
        return problem(
          'APPROVAL_MISSING',
          `${body.type}: in mode live expected the approval of a second owner, over the public gateway`,
        );
      }
      const plain = readBody(bytes);
      if ('refused' in plain) return plain.refused;
      return alone(key, () => append(key, contentHash(plain.value), body, to));
    },
    get(control_id) {
      const known = projection.control(control_id);
      return known === null ? problem('NOT_FOUND', `control ${control_id.slice(0, 100)}: not known`) : ok(shown(known));
    },
    list: () => ok({ controls: projection.controls().slice(0, LISTED_MAX).map(shown) }),
  };
}

type GivenParams = Omit<ControlBody['params'], 'amount'>;

function paramsOf(given: GivenParams): ControlParams {
  const params = { ...blankControlParams() };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) Object.assign(params, { [name]: value });
  return params;
}

function shown(known: KnownControl) {
  const { issued_at, decided_at, ...rest } = known;
  return { ...rest, issued_at: formatTime(issued_at), decided_at: decided_at === null ? null : formatTime(decided_at) };
}
