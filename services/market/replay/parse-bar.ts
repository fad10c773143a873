// One row to one bar: time, exact decimals, units; whatever does not fit becomes a finding with its column.
import { type Decimal, type Money, mulDiv, parseDecimal, type Quantity } from '../../../schemas/money.ts';
import { type Micros, parseTime } from '../../../schemas/time.ts';
import type { SourceBar } from '../facts.ts';
import { lengthOf } from '../interval.ts';
import type { ErrorCode } from './finding.ts';
import { type ColumnName, columnsOf, isQuoted, type Layout, TIME_UNITS } from './layout.ts';
import type { Row } from './rows.ts';

export interface CellFault {
  readonly code: ErrorCode;
  readonly column: string;
  readonly value: string;
  readonly expected: string;
}

type Report = (fault: CellFault) => void;

/** A parser for one layout. It returns null, with at least one reported fault, where the row is no bar. */
export function barParser(layout: Layout): (row: Row, report: Report) => SourceBar | null {
  const columns = columnsOf(layout);
  const length = lengthOf(layout.interval);
  const quoted = isQuoted(layout);
  const place = Object.fromEntries(columns.map(({ name }, i) => [name, i]));
  const named = (name: ColumnName | 'time'): string => columns[place[name] ?? -1]?.column ?? name;

  return (row, report) => {
    let faulty = false;
    const text = (name: ColumnName | 'time'): string => row.cells[place[name] ?? -1] ?? '';
    const fail = (code: ErrorCode, name: ColumnName | 'time', expected: string): null => {
      faulty = true;
      report({ code, column: named(name), value: text(name), expected });
      return null;
    };
    const number = (name: ColumnName): Decimal | null =>
      parseDecimal(text(name)) ?? fail(decimalFault(text(name)), name, 'a finite number with at most 12 decimals');
    const price = (name: ColumnName): Decimal | null => {
      const value = number(name);
      return value !== null && value <= 0n ? fail('DATA_PRICE_NOT_POSITIVE', name, 'more than 0') : value;
    };

    const at = parseRowTime(text('time'), layout, (code, expected) => fail(code, 'time', expected));
    const open = price('open');
    const high = price('high');
    const low = price('low');
    const close = price('close');
    const volume = number('volume');
    if (volume !== null && volume < 0n) fail('DATA_VOLUME_NEGATIVE', 'volume', '0 or more');
    // A bar without a touch leaves both cells empty.
    const touched = quoted && (text('bid') !== '' || text('ask') !== '');
    const bid = touched ? price('bid') : null;
    const ask = touched ? price('ask') : null;
    if (bid !== null && ask !== null && bid > ask) fail('DATA_CROSSED', 'bid', `at most the ask ${text('ask')}`);
    if (at === null || open === null || high === null || low === null || close === null || volume === null) return null;
    if (high < open || high < close) fail('DATA_OHLC_INCONSISTENT', 'high', 'at least the open and the close');
    else if (low > open || low > close) fail('DATA_OHLC_INCONSISTENT', 'low', 'at most the open and the close');
    const open_time = layout.time.marks === 'open' ? at : at - length;
    if (open_time % length !== 0) fail('DATA_TS_UNALIGNED', 'time', `a multiple of ${layout.interval}`);
    if (faulty) return null;
    const quote = bid !== null && ask !== null ? { event_time: open_time + length, bid, ask } : null;
    return { open_time, open, high, low, close, ...volumes(volume, high + low + close, layout), quote };
  };
}

/** A volume in quote currency becomes one in base units at the typical price of its bar, half even at the 12th decimal. */
function volumes(volume: Decimal, threePrices: Decimal, layout: Layout): { volume: Quantity; quote_volume: Money | null } {
  if (layout.volume === 'base') return { volume, quote_volume: null };
  return { volume: mulDiv(volume, 3_000_000_000_000n, threePrices), quote_volume: volume };
}

function decimalFault(text: string): ErrorCode {
  return /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? 'DATA_PRECISION_LOST' : 'DATA_NOT_FINITE';
}

/** Bitcoin's first day and the end of the century: a time outside is in another unit than declared. */
const EARLIEST: Micros = 1_230_940_800_000_000;
const LATEST: Micros = 4_102_444_800_000_000;

function parseRowTime(text: string, layout: Layout, fail: (code: ErrorCode, expected: string) => null): Micros | null {
  const { unit } = layout.time;
  const at = unit === 'iso' ? parseIso(text, fail) : parseCount(text, unit, fail);
  if (at === null) return null;
  return at >= EARLIEST && at < LATEST ? at : fail('DATA_TS_UNIT_UNKNOWN', `a time between 2009 and 2100 in unit ${unit}`);
}

function parseIso(text: string, fail: (code: ErrorCode, expected: string) => null): Micros | null {
  const at = parseTime(text);
  if (at !== null) return /(?:[Zz]|[+-]00:?00)$/.test(text) ? at : fail('DATA_TS_NOT_UTC', 'zone Z');
  return parseTime(`${text.replace(' ', 'T')}Z`) === null
    ? fail('DATA_TS_UNIT_UNKNOWN', 'an ISO-8601 time')
    : fail('DATA_TS_NOT_UTC', 'a time with its zone Z');
}

const PER_SECOND: Readonly<Record<string, bigint>> = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n };

function parseCount(text: string, unit: string, fail: (code: ErrorCode, expected: string) => null): Micros | null {
  const per = PER_SECOND[unit];
  if (per === undefined) return fail('DATA_TS_UNIT_UNKNOWN', `unit ${unit} to be one of ${TIME_UNITS.join(', ')}`);
  if (!/^\d{1,20}$/.test(text)) return fail('DATA_TS_UNIT_UNKNOWN', `a whole number of ${unit}`);
  return Number((BigInt(text) * 1_000_000n) / per);
}
