// Signs of a pump and dump: each is evidence, two are a warning, the gate judges.
import { toNumber } from '../../schemas/money.ts';
import type { ReasonCode } from '../../schemas/reason-codes.ts';
import type { Evidence } from '../signals/evidence.ts';

const VOLUME_RATIO = 10;
const BURST = 5;
const TOP10_BPS = 6_000;
const MOVE_BPS = 5_000;

/** Measured values and claims alike: a sender that admits to a spike is believed. */
export function pumpFlags(
  volume_ratio: number | null,
  change_1h_bps: number | null,
  burst: number,
  evidence: Evidence,
): string[] {
  const signs: ReasonCode[] = [];
  if (Math.max(volume_ratio ?? 0, claimed(evidence, 'volume_multiple')) >= VOLUME_RATIO) signs.push('VOLUME_SPIKE');
  if (burst >= BURST) signs.push('SIGNAL_BURST');
  if (claimed(evidence, 'top10_holder_bps') >= TOP10_BPS) signs.push('HOLDERS_CONCENTRATED');
  const move = Math.max(Math.abs(change_1h_bps ?? 0), Math.abs(claimed(evidence, 'price_change_1h_bps')));
  if (move >= MOVE_BPS) signs.push('PRICE_SPIKE');
  return signs;
}

function claimed(evidence: Evidence, key: string): number {
  const value = evidence.numbers.get(key);
  return value === undefined ? 0 : toNumber(value);
}
