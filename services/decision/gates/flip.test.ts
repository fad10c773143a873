// Flips: one failing gate names the nearest value that passes, and no smaller change does.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal } from '../../../schemas/money.ts';
import { HOUR, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import { equityOf } from '../ledger/equity.ts';
import { reserveEntry } from '../ledger/reservations.ts';
import { onEntryDecided } from '../pacing/pacing.ts';
import { evaluateEntry } from './entry.ts';
import { type EntryDraft, exampleEntry, NOW } from './example.ts';
import { withKey } from './flip.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);

type Change = (d: EntryDraft) => void;

function draftOf(change: Change, policy: Policy = paper): EntryDraft {
  const draft = exampleEntry(structuredClone(policy));
  change(draft);
  draft.equity = equityOf(draft.ledger, draft.now, 60 * SECOND);
  return draft;
}
function decided(d: EntryDraft, at: number, instrument = 'ETH-USDT') {
  onEntryDecided(d.pacing, { instrument, venue: 'x', duplicate_key: `${at}`, add: false }, d.policy, at);
}
function reserve(d: EntryDraft, notional: string, more: object) {
  reserveEntry(
    d.ledger,
    { instrument: 'X', venue: 'v', chain: '', tier: 'T3', theme: 'MEME', strategy: 's', ...more },
    { order_id: 'o', quantity: decimal('1'), notional: decimal(notional), cash: 0n },
  );
}

/** unit: the smallest step of the key. */
const CERTAIN: readonly (readonly [gate: number, key: string, from: string, to: string, unit: number, change: Change])[] = [
  [4, 'stops.daily_bps', '300', '351', 1, (d) => Object.assign(d.ledger.day, { realised: decimal('-350.5') })],
  [
    7,
    'reconciliation.max_age_s',
    '3600',
    '3602',
    1,
    (d) => Object.assign(d.reconciliation, { last_clean_at: NOW - 3_601_500_000 }),
  ],
  [8, 'clock.max_skew_ms', '2000', '2500', 1, (d) => (d.clock_skew_ms = 2_500)],
  [15, 'entry.max_signal_age_s', '1800', '1801', 1, (d) => (d.enriched.signal.event_time = NOW - 1_801 * SECOND)],
  [
    16,
    'entry.duplicate_s',
    '600',
    '500',
    1,
    (d) => d.pacing.executed.set('BTC-USDT|long|weir:price_move|price_move|', NOW - 500 * SECOND),
  ],
  [
    18,
    'plan.min_reward_risk',
    '1.5',
    '1.333333',
    1e-6,
    (d) => Object.assign(d.policy.strategies.price_move ?? {}, { target_bps: 800 }),
  ],
  [20, 'data.quote_max_age_s', '30', '32', 1, (d) => Object.assign(d.enriched.quote, { event_time: NOW - 31_000_001 })],
  [21, 'data.max_drift_bps', '200', '292', 1, (d) => (d.enriched.signal.entry_price = decimal('103'))],
  [25, 'pump.max_flags', '2', '3', 1, (d) => d.enriched.pump_flags.push('a', 'b', 'c')],
  [
    26,
    'liquidity.max_spread_bps.T1',
    '20',
    '22',
    1,
    (d) => Object.assign(d.enriched.quote, { bid: decimal('99.89'), ask: decimal('100.11') }),
  ],
  [
    27,
    'liquidity.min_depth.T1',
    '100000',
    '90000',
    1,
    (d) => (d.enriched.depth = [{ band_bps: 20, bid_usd: decimal('90000.5'), ask_usd: decimal('200000') }]),
  ],
  [28, 'liquidity.min_volume.T1', '10000000', '9000000', 1, (d) => (d.enriched.volume_24h_usd = decimal('9000000'))],
  [35, 'venue.max_error_bps', '500', '501', 1, (d) => Object.assign(d.enriched.info.feed, { error_bps: 500.5 })],
  [44, 'trust.min', '86', '85', 1, (d) => (d.policy.trust.min = 86)],
  [45, 'confidence.min', '0.9', '0.85', 1e-6, (d) => (d.policy.confidence.min = 0.9)],
  [46, 'conviction.min', '0.7', '0.695', 1e-6, (d) => (d.policy.conviction.min = 0.7)],
  [
    46,
    'conviction.min',
    '0.69',
    '0.675',
    1e-6,
    (d) => {
      d.policy.conviction.min = 0.69;
      d.policy.canary.enabled = false;
    },
  ],
  [50, 'pacing.global_s', '90', '60', 1, (d) => decided(d, NOW - 60 * SECOND)],
  [51, 'pacing.symbol_s', '900', '899', 1, (d) => decided(d, NOW - 899 * SECOND, 'BTC-USDT')],
  [52, 'pacing.per_hour', '5', '6', 1, (d) => [1, 2, 3, 4, 5].map((i) => decided(d, NOW - HOUR + i))],
  [60, 'portfolio.max_positions', '0', '1', 1, (d) => (d.policy.portfolio.max_positions = 0)],
  [65, 'caps.symbol_bps', '300', '302', 1, (d) => reserve(d, '236', { instrument: 'BTC-USDT' })],
  [67, 'caps.theme_bps.LAYER1', '1000', '1002', 1, (d) => reserve(d, '996', { theme: 'LAYER1' })],
  [70, 'caps.total_bps', '2500', '2502', 1, (d) => reserve(d, '2496', {})],
];

describe('one failing gate', () => {
  test.each(CERTAIN)('gate %i: %s %s → %s', (gate, key, from, to, unit, change) => {
    const draft = draftOf(change);
    const before = evaluateEntry(draft);
    expect(before.action).not.toBe('EXECUTE');
    expect(before.flips).toEqual([{ gate, policy_key: key, from, to, certain: true }]);
    const at = (value: number) => {
      const policy = withKey(draft.policy, key, value);
      if (policy === null) throw new Error(`no key ${key}`);
      return evaluateEntry({ ...draft, policy }).action;
    };
    expect(at(Number(to))).toBe('EXECUTE');
    const toward = Number(to) > Number(from) ? -unit : unit;
    expect(at(Math.round((Number(to) + toward) * 1e6) / 1e6)).toBe(before.action);
  });

  test('of any loss and any quote age the flip is the least that passes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30_000, max: 45_000 }),
        fc.integer({ min: 30_000_001, max: 600_000_000 }),
        fc.boolean(),
        (cents, age, loses) => {
          const draft = draftOf((d) =>
            loses
              ? Object.assign(d.ledger.day, { realised: -decimal(String(cents)) / 100n })
              : Object.assign(d.enriched.quote, { event_time: NOW - age }),
          );
          const [flip] = evaluateEntry(draft).flips;
          expect(flip?.certain).toBe(true);
          const key = flip?.policy_key ?? '';
          const at = (value: number) => evaluateEntry({ ...draft, policy: withKey(draft.policy, key, value) }).action;
          expect([at(Number(flip?.to)), at(Number(flip?.to) - 1)]).toEqual(['EXECUTE', 'BLOCK']);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('no certain flip', () => {
  test('an unknown needs its input, not another limit', () => {
    const { flips } = evaluateEntry(draftOf((d) => Object.assign(d.venue, { breaker: null })));
    expect(flips).toEqual([{ gate: 36, policy_key: null, from: 'unknown', to: 'known venue_state', certain: false }]);
  });

  test('a state names the condition', () => {
    const { flips } = evaluateEntry(draftOf((d) => (d.trading = { state: 'REDUCING', reason_code: 'DAILY_STOP_HIT' })));
    expect(flips).toEqual([{ gate: 1, policy_key: null, from: 'DAILY_STOP_HIT', to: 'ACTIVE', certain: false }]);
  });

  test('where the strategy asks for more trust than the policy, lowering the policy changes nothing', () => {
    const { flips } = evaluateEntry(draftOf((d) => Object.assign(d.policy.strategies.price_move ?? {}, { min_trust: 90 })));
    expect(flips.map((f) => [f.gate, f.certain])).toEqual([[44, false]]);
  });

  test('a cap that no percentage of NAV could lift', () => {
    const { flips } = evaluateEntry(
      draftOf((d) => reserve(d, '20000', { instrument: 'BTC-USDT' }) ?? Object.assign(d.policy.caps, { total_bps: 10_000 })),
    );
    expect(flips.every((f) => !f.certain)).toBe(true);
  });
});

test('an entry that passes names the gate with the least room', () => {
  const { flips } = evaluateEntry(draftOf((d) => Object.assign(d.enriched.quote, { event_time: NOW - 29_999_999 })));
  expect(flips).toEqual([{ gate: 20, policy_key: 'data.quote_max_age_s', from: '30', to: '29.999999', certain: false }]);
});
