// Tests of time: what is an instant and what is not, day and week borders, and both directions against each other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, formatDay, formatTime, HOUR, isoWeek, parseTime, utcDay, utcMonth } from './time.ts';

describe('parseTime', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-01-02T03:04:05Z', 1_767_323_045_000_000],
    ['2026-01-02T03:04:05.1Z', 1_767_323_045_100_000],
    ['2026-01-02T03:04:05.000001Z', 1_767_323_045_000_001],
    ['2026-01-02T05:04:05+02:00', 1_767_323_045_000_000],
    ['2026-01-01T21:34:05-0530', 1_767_323_045_000_000],
    ['2026-01-02T03:04Z', 1_767_323_040_000_000],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000_000],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2000-02-29T12:00:00z', 951_825_600_000_000],
  ])('%s is %i', (text, micros) => {
    expect(parseTime(text)).toBe(micros);
  });

  it.each([
    ['2026-01-02T03:04:05', 'no zone'],
    ['2026-01-02', 'no time'],
    ['2026-01-02 03:04:05Z', 'a space'],
    ['2026-01-02T03:04:05.1234567Z', '7 fractional digits'],
    ['2026-01-02T03:04:05.Z', 'an empty fraction'],
    ['2026-13-02T03:04:05Z', 'month 13'],
    ['2026-02-29T03:04:05Z', 'no leap year'],
    ['2100-02-29T03:04:05Z', 'no leap century'],
    ['2026-01-00T03:04:05Z', 'day 0'],
    ['2026-01-02T24:00:00Z', 'hour 24'],
    ['2026-01-02T03:60:05Z', 'minute 60'],
    ['2026-12-31T23:59:60Z', 'a leap second'],
    ['2026-01-02T03:04:05+24:00', 'zone of a day'],
    ['9999-01-02T03:04:05Z', 'beyond exact integers'],
    ['1767323045', 'a number'],
    ['', 'nothing'],
  ])('%s is refused: %s', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  it('agrees with the engine for every millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }), (ms) => {
        const text = new Date(ms).toISOString();
        expect(parseTime(text)).toBe(ms * 1000);
        expect(formatTime(ms * 1000)).toBe(text.replace('Z', '000Z'));
      }),
    );
  });
});

describe('calendar', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000000Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
    [1_767_323_045_000_001, '2026-01-02T03:04:05.000001Z'],
  ])('%i is written %s', (micros, text) => {
    expect(formatTime(micros)).toBe(text);
  });

  it('days roll at midnight UTC', () => {
    expect([utcDay(DAY - 1), utcDay(DAY), utcDay(-1)]).toEqual([0, 1, -1]);
    expect(formatDay(utcDay(1_767_323_045_000_000))).toBe('2026-01-02');
  });

  it('weeks roll on Monday at midnight UTC', () => {
    const monday = parseTime('2026-01-05T00:00:00Z') ?? 0;
    expect(isoWeek(monday) - isoWeek(monday - 1)).toBe(1);
    expect(isoWeek(monday + 7 * DAY - 1)).toBe(isoWeek(monday));
  });

  it('months roll on the first', () => {
    const first = parseTime('2026-03-01T00:00:00Z') ?? 0;
    expect(utcMonth(first)).toBe(2026 * 12 + 2);
    expect(utcMonth(first - HOUR)).toBe(2026 * 12 + 1);
  });
});
