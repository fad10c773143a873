// Every name that a condition may use has a value where the record holds one, and none where it does not.
import { expect, test } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { blankEnrichedSignal, type EnrichedSignal } from '../../../schemas/records.generated.ts';
import { DERIVED_FEATURES } from '../../policy/strategy.ts';
import { INSTRUMENT_FEATURES } from '../../signals/feature-names.ts';
import { exampleRegime } from '../gates/example.ts';
import { featureOf } from './feature.ts';

const full: EnrichedSignal = {
  ...blankEnrichedSignal(),
  mid: decimal('100'),
  spread_bps: 1,
  drift_bps: 2,
  change_5m_bps: 3,
  change_30m_bps: 4,
  change_1h_bps: 5,
  change_24h_bps: 6,
  volume_24h_usd: decimal('7'),
  regime: { ...exampleRegime('chop_normal'), fear_greed: 50 },
  depth: [{ band_bps: 20, bid_usd: decimal('8'), ask_usd: decimal('9') }],
  derivatives: {
    funding_rate: 1,
    funding_predicted: 2,
    funding_interval_s: 3,
    next_funding_time: 4,
    open_interest: 5,
    open_interest_usd: decimal('6'),
    oi_change_24h_bps: 7,
    mark_price: decimal('8'),
    oracle_price: decimal('9'),
    offset: 0,
    age_us: 0,
  },
  obi: { '100': 0.1, '200': 0.2, '500': 0.5 },
  tradeability_base: 40,
  token_safety: { honeypot: 'SAFE', rug: 'CAUTION', rug_score: 30, sybil: 'LOW', holder_risk: 10, rugcheck_safe: true },
  features: { '1h.rsi_14': 40, '1h.atr_14': 2, '1h.close': 100 },
  evidence: { social_score: 60, sell_quote_ok: true, volume_24h_usd: 1_000 },
};

test.each([...INSTRUMENT_FEATURES, ...DERIVED_FEATURES, '1h.rsi_14', 'social_score', 'sell_quote_ok'])('%s', (name) => {
  expect(featureOf(full, false, name)).not.toBeUndefined();
  expect(featureOf(blankEnrichedSignal(), false, name)).toBeUndefined();
});

test('what is measured comes before what is claimed, and a claim where nothing is', () => {
  expect(featureOf(full, false, 'volume_24h_usd')).toBe(7);
  expect(featureOf({ ...full, volume_24h_usd: null }, false, 'volume_24h_usd')).toBe(1_000);
});

test('derived: range over price, the thinner side of the book', () => {
  expect([featureOf(full, false, '1h.atr_share'), featureOf(full, false, 'depth_20_usd')]).toEqual([0.02, 8]);
});
