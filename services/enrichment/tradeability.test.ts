// Tests of the base part of tradeability.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { MINUTE } from '../../schemas/time.ts';
import { type Moment, tradeabilityOf } from './tradeability.ts';

const nothing: Moment = {
  kind: 'spot',
  up: true,
  provider: 'unknown',
  age_us: 30 * MINUTE,
  change_1h_bps: null,
  change_24h_bps: null,
  volume_24h_usd: null,
  depth_usd: null,
};
const usd = (text: string): bigint => decimal(text);

const rows: readonly (readonly [string, Partial<Moment>, number])[] = [
  ['nothing known', {}, 0],
  [
    'the example',
    { change_1h_bps: 300, volume_24h_usd: usd('12000000'), depth_usd: usd('30000'), age_us: 4 * MINUTE, provider: 'onchain' },
    65,
  ],
  ['against the signal', { change_1h_bps: -1 }, 0],
  ['no move', { change_1h_bps: 0 }, 5],
  ['just below 50', { change_1h_bps: 49.9 }, 5],
  ['50', { change_1h_bps: 50 }, 12],
  ['200', { change_1h_bps: 200 }, 20],
  ['500', { change_1h_bps: 500 }, 25],
  ['1 500', { change_1h_bps: 1_500 }, 25],
  ['above 1 500', { change_1h_bps: 1_500.1 }, 12],
  ['5 000', { change_1h_bps: 5_000 }, 12],
  ['above 5 000', { change_1h_bps: 5_000.1 }, 0],
  ['a fall for a short', { up: false, change_1h_bps: -300 }, 20],
  ['a quarter of the day', { change_24h_bps: 2_000 }, 25],
  ['the hour comes first', { change_1h_bps: 0, change_24h_bps: 2_000 }, 5],
  ['1 B', { volume_24h_usd: usd('1000000000') }, 20],
  ['100 M', { volume_24h_usd: usd('100000000') }, 15],
  ['just below 100 M', { volume_24h_usd: usd('99999999.99') }, 10],
  ['1 M', { volume_24h_usd: usd('1000000') }, 5],
  ['below 1 M', { volume_24h_usd: usd('999999') }, 0],
  ['a token of 50 M', { kind: 'token', volume_24h_usd: usd('50000000') }, 20],
  ['a token of 100 K', { kind: 'token', volume_24h_usd: usd('100000') }, 5],
  ['depth 100 K', { depth_usd: usd('100000') }, 20],
  ['depth 10 K', { depth_usd: usd('10000') }, 5],
  ['depth below', { depth_usd: usd('9999') }, 0],
  ['liquidity 500 K', { kind: 'token', depth_usd: usd('500000') }, 20],
  ['liquidity 50 K', { kind: 'token', depth_usd: usd('50000') }, 5],
  ['just below 5 min', { age_us: 5 * MINUTE - 1 }, 15],
  ['5 min', { age_us: 5 * MINUTE }, 10],
  ['15 min', { age_us: 15 * MINUTE }, 5],
  ['whale_alert', { provider: 'whale_alert' }, 10],
  ['pumpfun', { provider: 'pumpfun' }, 8],
  ['binance', { provider: 'binance' }, 7],
  ['weir', { provider: 'weir' }, 7],
  ['birdeye', { provider: 'birdeye' }, 4],
  ['coingecko', { provider: 'coingecko' }, 3],
  ['dexscreener', { provider: 'dexscreener' }, 1],
  ['another', { provider: 'telegram' }, 2],
  ['a provider named like an object member', { provider: 'constructor' }, 2],
  [
    'the most',
    { change_1h_bps: 1_000, volume_24h_usd: usd('2000000000'), depth_usd: usd('200000'), age_us: 0, provider: 'onchain' },
    90,
  ],
];
describe('tradeability', () => {
  for (const [name, change, points] of rows) test(name, () => expect(tradeabilityOf({ ...nothing, ...change })).toBe(points));
});
