// How tradeable the moment looks, 0 to 90: the part that does not depend on what a portfolio holds.
import { decimal, type Money } from '../../schemas/money.ts';
import type { InstrumentKind } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../schemas/time.ts';

export interface Moment {
  readonly kind: InstrumentKind;
  readonly up: boolean;
  readonly provider: string;
  readonly age_us: Micros;
  readonly change_1h_bps: number | null;
  readonly change_24h_bps: number | null;
  readonly volume_24h_usd: Money | null;
  /** The thinner side within 20 bps of mid; of a token, its pool's liquidity. */
  readonly depth_usd: Money | null;
}

type Steps = readonly (readonly [Money, number])[];

function steps(points: readonly number[], ...limits: readonly string[]): Steps {
  return limits.map((limit, i) => [decimal(limit), points[i] ?? 0]);
}
const VOLUME = steps([20, 15, 10, 5], '1000000000', '100000000', '10000000', '1000000');
const TOKEN_VOLUME = steps([20, 15, 10, 5], '50000000', '10000000', '1000000', '100000');
const DEPTH = steps([20, 10, 5], '100000', '25000', '10000');
const TOKEN_LIQUIDITY = steps([20, 10, 5], '500000', '100000', '50000');
const CATALYST: { readonly [provider: string]: number } = {
  onchain: 10,
  whale_alert: 10,
  pumpfun: 8,
  binance: 7,
  weir: 7,
  birdeye: 4,
  coingecko: 3,
  dexscreener: 1,
  unknown: 0,
};
const OTHER = 2;

export function tradeabilityOf(moment: Moment): number {
  const token = moment.kind === 'token';
  return (
    movePoints(moment) +
    reached(moment.volume_24h_usd, token ? TOKEN_VOLUME : VOLUME) +
    reached(moment.depth_usd, token ? TOKEN_LIQUIDITY : DEPTH) +
    agePoints(moment.age_us) +
    (Object.hasOwn(CATALYST, moment.provider) ? (CATALYST[moment.provider] ?? 0) : OTHER)
  );
}

/** A move in the signal's direction is good until it has run too far. */
function movePoints(moment: Moment): number {
  const day = moment.change_24h_bps === null ? null : moment.change_24h_bps / 4;
  const change = moment.change_1h_bps ?? day;
  if (change === null) return 0;
  const move = moment.up ? change : -change;
  if (move < 0) return 0;
  if (move < 50) return 5;
  if (move < 200) return 12;
  if (move < 500) return 20;
  if (move <= 1_500) return 25;
  return move <= 5_000 ? 12 : 0;
}

function reached(value: Money | null, limits: Steps): number {
  if (value === null) return 0;
  for (const [limit, points] of limits) if (value >= limit) return points;
  return 0;
}

function agePoints(age: Micros): number {
  if (age < 5 * MINUTE) return 15;
  if (age < 15 * MINUTE) return 10;
  return age < 30 * MINUTE ? 5 : 0;
}
