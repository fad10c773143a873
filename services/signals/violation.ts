// What can be wrong with a signal: the closed list of codes and how one fault is reported.
import type { ReasonCode } from '../../schemas/reason-codes.ts';

/** Does not compile for a code that is not on the list of all codes. */
export type Known<Code extends ReasonCode> = Code;

export type SignalCode = Known<
  | 'SIGNAL_ENCODING_UNKNOWN'
  | 'SIGNAL_TOO_LARGE'
  | 'SIGNAL_JSON_INVALID'
  | 'SIGNAL_FIELD_MISSING'
  | 'SIGNAL_FIELD_UNKNOWN'
  | 'SIGNAL_FIELD_INVALID'
  | 'SIGNAL_FIELD_NOT_ALLOWED'
  | 'SIGNAL_TIME_INVALID'
  | 'SIGNAL_DECIMAL_INVALID'
  | 'SIGNAL_TYPE_MISMATCH'
  | 'SIGNAL_PRICE_ORDER_INVALID'
  | 'SIGNAL_INSTRUMENT_INVALID'
  | 'SIGNAL_INSTRUMENT_AMBIGUOUS'
>;

export interface Violation {
  readonly code: SignalCode;
  /** '' where no single field is at fault. */
  readonly field: string;
  /** What was sent, at most 100 characters. */
  readonly value: string;
  readonly expected: string;
}

const SHOWN = 100;

export function violation(code: SignalCode, field: string, value: string, expected: string): Violation {
  return { code, field, value: value.slice(0, SHOWN).toWellFormed(), expected };
}
