// The one definition of each request body beside the signal's, which the validator of signals defines.
import { z } from 'zod';
import { type Decimal, parseDecimal } from '../../schemas/money.ts';
import type { ControlParams } from '../../schemas/records.generated.ts';
import { hasHidden } from '../../schemas/text.ts';
import { type Micros, parseTime } from '../../schemas/time.ts';
import type { Answer } from './answer.ts';
import { type Fault, pointerOf, problem } from './problem.ts';
import { type Plain, readBody } from './strict-json.ts';

/** What a type reads of its params; anything else in them is refused, so that a misspelt limit is never silently none. */
const PARAMS = {
  KILL: ['state', 'cancel_protective'],
  CLOSE: ['instrument', 'position_id', 'quantity'],
  CANCEL: ['instrument', 'order_id'],
  RESTRICT: ['instrument', 'until', 'flag'],
  PAUSE_STRATEGY: ['strategy', 'until'],
  RETIRE_STRATEGY: ['strategy'],
  RESUME: ['codes', 'baseline'],
  UNRESTRICT: ['instrument'],
  RESUME_STRATEGY: ['strategy'],
  OVERRIDE: ['gate', 'instrument', 'until', 'max_uses'],
  GRANT_LIVE: ['report_hash', 'account', 'policy_hash'],
  LEASE: ['holder', 'notional', 'until'],
  ADOPT: ['instrument', 'asset', 'quantity', 'price', 'fill_id', 'order_id', 'evidence_hash'],
  DISMISS: ['fill_id', 'order_id'],
  REBASE: ['asset', 'quantity', 'evidence_hash'],
  PARK: ['order_id', 'instrument'],
  RETRY: ['order_id'],
  APPROVE: ['control_id'],
  ACK: ['alert_id'],
  CASH_FLOW: ['amount', 'asset'],
} as const;

export type ControlKind = keyof typeof PARAMS;

export const CONTROL_KINDS = Object.keys(PARAMS) as readonly ControlKind[];

const word = z.string().min(1).max(200);

const money = z.unknown().transform((given, context): Decimal => {
  const read = typeof given === 'string' ? parseDecimal(given) : null;
  if (read !== null) return read;
  const code = typeof given === 'number' ? 'MONEY_NOT_STRING' : 'FIELD_INVALID';
  context.addIssue({ code: 'custom', message: 'a decimal as text, at most 12 fractional digits', params: { code } });
  return z.NEVER;
});

const time = z.unknown().transform((given, context): Micros => {
  const read = typeof given === 'string' ? parseTime(given) : null;
  if (read !== null) return read;
  const code = typeof given === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(given) ? 'TIME_WITHOUT_ZONE' : 'FIELD_INVALID';
  context.addIssue({ code: 'custom', message: 'an RFC 3339 time with a zone', params: { code } });
  return z.NEVER;
});

const freeText = z
  .string()
  .min(1)
  .max(500)
  .superRefine((text, context) => {
    if (!hasHidden(text)) return;
    const message = 'text without control, bidirectional and zero-width characters';
    context.addIssue({ code: 'custom', message, params: { code: 'TEXT_FORBIDDEN' } });
  });

const params = z.strictObject({
  state: z.enum(['REDUCING', 'HALTED']).optional(),
  cancel_protective: z.boolean().optional(),
  instrument: word.optional(),
  position_id: word.optional(),
  order_id: word.optional(),
  strategy: word.optional(),
  until: time.optional(),
  flag: word.optional(),
  codes: z.array(word).max(50).optional(),
  baseline: z.enum(['keep', 'new']).optional(),
  gate: z.int().min(0).max(99).optional(),
  max_uses: z.int().min(1).max(1_000).optional(),
  report_hash: word.optional(),
  account: word.optional(),
  policy_hash: word.optional(),
  holder: word.optional(),
  notional: money.optional(),
  asset: word.optional(),
  quantity: money.optional(),
  price: money.optional(),
  evidence_hash: word.optional(),
  fill_id: word.optional(),
  control_id: word.optional(),
  alert_id: word.optional(),
  amount: money.optional(),
} satisfies Readonly<Record<Exclude<keyof ControlParams, 'snapshot'> | 'amount', z.ZodType>>);

export const controlBody = z
  .strictObject({
    type: z.enum(CONTROL_KINDS),
    /** A name, or `*` for every portfolio. */
    portfolio: word,
    params: params.default({}),
    reason: freeText,
    expires_at: time.optional(),
  })
  .superRefine(({ type, params: given }, context) => {
    const read: readonly string[] = PARAMS[type];
    for (const key of Object.keys(given)) {
      if (read.includes(key)) continue;
      const message = `a parameter of ${type}: ${read.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['params', key], message, params: { code: 'FIELD_UNKNOWN' } });
    }
    if (type !== 'CASH_FLOW') return;
    for (const key of PARAMS.CASH_FLOW) {
      if (given[key] === undefined) context.addIssue({ code: 'custom', path: ['params', key], message: 'a value' });
    }
  });

export const sqlBody = z.strictObject({ query: z.string().min(1) });

export type ControlBody = z.infer<typeof controlBody>;

/** The body as its schema says, or the answer that names all that does not fit. */
export function parseBody<T>(schema: z.ZodType<T>, bytes: Uint8Array): { readonly body: T } | { readonly refused: Answer } {
  const read = readBody(bytes);
  if ('refused' in read) return read;
  const parsed = schema.safeParse(read.value);
  if (parsed.success) return { body: parsed.data };
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, read.value));
  const [first] = faults;
  const code = first === undefined ? 'FIELD_INVALID' : (first.code as 'FIELD_INVALID');
  return { refused: problem(code, faults.map((f) => `${f.field || 'body'}: expected ${f.expected}`).join('; '), faults) };
}

function faultsOf(issue: z.core.$ZodIssue, body: Plain): Fault[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => fault('FIELD_UNKNOWN', [...path, key], body, 'a known field'));
  const code = issue.code === 'custom' ? (issue.params?.code ?? 'FIELD_INVALID') : 'FIELD_INVALID';
  return [fault(String(code), path, body, issue.message)];
}

function fault(code: string, path: readonly (string | number)[], body: Plain, expected: string): Fault {
  const value = shown(path, body).slice(0, 100).toWellFormed();
  return { pointer: pointerOf(path), code, field: path.join('.'), value, expected };
}

function shown(path: readonly (string | number)[], body: Plain): string {
  let value: Plain | undefined = body;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return '';
    value = Object.getOwnPropertyDescriptor(value, step)?.value as Plain | undefined;
  }
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
