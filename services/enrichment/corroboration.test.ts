// Tests of corroboration: who counts, for how long, and what a count is worth.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceClass } from '../../schemas/records.generated.ts';
import { HOUR } from '../../schemas/time.ts';
import { canonicalSource, sourceTable } from '../signals/source.ts';
import { burstOf, corroborationOf, type Heard, type HeardSignals, hear, isUp } from './corroboration.ts';

const T = 1_767_323_045_000_000;
const table = sourceTable();

function heard(source: string, event_time = T, up = true): Heard {
  const resolved = canonicalSource(source, table);
  const provider = resolved.known ? resolved.provider : '';
  return { n: 0, event_time, appended_at: event_time, up, provider, class: resolved.class as SourceClass };
}
function hearAll(signals: readonly Heard[]): HeardSignals {
  const memory = new Map<string, HeardSignals>();
  let all: HeardSignals | undefined;
  for (const signal of signals) all = hear(memory, 'A-B', signal);
  if (all === undefined) throw new Error('nothing was heard');
  return all;
}
function judge(others: readonly Heard[], self: Heard): ReturnType<typeof corroborationOf> {
  return corroborationOf(hearAll([...others, self]), self, HOUR);
}

const rows: readonly (readonly [string, readonly string[], number, number, string])[] = [
  ['one', ['coingecko'], 1, 1, 'STRONG'],
  ['hype alone is weak', ['coingecko', 'birdeye', 'dexscreener'], 2, 2, 'WEAK'],
  ['two of hype', ['coingecko', 'birdeye'], 2, 2, 'WEAK'],
  ['hype and evidence', ['coingecko', 'telegram'], 2, 2, 'STRONG'],
  ['three', ['coingecko', 'telegram', 'onchain'], 3, 3, 'STRONG'],
  ['four', ['onchain', 'telegram', 'binance', 'coingecko'], 4, 4, 'STRONG'],
  ['five are as four', ['onchain', 'telegram', 'binance', 'coingecko', 'sentiment'], 5, 4, 'STRONG'],
  ['two feeds of one provider', ['telegram:trending', 'tg'], 1, 1, 'STRONG'],
  ['nobody known', ['nobody'], 0, 0, 'STRONG'],
  ['an unknown one adds nothing', ['nobody', 'telegram'], 1, 1, 'STRONG'],
  ['later parts add nothing', ['nobody', 'telegram+onchain'], 1, 1, 'STRONG'],
  ['enrichers add nothing', ['rugcheck', 'telegram'], 1, 1, 'STRONG'],
];
describe('levels', () => {
  for (const [name, sources, count, level, quality] of rows) {
    test(name, () => {
      const all = sources.map((source) => heard(source));
      const self = all.at(-1) ?? heard('nobody');
      expect(corroborationOf(hearAll(all), self, HOUR)).toMatchObject({ count, level, quality });
    });
  }
});

describe('window', () => {
  const self = heard('telegram');
  test('exactly 3 600 s older is outside', () => expect(judge([heard('onchain', T - HOUR)], self).count).toBe(1));
  test('one microsecond less is inside', () => expect(judge([heard('onchain', T - HOUR + 1)], self).count).toBe(2));
  test('the same moment is inside', () => expect(judge([heard('onchain', T)], self).count).toBe(2));
  test('later events do not count', () => expect(judge([heard('onchain', T + 1)], self).count).toBe(1));
  test('the other side does not count', () => expect(judge([heard('onchain', T, false)], self).count).toBe(1));
});

test('closing a short is a wish to rise', () => {
  expect((['long', 'close_short', 'short', 'close_long'] as const).map(isUp)).toEqual([true, true, false, false]);
});

test('a burst counts both sides and unknown sources over ten minutes', () => {
  const self = heard('telegram');
  const MINUTES = 60_000_000;
  const others = [
    heard('nobody', T - 10 * MINUTES),
    heard('nobody', T - 10 * MINUTES + 1),
    heard('cg', T, false),
    heard('cg', T + 1),
  ];
  expect(burstOf(hearAll([...others, self]), self)).toBe(3);
});

test('what was appended four hours before is forgotten', () => {
  const late = (appended_at: number): Heard => ({ ...heard('tg', T), appended_at });
  expect(corroborationOf(hearAll([heard('cg', T), late(T + 4 * HOUR)]), late(T + 4 * HOUR), HOUR).count).toBe(2);
  expect(corroborationOf(hearAll([heard('cg', T), late(T + 4 * HOUR + 1)]), late(T + 4 * HOUR + 1), HOUR).count).toBe(1);
  const memory = new Map<string, HeardSignals>();
  for (let hour = 0; hour < 100; hour += 1) hear(memory, 'A-B', heard('cg', T + hour * HOUR));
  expect(memory.get('A-B')?.slices.length).toBe(8);
});

test('says what a look at every signal of the last four hours would say', () => {
  const signal = fc.record({
    source: fc.constantFrom('coingecko', 'birdeye', 'telegram', 'onchain', 'nobody'),
    age_s: fc.integer({ min: -20, max: 3_700 }),
    later_s: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 9_000 })),
    up: fc.boolean(),
    class: fc.constantFrom<SourceClass>('hype', 'evidence'),
  });
  fc.assert(
    fc.property(fc.array(signal, { minLength: 1, maxLength: 60 }), (given) => {
      const memory = new Map<string, HeardSignals>();
      let at = T;
      const before: Heard[] = [];
      for (const { source, age_s, later_s, up, class: kind } of given) {
        at += later_s * 1_000_000;
        const self = { ...heard(source, at - age_s * 1_000_000, up), appended_at: at, class: kind };
        before.push(self);
        const all = hear(memory, 'A-B', self);
        const kept = before.filter(({ appended_at }) => appended_at >= at - 4 * HOUR);
        const inside = (other: Heard, window: number): boolean =>
          other.event_time <= self.event_time && other.event_time > self.event_time - window;
        const providers = new Map(
          kept
            .filter((other) => other.up === up && other.provider !== '' && inside(other, HOUR))
            .map((other) => [other.provider, other.class]),
        );
        const weak = providers.size > 1 && [...providers.values()].every((of) => of === 'hype');
        expect(corroborationOf(all, self, HOUR)).toMatchObject({
          providers: [...providers.keys()].sort(),
          quality: weak ? 'WEAK' : 'STRONG',
        });
        expect(burstOf(all, self)).toBe(kept.filter((other) => inside(other, HOUR / 6)).length);
      }
    }),
  );
});

test('a flood of new instruments does not stay', () => {
  const memory = new Map<string, HeardSignals>();
  for (let i = 0; i < 1_023; i += 1) hear(memory, `A${i}-B`, heard('cg', T));
  hear(memory, 'LATE-B', heard('cg', T + 5 * HOUR));
  expect([...memory.keys()]).toEqual(['LATE-B']);
});
