// The trust score: golden rows, vouchers, caps and the source's grade.
import { describe, expect, test } from 'vitest';
import type { Grade, TrustParts } from '../../../schemas/records.generated.ts';
import { newLearned } from './learned.ts';
import { sourceGrade, type TrustInput, trustOf, vouchedFor } from './trust.ts';

const HOUR = 3_600_000_000;

function input(
  grade: Grade,
  provenance: TrustParts['provenance'],
  verified: number,
  checkable: number,
  count: number,
): TrustInput {
  return {
    grade,
    parts: { provenance, verified, checkable, rug_flags: [], sybil: 'UNKNOWN' },
    corroboration: { count, quality: 'STRONG' },
    age_us: 0,
    vouched: null,
  };
}

describe('trust', () => {
  test.each<[name: string, input: TrustInput, score: number, band: string]>([
    ['A, proven, 3/3, 4 providers', input('A', 'proven', 3, 3, 4), 85, 'TAWATUR'],
    ['C, id missing, 2/3, 1', input('C', 'missing', 2, 3, 1), 25, 'AHAD_DAIF'],
    ['C, proven, 3/3, 1', input('C', 'proven', 3, 3, 1), 45, 'AHAD_DAIF'],
    ['B, proven, 3/3, 3', input('B', 'proven', 3, 3, 3), 70, 'MASHHUR'],
    ['B, proven, 3/3, 2', input('B', 'proven', 3, 3, 2), 62, 'AHAD_SAHIH'],
    ['the most that one unvouched source reaches', input('A', 'proven', 3, 3, 1), 60, 'AHAD_SAHIH'],
    ['contradicted', input('C', 'contradicted', 0, 1, 1), 0, 'AHAD_DAIF'],
    ['nothing checkable', input('C', 'proven', 0, 0, 1), 30, 'AHAD_DAIF'],
  ])('%s', (_, of, score, band) => {
    expect(trustOf(of)).toMatchObject({ score, band });
  });

  test('hype alone counts little, five providers count as four', () => {
    const weak = { count: 2, quality: 'WEAK' } as const;
    expect(trustOf({ ...input('C', 'proven', 3, 3, 2), corroboration: weak }).score).toBe(49);
    expect(trustOf(input('C', 'proven', 3, 3, 5)).score).toBe(70);
  });

  test.each([
    [HOUR - 1, 45],
    [HOUR, 40],
    [3 * HOUR, 30],
    [9 * HOUR, 30],
  ])('age %i µs costs 5 per whole hour, at most 15', (age_us, score) => {
    expect(trustOf({ ...input('C', 'proven', 3, 3, 1), age_us }).score).toBe(score);
  });

  test('a hard flag leaves nothing, suspicious holders at most 40', () => {
    const good = input('A', 'proven', 3, 3, 4);
    expect(trustOf({ ...good, parts: { ...good.parts, rug_flags: ['copycat'] } }).score).toBe(85);
    expect(trustOf({ ...good, parts: { ...good.parts, rug_flags: ['honeypot'] } }).score).toBe(0);
    expect(trustOf({ ...good, parts: { ...good.parts, sybil: 'HIGH' } }).score).toBe(40);
  });

  test('a voucher replaces grade, provenance and corroboration; what is wrong still costs', () => {
    expect(trustOf({ ...input('F', 'proven', 2, 2, 1), vouched: 70 }).score).toBe(85);
    expect(trustOf({ ...input('F', 'contradicted', 1, 1, 1), vouched: 50 }).score).toBe(50);
    expect(trustOf({ ...input('F', 'proven', 1, 2, 1), vouched: 70 }).score).toBe(62.5);
  });
});

describe('vouchers are found', () => {
  const policy = { trust: { min: 0, vouched: { weir: 70, my_bot: 50, 'binance:ta_signal': 60, nobody: 0 } } };
  test.each([
    ['weir:sma_cross', 70],
    ['unknown:my_bot', 50],
    ['my_bot:general', 50],
    ['binance:ta_signal', 60],
    ['binance:general', null],
    ['unknown:nobody', null],
  ])('for %s: %s', (source, expected) => {
    expect(vouchedFor(policy as never, source)).toBe(expected);
  });
});

describe('grade of a source', () => {
  const row = (n: number, grade: Grade | null) => ({ source: 's', n, wins: 0, penalty: 0, score: 0, ucb: 0, grade });
  test.each<[name: string, n: number | null, grade: Grade | null, expected: Grade]>([
    ['no Lesson: the prior', null, null, 'C'],
    ['four trades: the prior', 4, 'A', 'C'],
    ['five trades: the Lesson', 5, 'A', 'A'],
    ['no grade yet: the prior', 9, null, 'C'],
  ])('%s', (_, n, grade, expected) => {
    const learned = newLearned();
    if (n !== null) learned.sources.set('s', row(n, grade));
    expect(sourceGrade(learned, 's', 'C').grade).toBe(expected);
  });
});
