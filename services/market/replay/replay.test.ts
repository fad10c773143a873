// Recorded data: every finding on a file that differs in one cell, and one result whatever holds the same bars.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { formatTime, MINUTE } from '../../../schemas/time.ts';
import { errorsOf, formatFinding } from './finding.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { readManifest } from './read-file.ts';
import { openReplay, type ReplayOptions, replaySource } from './replay.ts';
import { splitCsv } from './rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = 1_640_995_200_000_000;
const iso = (i: number): string => `${formatTime(START + i * MINUTE).slice(0, 19)}Z`;
const HEADER = 'time,open,high,low,close,volume,bid,ask';
const line = (i: number, cells = '100,102,99,101,5,100.5,101.5'): string => `${iso(i)},${cells}`;
const LINES = [0, 1, 2, 3].map((i) => line(i));

interface Change {
  readonly data?: Record<string, unknown>;
  readonly instrument?: Record<string, unknown>;
}

const INSTRUMENT = {
  instrument: 'BTC-USD',
  venue: 'sim',
  kind: 'spot',
  base: 'BTC',
  quote: 'USD',
  filters: { tick: 0.01, step: '0.0001' },
  fees: { maker_bps: 1, taker_bps: 2 },
  assume: {},
};
const DATA = {
  interval: '1m',
  time: { column: 'time', unit: 'iso', marks: 'open', zone: 'UTC' },
  columns: { open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume', bid: 'bid', ask: 'ask' },
  volume: 'base',
};

function manifest(files: Record<string, string | Uint8Array>, change: Change = {}): Manifest {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const one = { ...INSTRUMENT, files: Object.keys(files), ...change.instrument, data: { ...DATA, ...change.data } };
  return parseManifest({ name: 'test', instruments: [one] }, folder);
}

const csv = (lines: readonly string[], header = HEADER): string => `${[header, ...lines].join('\n')}\n`;

/** code@line column of each finding. */
function found(lines: readonly string[], change: Change = {}, options: ReplayOptions = {}, header = HEADER): string[] {
  const replay = openReplay([manifest({ 'a.csv': csv(lines, header) }, change)], options);
  return replay.findings.map(({ code, line, column }) => `${code}${line === null ? '' : `@${line}`} ${column ?? '-'}`);
}

const second = (cells: string, time = iso(1)): string[] => LINES.toSpliced(1, 1, `${time},${cells}`);

describe('errors name the line and the column', () => {
  test.each<[string, string[], Change, string[]]>([
    ['nothing wrong', LINES, {}, []],
    ['NaN in a candle', second('100,NaN,99,101,5,,'), {}, ['DATA_NOT_FINITE@3 high']],
    ['infinite', second('100,102,99,101,Infinity,,'), {}, ['DATA_NOT_FINITE@3 volume']],
    ['empty cell', second('100,102,99,,5,,'), {}, ['DATA_NOT_FINITE@3 close']],
    ['13 decimals', second('100.0000000000001,102,99,101,5,,'), {}, ['DATA_PRECISION_LOST@3 open']],
    ['12 decimals', second('100.000000000001,102,99,101,5,,'), {}, []],
    ['exponent that stays exact', second('1e2,102,99,101,5e-1,,'), {}, []],
    ['price zero', second('100,102,0,101,5,,'), {}, ['DATA_PRICE_NOT_POSITIVE@3 low']],
    ['price negative', second('-1,102,99,101,5,,'), {}, ['DATA_PRICE_NOT_POSITIVE@3 open']],
    ['volume negative', second('100,102,99,101,-5,,'), {}, ['DATA_VOLUME_NEGATIVE@3 volume']],
    ['volume zero', second('100,102,99,101,0,,'), {}, []],
    ['high below close', second('100,100.5,99,101,5,,'), {}, ['DATA_OHLC_INCONSISTENT@3 high']],
    ['low above open', second('100,102,100.5,101,5,,'), {}, ['DATA_OHLC_INCONSISTENT@3 low']],
    ['bid above ask', second('100,102,99,101,5,101.6,101.5'), {}, ['DATA_CROSSED@3 bid']],
    ['bid equal to ask', second('100,102,99,101,5,101.5,101.5'), {}, []],
    ['only one side of a touch', second('100,102,99,101,5,,101.5'), {}, ['DATA_NOT_FINITE@3 bid']],
    ['time without zone', second('100,102,99,101,5,,', '2022-01-01T00:01:00'), {}, ['DATA_TS_NOT_UTC@3 time']],
    ['time in another zone', second('100,102,99,101,5,,', '2022-01-01T01:01:00+01:00'), {}, ['DATA_TS_NOT_UTC@3 time']],
    ['zone written as +00:00', second('100,102,99,101,5,,', '2022-01-01T00:01:00+00:00'), {}, []],
    ['no time at all', second('100,102,99,101,5,,', 'yesterday'), {}, ['DATA_TS_UNIT_UNKNOWN@3 time']],
    ['half a minute', second('100,102,99,101,5,,', '2022-01-01T00:01:30Z'), {}, ['DATA_TS_UNALIGNED@3 time']],
    ['backwards', LINES.toSpliced(2, 1, line(0)), {}, ['DATA_NOT_SORTED@4 time']],
    ['same time, other bar', [...LINES, line(3, '100,102,99,101,6,100.5,101.5')], {}, ['DATA_DUPLICATE_CONFLICT@6 time']],
    ['same time, other touch', [...LINES, line(3, '100,102,99,101,5,100.6,101.5')], {}, ['DATA_DUPLICATE_CONFLICT@6 time']],
    ['same bar again', [...LINES, line(3)], {}, []],
    ['a row of other width', LINES.toSpliced(1, 1, line(1, '100,102')), {}, ['DATA_COLUMN_UNKNOWN@3 -']],
    ['a zone that is not UTC', LINES, { data: { time: { ...DATA.time, zone: 'Europe/Berlin' } } }, ['DATA_TS_NOT_UTC time.zone']],
    [
      'an unknown unit',
      LINES.slice(0, 1),
      { data: { time: { ...DATA.time, unit: 'minutes' } } },
      ['DATA_TS_UNIT_UNKNOWN@2 time'],
    ],
    [
      'text where seconds are declared',
      LINES.slice(0, 1),
      { data: { time: { ...DATA.time, unit: 's' } } },
      ['DATA_TS_UNIT_UNKNOWN@2 time'],
    ],
    ['no row', [], {}, ['DATA_EMPTY -']],
  ])('%s', (_name, lines, change, expected) => {
    expect(found(lines, change, { gaps: { max_gap_share: 1, max_gap_bars: 100 } })).toEqual(expected);
  });

  test('a column that is not declared, unless it is ignored', () => {
    const lines = LINES.map((text) => `${text},1`);
    expect(found(lines, {}, {}, `${HEADER},vwap`)).toEqual(['DATA_COLUMN_UNKNOWN@1 vwap']);
    expect(found(lines, { data: { ignore: ['vwap'] } }, {}, `${HEADER},vwap`)).toEqual([]);
  });

  test('a declared column that is absent', () => {
    expect(found(LINES, {}, {}, HEADER.replace('close', 'last'))).toEqual([
      'DATA_COLUMN_UNKNOWN@1 close',
      'DATA_COLUMN_UNKNOWN@1 last',
    ]);
  });

  test.each<[string, string, number]>([
    ['s', '1640995260', 1],
    ['ms', '1640995260000', 1],
    ['us', '1640995260000000', 1],
    ['ns', '1640995260000000000', 1],
    ['ms', '1640995260', 0],
    ['s', '1640995260000', 0],
    ['us', '1640995260000', 0],
  ])('unit %s reads %s: %d bars', (unit, text, bars) => {
    const replay = openReplay([
      manifest({ 'a.csv': csv([`${text},100,102,99,101,5,,`]) }, { data: { time: { ...DATA.time, unit } } }),
    ]);
    expect(replay.quality[0]?.bars).toBe(bars);
    expect(replay.findings.map(({ code }) => code)).toEqual(bars === 1 ? [] : ['DATA_TS_UNIT_UNKNOWN']);
    if (bars === 1) expect(replay.quality[0]?.from).toBe(START + MINUTE);
  });

  test('a truncated gz, and a file that is not there', () => {
    const whole = gzipSync(csv(LINES));
    const cut = openReplay([manifest({ 'cut.csv.gz': whole.subarray(0, whole.length - 12) })]);
    expect(cut.findings.map(({ code, file }) => [code, file])).toEqual([['DATA_UNREADABLE', 'cut.csv.gz']]);
    const absent = openReplay([manifest({}, { instrument: { files: ['nowhere.csv'] } })]);
    expect(absent.findings.map(({ code, file }) => [code, file])).toEqual([['DATA_UNREADABLE', 'nowhere.csv']]);
    expect(openReplay([manifest({ 'whole.csv.gz': whole })]).quality[0]?.bars).toBe(4);
  });

  test('all findings come at once, and nothing is replayed', () => {
    const lines = [line(0, '100,NaN,99,101,-5,,'), line(1, '0,102,99,101,5,,'), line(2)];
    expect(found(lines)).toEqual(['DATA_NOT_FINITE@2 high', 'DATA_VOLUME_NEGATIVE@2 volume', 'DATA_PRICE_NOT_POSITIVE@3 open']);
    const replay = openReplay([manifest({ 'a.csv': csv(lines) })]);
    expect(replay.data_hash).toBeNull();
    expect(() => replay.events()).toThrow('a.csv:2 high "NaN": DATA_NOT_FINITE, expected a finite number');
    expect(() => replaySource([manifest({ 'a.csv': csv(lines) })])).toThrow('a.csv:3 open "0": DATA_PRICE_NOT_POSITIVE');
  });
});

describe('warnings do not stop a replay', () => {
  const still = '100,100,100,100,0,,';
  const minutes = (n: number, cells: string): string[] => Array.from({ length: n }, (_, i) => line(i, cells));
  test.each<[string, string[], string[]]>([
    ['a move of more than 20 %', [line(0), line(1, '121.3,121.3,121.3,121.3,1,,')], ['DATA_JUMP@3 time']],
    ['a move of 20 %', [line(0), line(1, '121.2,121.2,121.2,121.2,1,,')], []],
    ['five equal bars without volume', minutes(5, still), ['DATA_FROZEN@6 time']],
    ['seven of them', minutes(7, still), ['DATA_FROZEN@6 time']],
    ['four of them', minutes(4, still), []],
    ['five equal bars with volume', minutes(5, '100,100,100,100,1,,'), []],
  ])('%s', (_name, lines, expected) => {
    expect(found(lines)).toEqual(expected);
    expect(openReplay([manifest({ 'a.csv': csv(lines) })]).data_hash).not.toBeNull();
  });

  test('a last row that is cut short is dropped', () => {
    const replay = openReplay([manifest({ 'a.csv': `${csv(LINES)}${line(4).slice(0, 30)}` })]);
    expect(replay.findings.map(formatFinding)).toEqual([
      'a.csv:6 "2022-01-01T00:04:00Z,100,102,9": DATA_INCOMPLETE_LAST, expected 8 cells, not 4',
    ]);
    expect(replay.quality[0]?.bars).toBe(4);
  });

  test('a last row without line end that is whole is kept', () => {
    expect(openReplay([manifest({ 'a.csv': csv(LINES).trimEnd() })])).toMatchObject({ findings: [], quality: [{ bars: 4 }] });
  });
});

describe('gaps', () => {
  const without = (missing: number, of = 200): string[] =>
    Array.from({ length: of }, (_, i) => i)
      .filter((i) => i < 10 || i >= 10 + missing)
      .map((i) => line(i));
  test.each<[number, number, number, string[]]>([
    [0, 0.01, 60, []],
    [2, 0.01, 60, []],
    [3, 0.01, 60, ['DATA_GAP time']],
    [60, 1, 60, []],
    [61, 1, 60, ['DATA_GAP time']],
    [61, 0.01, 60, ['DATA_GAP time', 'DATA_GAP time']],
  ])('%d of 200 bars missing, at most a share of %d and %d in a row: %o', (missing, max_gap_share, max_gap_bars, expected) => {
    expect(found(without(missing), {}, { gaps: { max_gap_share, max_gap_bars } })).toEqual(expected);
  });

  test('are listed with their place and length', () => {
    const { quality } = openReplay([manifest({ 'a.csv': csv(without(2)) })]);
    expect(quality[0]).toMatchObject({
      bars: 198,
      gap_share: 0.01,
      gaps: [{ from: START + 10 * MINUTE, to: START + 12 * MINUTE, bars: 2 }],
    });
  });
});

describe('one hash and one flow whatever holds the same bars', () => {
  const whole = openReplay([manifest({ 'a.csv': csv(LINES) })]);
  const flow = [...whole.events()];
  const cells = ['time', 'open', 'high', 'low', 'close', 'volume', 'bid', 'ask'];
  const asJson = (text: string): string => {
    const values = text.split(',');
    return `{${cells.map((name, i) => `"${name}":${name === 'time' ? `"${values[i]}"` : values[i]}`).join(',')}}`;
  };
  test.each<[string, Record<string, string | Uint8Array>, Change]>([
    ['compressed', { 'a.csv.gz': gzipSync(csv(LINES)) }, {}],
    ['line ends of Windows', { 'a.csv': csv(LINES).replaceAll('\n', '\r\n') }, {}],
    ['a duplicate row', { 'a.csv': csv([...LINES, line(3)]) }, {}],
    ['JSON lines', { 'a.jsonl': `${LINES.map(asJson).join('\n')}\n` }, { data: { format: 'jsonl' } }],
    ['two files', { 'a1.csv': csv(LINES.slice(0, 2)), 'a2.csv': csv(LINES.slice(2)) }, {}],
    ['two files listed backwards', { 'a2.csv': csv(LINES.slice(2)), 'a1.csv': csv(LINES.slice(0, 2)) }, {}],
    ['files that overlap', { 'a1.csv': csv(LINES.slice(0, 3)), 'a2.csv': csv(LINES.slice(2)) }, {}],
    [
      'times that mark the close',
      { 'a.csv': csv([1, 2, 3, 4].map((i) => line(i))) },
      { data: { time: { ...DATA.time, marks: 'close' } } },
    ],
  ])('%s', (_name, files, change) => {
    const other = openReplay([manifest(files, change)]);
    expect(other.quality[0]?.bars).toBe(4);
    expect(other.data_hash).toBe(whole.data_hash);
    expect([...other.events()]).toEqual(flow);
  });

  test('another value is another hash', () => {
    const other = openReplay([manifest({ 'a.csv': csv(LINES.toSpliced(3, 1, line(3, '100,102,99,101,5,100.5,101.6'))) })]);
    expect(other.data_hash).not.toBe(whole.data_hash);
  });

  test('overlapping files that disagree are a conflict', () => {
    const files = { 'a1.csv': csv(LINES), 'a2.csv': csv([line(3, '100,103,99,101,5,,')]) };
    expect(openReplay([manifest(files)]).findings.map(({ code, file }) => [code, file])).toEqual([
      ['DATA_DUPLICATE_CONFLICT', 'a2.csv'],
    ]);
  });

  test('numbers of JSON lines keep digits that a double would lose', () => {
    const row = `{"time":"${iso(0)}","open":12345678901.123456789012,"high":12345678901.123456789012,"low":1,"close":2,"volume":3,"bid":null,"ask":null}\n`;
    const replay = openReplay([manifest({ 'a.jsonl': row }, { data: { format: 'jsonl' } })]);
    expect([...(replay.series[0]?.bars ?? [])][0]?.open).toBe(decimal('12345678901.123456789012'));
  });

  test.each(['[1]', '{"time":{}}', '{"time":true}', '{', '5'])('a JSON line %s is no bar', (text) => {
    const replay = openReplay([manifest({ 'a.jsonl': `${text}\n` }, { data: { format: 'jsonl' } })]);
    expect(replay.findings.map(({ code }) => code)).toEqual(['DATA_COLUMN_UNKNOWN']);
  });
});

test('a volume in quote currency becomes one in base units at the typical price', () => {
  const replay = openReplay([manifest({ 'a.csv': csv([line(0, '100,103,98,102,303,,')]) }, { data: { volume: 'quote' } })]);
  const [bar] = [...(replay.series[0]?.bars ?? [])];
  expect(bar).toMatchObject({ volume: decimal('3'), quote_volume: decimal('303') });
});

test.each([
  ['a,b,c', ['a', 'b', 'c']],
  ['"a,1",b', ['a,1', 'b']],
  ['"say ""x""",', ['say "x"', '']],
  ['a,"",c', ['a', '', 'c']],
  [',', ['', '']],
])('cells of %s', (text, cells) => {
  expect(splitCsv(text)).toEqual(cells);
});

describe('a manifest', () => {
  test.each<[string, Change, string]>([
    ['an unknown key', { instrument: { colour: 1 } }, 'instruments.0: Unrecognized key: "colour"'],
    ['no assumption', { instrument: { assume: undefined } }, 'instruments.0.assume'],
    [
      'a step of zero',
      { instrument: { filters: { tick: 0.01, step: 0 } } },
      'instruments.0.filters.step: 0: expected a decimal above 0',
    ],
    [
      'a tick too fine',
      { instrument: { filters: { tick: '1e-13', step: 1 } } },
      'instruments.0.filters.tick: 1e-13: expected a decimal above 0',
    ],
    [
      'a listing without zone',
      { instrument: { listed_at: '2020-01-01' } },
      'instruments.0.listed_at: "2020-01-01": expected an ISO-8601',
    ],
    ['an unknown interval', { data: { interval: '7m' } }, 'instruments.0.data.interval'],
    ['a bid without ask', { data: { columns: { ...DATA.columns, ask: undefined } } }, 'expected both bid and ask'],
    ['no unit of volume', { data: { volume: undefined } }, 'instruments.0.data.volume'],
  ])('with %s is refused', (_name, change, message) => {
    expect(() => manifest({ 'a.csv': csv(LINES) }, change)).toThrow(message);
  });

  test('with an instrument twice is refused, within one file and across files', () => {
    const one = { ...INSTRUMENT, files: ['a.csv'], data: DATA };
    expect(() => parseManifest({ name: 'x', instruments: [one, one] }, folder)).toThrow('instrument "BTC-USD": listed twice');
    const single = manifest({ 'a.csv': csv(LINES) });
    expect(() => openReplay([single, single])).toThrow('instrument "BTC-USD": in two manifests');
  });

  test('assumes the spread of the tier and twice its depth', () => {
    const assumed = (change: Record<string, unknown>) =>
      manifest({ 'a.csv': csv(LINES) }, { instrument: change }).instruments[0]?.assumed;
    expect(assumed({})).toEqual({ spread_bps: 10, depth_usd: decimal('200000') });
    expect(assumed({ tier_ceiling: 'T2' })).toEqual({ spread_bps: 20, depth_usd: decimal('50000') });
    expect(assumed({ base: 'XYZ' })).toEqual({ spread_bps: 40, depth_usd: decimal('20000') });
    expect(assumed({ assume: { spread_bps: 3, depth_usd: 7 } })).toEqual({ spread_bps: 3, depth_usd: decimal('7') });
  });

  test('that cannot be read names its file', () => {
    expect(() => readManifest(join(folder, 'none.yaml'))).toThrow('none.yaml: ENOENT');
    writeFileSync(join(folder, 'bad.yaml'), 'name: x\ninstruments: []\n');
    expect(() => readManifest(join(folder, 'bad.yaml'))).toThrow('bad.yaml: market data manifest: instruments:');
  });
});

test('findings are split by what they stop', () => {
  const { findings } = openReplay([
    manifest({ 'a.csv': csv([line(0), line(1, '200,200,200,200,1,,'), line(2, '0,1,1,1,1,,')]) }),
  ]);
  expect(findings).toHaveLength(2);
  expect(errorsOf(findings).map(({ code }) => code)).toEqual(['DATA_PRICE_NOT_POSITIVE']);
});
