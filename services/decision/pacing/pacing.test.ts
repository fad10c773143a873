// Pacing at its boundaries, each ± 1 µs: windows, cooldowns, streaks, repeated executions.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal } from '../../../schemas/money.ts';
import { DAY, HOUR, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import {
  countSince,
  duplicateKey,
  forgetAttempts,
  minHoldUs,
  newPacing,
  onCatastrophicVerdict,
  onEntryBlocked,
  onEntryDecided,
  onFill,
  onTradeClosed,
  type Pacing,
  pauseStrategy,
  repeatedExecutions,
  resumeStrategy,
  retireStrategy,
} from './pacing.ts';
import { standingOf } from './strategy-record.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);
const live = shippedPolicy('live', read);
const T = 1_735_689_600_000_000;

function close(
  p: Pacing,
  net: string,
  policy: Policy = paper,
  at = T,
  more: { stopped?: boolean; catastrophic?: boolean; strategy?: string } = {},
) {
  onTradeClosed(
    p,
    {
      instrument: 'BTC-USDT',
      strategy: more.strategy ?? 's',
      net: decimal(net),
      stopped: more.stopped ?? false,
      catastrophic: more.catastrophic ?? false,
    },
    policy,
    at,
  );
}
const cooldown = (p: Pacing) => (p.symbols.get('BTC-USDT')?.cooldown_until ?? -1) - T;

describe('rolling windows', () => {
  test('half open: what is exactly one window old has left it', () => {
    const times = [T, T + 1, T + HOUR];
    expect(countSince(times, T + HOUR, HOUR)).toBe(2);
    expect(countSince(times, T + HOUR - 1, HOUR)).toBe(3);
    expect(countSince(times, T + HOUR + 1, HOUR)).toBe(1);
    expect(countSince([], T, HOUR)).toBe(0);
  });

  test('entries count from their decision', () => {
    const p = newPacing();
    onEntryDecided(p, { instrument: 'BTC-USDT', venue: 'sim', duplicate_key: 'k', add: false }, paper, T);
    expect(p.entries).toEqual([T]);
    expect(p.last_entry_at).toBe(T);
    expect(p.symbols.get('BTC-USDT')).toMatchObject({ last_entry_at: T, adds: [] });
  });

  test('entries of earlier days are forgotten, those of the last 24 hours never', () => {
    const p = newPacing();
    for (let i = 0; i < 3_000; i += 1) {
      const now = T + i * HOUR;
      onEntryDecided(p, { instrument: 'BTC-USDT', venue: 'sim', duplicate_key: `${i}`, add: true }, paper, now);
      expect(countSince(p.entries, now, DAY)).toBe(Math.min(i + 1, 24));
    }
    expect(p.entries.length).toBeLessThan(128);
    expect(p.symbols.get('BTC-USDT')?.adds).toHaveLength(24);
  });

  test('content of executed signals and blocks are kept for their window only', () => {
    const p = newPacing();
    for (const [i, key] of ['a', 'b', 'c'].entries()) {
      onEntryDecided(p, { instrument: key, venue: 'sim', duplicate_key: key, add: false }, paper, T + i * 400 * SECOND);
      onEntryBlocked(p, key, 'src', live, T + i * 1_000 * SECOND);
    }
    expect([...p.executed.keys()]).toEqual(['b', 'c']);
    expect([...p.blocks.keys()]).toEqual(['b|src', 'c|src']);
    onEntryBlocked(p, 'x', 'src', paper, T);
    expect(p.blocks.has('x|src')).toBe(false);
  });

  test('two signals are the same content only if all of it is equal', () => {
    const signal = { instrument: 'A', direction: 'long', source: 's', signal_type: 't', thesis: null };
    const keys = [
      signal,
      { ...signal, direction: 'short' },
      { ...signal, source: 'x' },
      { ...signal, signal_type: 'u' },
      { ...signal, thesis: 'z' },
    ];
    expect(new Set(keys.map(duplicateKey)).size).toBe(keys.length);
  });
});

describe('symbol cooldown', () => {
  test.each<[name: string, net: string, more: object, paperS: number, liveS: number]>([
    ['a win', '1', {}, 600, 1_800],
    ['nothing won counts as a win', '0', {}, 600, 1_800],
    ['a loss', '-1', {}, 3_600, 7_200],
    ['a stop', '-1', { stopped: true }, 7_200, 86_400],
    ['a stop in profit', '1', { stopped: true }, 7_200, 86_400],
    ['a catastrophe', '1', { catastrophic: true }, 172_800, 172_800],
  ])('%s', (_, net, more, paperS, liveS) => {
    const inPaper = newPacing();
    close(inPaper, net, paper, T, more);
    expect(cooldown(inPaper)).toBe(paperS * SECOND);
    const inLive = newPacing();
    close(inLive, net, live, T, more);
    expect(cooldown(inLive)).toBe(liveS * SECOND);
  });

  test('the longest applies: a win does not shorten a stop', () => {
    const p = newPacing();
    close(p, '-1', paper, T, { stopped: true });
    close(p, '1', paper, T + 1);
    expect(cooldown(p)).toBe(7_200 * SECOND);
  });

  test('a verdict after the close starts the longest one', () => {
    const p = newPacing();
    onCatastrophicVerdict(p, 'BTC-USDT', paper, T);
    expect(cooldown(p)).toBe(172_800 * SECOND);
  });

  test.each([
    [7 * DAY - 1, 14 * DAY],
    [7 * DAY, 7_200 * SECOND],
  ])('quarantine in live: the second loss %i µs after the first', (apart, expected) => {
    const p = newPacing();
    close(p, '-1', live, T - apart);
    close(p, '-1', live, T);
    expect(cooldown(p)).toBe(expected);
  });

  test('no quarantine in paper', () => {
    const p = newPacing();
    close(p, '-1', paper, T - 1);
    close(p, '-1', paper, T);
    expect(cooldown(p)).toBe(3_600 * SECOND);
  });
});

describe('losses running', () => {
  test.each<[name: string, policy: Policy, nets: string[], pauseS: number | null]>([
    ['paper: two losses', paper, ['-1', '-1'], null],
    ['paper: three', paper, ['-1', '-1', '-1'], 3_600],
    ['paper: four', paper, ['-1', '-1', '-1', '-1'], 3_600],
    ['paper: five', paper, ['-1', '-1', '-1', '-1', '-1'], 14_400],
    ['paper: a flat close neither counts nor resets', paper, ['-1', '-1', '0', '-1'], 3_600],
    ['paper: a profit resets', paper, ['-1', '-1', '1', '-1'], null],
    ['paper: a profit ends the pause', paper, ['-1', '-1', '-1', '1'], null],
    ['live: one', live, ['-1'], 3_600],
    ['live: five', live, ['-1', '-1', '-1', '-1', '-1'], 14_400],
  ])('%s', (_, policy, nets, pauseS) => {
    const p = newPacing();
    for (const net of nets) close(p, net, policy, T);
    expect(p.pause_until).toBe(pauseS === null ? -1 : T + pauseS * SECOND);
  });
});

describe('standing of a strategy', () => {
  const standing = (p: Pacing, now: number) => standingOf(p.strategies.get('s'), now);

  test('five losses running pause it for a day, to the microsecond', () => {
    const p = newPacing();
    for (let i = 0; i < 4; i += 1) close(p, '-1');
    expect(standing(p, T)).toBe('ACTIVE');
    close(p, '-1');
    expect([standing(p, T + DAY - 1), standing(p, T + DAY)]).toEqual(['PAUSED', 'ACTIVE']);
  });

  /** So many wins among 20 closed trades within the last 30 days, losses never five in a row. */
  function record(wins: number, policy: Policy = paper, net = '-1'): Pacing {
    const p = newPacing();
    for (let i = 0; i < 20; i += 1)
      close(p, Math.floor(((i + 1) * wins) / 20) > Math.floor((i * wins) / 20) ? '1' : net, policy, T + i);
    const of = p.strategies.get('s');
    if (of !== undefined) of.paused_until = -1;
    return p;
  }

  test.each([
    [8, 'ACTIVE'],
    [7, 'RETIRED'],
  ])('%i wins of 20 in 30 days: %s', (wins, expected) => {
    expect(standing(record(wins), T + 20)).toBe(expected);
  });

  test('probation below 30 % of the last 20, older trades being out of the 30 days', () => {
    const of = (wins: number) => {
      const p = newPacing();
      for (let i = 0; i < 20; i += 1)
        close(
          p,
          i < wins ? '1' : '-1',
          {
            ...paper,
            streak: {
              ...paper.streak,
              strategy: {
                losses: 99,
                pause_s: 0,
                probation_trades: 20,
                probation_rate: 0.3,
                retire_s: 2_592_000,
                retire_trades: 20,
                retire_rate: 0.4,
              },
            },
          },
          T + i * 3 * DAY,
        );
      return standing(p, T + 60 * DAY);
    };
    expect([of(6), of(5)]).toEqual(['ACTIVE', 'PROBATION']);
  });

  test('a strategy meant to win seldom is judged by its result', () => {
    const seldom: Policy = {
      ...paper,
      strategies: { ...paper.strategies, s: { ...(paper.strategies.sma_cross ?? never()), low_hit_rate: 'trend' } },
    };
    const of = (win: string) => {
      const p = newPacing();
      for (let i = 0; i < 20; i += 1) close(p, i % 4 === 0 ? win : '-1', seldom, T + i);
      return standing(p, T + 20);
    };
    expect([of('4'), of('3')]).toEqual(['ACTIVE', 'RETIRED']);
  });

  test('operators pause, retire and resume; a resumed one is judged by new trades only', () => {
    const p = record(5);
    expect(standing(p, T + 20)).toBe('RETIRED');
    resumeStrategy(p, 's');
    expect(standing(p, T + 20)).toBe('ACTIVE');
    close(p, '-1', paper, T + 21);
    expect(standing(p, T + 21)).toBe('ACTIVE');
    pauseStrategy(p, 's', T + 100);
    expect([standing(p, T + 99), standing(p, T + 100)]).toEqual(['PAUSED', 'ACTIVE']);
    pauseStrategy(p, 's', null);
    expect(standing(p, T + 1_000 * DAY)).toBe('PAUSED');
    retireStrategy(p, 's');
    expect(standing(p, T)).toBe('RETIRED');
  });
});

describe('repeated execution', () => {
  const fill = (order_id: string, entry = true) => ({
    instrument: 'BTC-USDT',
    strategy: 's',
    side: 'LONG' as const,
    order_id,
    entry,
  });

  test('the fourth entry order with a fill within the hour trips in paper, the third in live', () => {
    const trips = (policy: Policy, at: number[]) => {
      const p = newPacing();
      return at.map((t, i) => onFill(p, fill(`o${i}`), policy, t));
    };
    expect(trips(paper, [T, T + 1, T + 2, T + HOUR - 1])).toEqual([false, false, false, true]);
    expect(trips(paper, [T, T + 1, T + 2, T + HOUR])).toEqual([false, false, false, false]);
    expect(trips(live, [T, T + 1, T + 2])).toEqual([false, false, true]);
  });

  test('several fills of one order count once, reductions not at all, and a resume starts anew', () => {
    const p = newPacing();
    for (let i = 0; i < 9; i += 1) onFill(p, fill('one'), paper, T + i);
    for (let i = 0; i < 9; i += 1) onFill(p, fill(`x${i}`, false), paper, T + i);
    expect(repeatedExecutions(p, 's', 'BTC-USDT', 'LONG', T + 9)).toBe(1);
    expect(repeatedExecutions(p, 's', 'BTC-USDT', 'SHORT', T + 9)).toBe(0);
    forgetAttempts(p);
    expect(repeatedExecutions(p, 's', 'BTC-USDT', 'LONG', T + 9)).toBe(0);
  });
});

test('a position is held against verdicts for the time of its symbol, else the common one', () => {
  expect(minHoldUs(paper, 'BTC-USDT')).toBe(600 * SECOND);
  expect(minHoldUs(paper, 'DOGE-USDT')).toBe(1_800 * SECOND);
  expect(minHoldUs(paper, 'ADA-USDT')).toBe(900 * SECOND);
});

test('the state is plain data', () => {
  const p = newPacing();
  close(p, '-1');
  onEntryDecided(p, { instrument: 'BTC-USDT', venue: 'sim', duplicate_key: 'k', add: true }, paper, T);
  expect(structuredClone(p)).toEqual(p);
});

function never(): never {
  throw new Error('no such strategy');
}
