// Time as integer microseconds since the epoch, read and written without Date.
export type Micros = number & { readonly __unit?: 'micros' };

export const MILLISECOND = 1_000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** Days since 1970-01-01 of a Gregorian date (era arithmetic of Howard Hinnant's days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** Gregorian date of a day number: the inverse of daysFromCivil. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const ISO_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)$/;

/** Micros of an ISO-8601 instant with zone and at most 6 fractional digits; null for anything else, leap seconds included. */
export function parseTime(text: string): Micros | null {
  const match = ISO_TIME.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6] ?? 0);
  const zoneHour = Number(match[9] ?? 0);
  const zoneMinute = Number(match[10] ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return null;
  const fraction = Number((match[7] ?? '').padEnd(6, '0'));
  const zone = (match[8] === '-' ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  const at = daysFromCivil(year, month, day) * DAY + (hour * 60 + minute - zone) * MINUTE + second * SECOND + fraction;
  return Number.isSafeInteger(at) ? at : null;
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, '0');
}

/** RFC 3339 in UTC with six decimals: 2026-01-02T03:04:05.000000Z. */
export function formatTime(micros: Micros): string {
  const rest = micros - utcDay(micros) * DAY;
  const clock = `${pad(Math.floor(rest / HOUR), 2)}:${pad(Math.floor(rest / MINUTE) % 60, 2)}:${pad(Math.floor(rest / SECOND) % 60, 2)}`;
  return `${formatDay(utcDay(micros))}T${clock}.${pad(rest % SECOND, 6)}Z`;
}

/** The date of a day number: 2026-01-02. */
export function formatDay(day: number): string {
  const date = civilFromDays(day);
  return `${pad(date.year, 4)}-${pad(date.month, 2)}-${pad(date.day, 2)}`;
}

/** UTC day number, 0 on 1970-01-01. */
export function utcDay(t: Micros): number {
  return Math.floor(t / DAY);
}

/** Week number counted from the Monday 1969-12-29; rolls each Monday 00:00 UTC. */
export function isoWeek(t: Micros): number {
  return Math.floor((utcDay(t) + 3) / 7);
}

/** UTC calendar month as a running number: year × 12 + (month − 1). */
export function utcMonth(t: Micros): number {
  const { year, month } = civilFromDays(utcDay(t));
  return year * 12 + (month - 1);
}
