// Whether a decoded signal plainly keeps every rule: the usual case, answered without taking the record apart.
import { type Decimal, fits } from '../../schemas/money.ts';
import type { Signal } from '../../schemas/records.generated.ts';
import { EARLIEST, EVIDENCE_KEYS_MAX, EVIDENCE_VALUE_MAX, isName, isVisible, LATEST } from './fields.ts';

export const DIRECTIONS = ['long', 'short', 'close_long', 'close_short'] as const;

/** False says nothing: the full check then tells what is wrong, if anything is. Rare fields are left to it altogether. */
export function isSound(signal: Signal): boolean {
  return (
    hasOnlyFields(signal) &&
    DIRECTIONS.includes(signal.direction) &&
    isText(signal.instrument, 100) &&
    isText(signal.source, 100) &&
    Number.isSafeInteger(signal.event_time) &&
    signal.event_time >= EARLIEST &&
    signal.event_time < LATEST &&
    isName(signal.signal_type) &&
    signal.signal_type !== 'open_signal' &&
    signal.signal_type !== 'close_signal' &&
    (signal.event_id === null || isVisible(signal.event_id)) &&
    (signal.strategy === null || isName(signal.strategy)) &&
    isPositive(signal.entry_price) &&
    isPositive(signal.size) &&
    isShare(signal.confidence) &&
    isShare(signal.strength) &&
    hasNoRareField(signal) &&
    isEvidence(signal.evidence)
  );
}

const FIELD_COUNT = 21;

function hasOnlyFields(signal: Signal): boolean {
  let count = 0;
  for (const _ in signal) count += 1;
  return count === FIELD_COUNT;
}

function hasNoRareField(signal: Signal): boolean {
  return (
    signal.liquidation_price === null &&
    signal.stop_price === null &&
    signal.take_profit_price === null &&
    signal.trailing_stop_bps === null &&
    signal.max_hold_s === null &&
    signal.horizon_s === null &&
    signal.valid_until === null &&
    signal.expected_edge_bps === null &&
    signal.thesis === null
  );
}

/** Code units are never fewer than code points. */
function isText(text: string, max: number): boolean {
  return text.length >= 1 && text.length <= max && text.isWellFormed();
}

function isPositive(value: Decimal | null): boolean {
  return value === null || (value > 0n && fits(value));
}

/** −0 is left to the full check, which makes it 0. */
function isShare(value: number | null): boolean {
  return value === null || (value >= 0 && value <= 1 && !Object.is(value, -0));
}

function isEvidence(evidence: Signal['evidence']): boolean {
  let count = 0;
  for (const key in evidence) {
    const text = evidence[key];
    count += 1;
    if (text === undefined || !isName(key) || text.length > EVIDENCE_VALUE_MAX || !text.isWellFormed()) return false;
  }
  return count <= EVIDENCE_KEYS_MAX;
}
