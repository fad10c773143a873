// Tests of the reason codes: unique by construction, kept together by area, each with two whole sentences.
import { describe, expect, it } from 'vitest';
import { isReasonCode, REASON_CODES, REASONS, type ReasonArea, reasonCode } from './reason-codes.ts';

const rows = REASON_CODES.map((code) => ({ code, ...REASONS[code] }));

describe('reason codes', () => {
  it('keep each area together', () => {
    const areas: ReasonArea[] = rows.map((row) => row.area).filter((area, i, all) => area !== all[i - 1]);
    expect(areas).toEqual([...new Set(areas)]);
  });

  it('keep the gates of an area in the order of the ladder', () => {
    for (const area of ['gate', 'unknown']) {
      const gates = rows.filter((row) => row.area === area).map((row) => row.gate ?? -1);
      expect(gates).toEqual(gates.toSorted((a, b) => a - b));
    }
  });

  it.each(rows)('$code', ({ code, meaning, remedy, ...row }) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
    for (const sentence of [meaning, remedy]) expect(sentence).toMatch(/^[A-Z][^.]*( [^.]*|\.[^.\s][^.]*)*\.$/);
    if (row.gate !== null) expect(row.class).not.toBeNull();
    if (row.area === 'unknown') expect([row.class, code.endsWith('_UNKNOWN')]).toEqual(['B', true]);
  });

  it('have no alias twice and none that is a code', () => {
    const aliases = rows.flatMap((row) => row.aliases);
    expect(aliases).toEqual([...new Set(aliases)]);
    expect(aliases.filter(isReasonCode)).toEqual([]);
  });

  it.each([
    ['SIGNAL_TOO_OLD', 'SIGNAL_TOO_OLD'],
    ['signal_too_old', 'SIGNAL_TOO_OLD'],
    ['cool_down_active', 'SYMBOL_COOLDOWN_ACTIVE'],
    ['trade_limits_timing', 'GLOBAL_SPACING_ACTIVE'],
    ['toString', null],
    ['', null],
  ])('%s is %s', (text, code) => {
    expect(reasonCode(text)).toBe(code);
  });

  it('every gate of the ladder has a code and an unknown', () => {
    const ladder = [
      ...[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        33, 34,
      ],
      ...[35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 50, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64],
      ...[65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 80, 81, 82, 83, 84, 86],
    ];
    const gatesOf = (unknown: boolean) =>
      new Set(rows.filter((row) => (row.area === 'unknown') === unknown).map((row) => row.gate));
    // Gate 43 shares SOURCE_UNKNOWN with admission, which owns it.
    expect(ladder.filter((gate) => !gatesOf(true).has(gate))).toEqual([43]);
    expect(ladder.filter((gate) => !gatesOf(false).has(gate))).toEqual([]);
  });
});
