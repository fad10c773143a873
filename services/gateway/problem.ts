// Every refusal of the gateway: one closed list of codes with their status, in the form of RFC 9457.
import type { SignalCode, Violation } from '../signals/violation.ts';
import type { Answer } from './answer.ts';

const STATUS = {
  JSON_INVALID: 400,
  FIELD_UNKNOWN: 400,
  FIELD_INVALID: 400,
  MONEY_NOT_STRING: 400,
  TIME_WITHOUT_ZONE: 400,
  TEXT_FORBIDDEN: 400,
  PARAMETER_UNKNOWN: 400,
  PARAMETER_INVALID: 400,
  IDEMPOTENCY_KEY_REQUIRED: 400,
  IDEMPOTENCY_KEY_INVALID: 400,
  IDEMPOTENCY_KEY_MISMATCH: 400,
  PORTFOLIO_UNKNOWN: 400,
  SQL_REFUSED: 400,
  APPROVAL_MISSING: 403,
  ADDRESS_NOT_ALLOWED: 403,
  HOST_NOT_ALLOWED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  IDEMPOTENCY_CONFLICT: 409,
  BODY_TOO_LARGE: 413,
  TYPE_NOT_JSON: 415,
  INTERNAL: 500,
  LOG_UNAVAILABLE: 503,
  ARCHIVE_UNAVAILABLE: 503,
  PROJECTION_BEHIND: 503,
  OVERLOADED: 503,
} as const;

export type ProblemCode = keyof typeof STATUS;

/** One fault of the request. `field` names it as the sender does, `pointer` as RFC 6901 does. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly field: string;
  readonly value: string;
  readonly expected: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly Fault[];
  readonly [extension: string]: unknown;
}

const FAULTS_MAX = 50;
const DETAIL_MAX = 500;

function sentence(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function answerOf(
  code: string,
  status: number,
  detail: string,
  errors: readonly Fault[],
  more: Readonly<Record<string, unknown>>,
): Answer {
  const body: Problem = {
    type: `/problems/${code}`,
    title: sentence(code),
    status,
    detail: detail.slice(0, DETAIL_MAX),
    code,
    ...(errors.length === 0 ? {} : { errors: errors.slice(0, FAULTS_MAX) }),
    ...more,
  };
  return { status, body, headers: { 'content-type': 'application/problem+json' } };
}

export function problem(
  code: ProblemCode,
  detail: string,
  errors: readonly Fault[] = [],
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  return answerOf(code, STATUS[code], detail, errors, more);
}

/** All faults of a signal at once, under the codes that it would be dead-lettered with; the first names the problem. */
export function signalProblem(violations: readonly [Violation, ...Violation[]]): Answer {
  const code: SignalCode = violations[0].code;
  const places = violations.map(({ field, expected }) => `${field === '' ? 'the signal' : field}: expected ${expected}`);
  return answerOf(code, 400, places.join('; '), violations.map(faultOf), {});
}

export function faultOf({ code, field, value, expected }: Violation): Fault {
  return { pointer: pointerOf(field === '' ? [] : field.split('.')), code, field, value, expected };
}

/** RFC 6901. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
