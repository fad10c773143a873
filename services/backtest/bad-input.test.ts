// What a person can get wrong around a backtest, at the command line: each has its code, its place, its exit code, and costs nothing.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import { openSqliteReader } from '../../topology/log/sqlite-reader.ts';
import { pathsOf } from '../deployment/data-directory.ts';
import { startWeir, weir } from './crash/weir-child.ts';

const SAMPLES = fileURLToPath(new URL('../market/samples/', import.meta.url));
const MANIFEST = 'btc-perp-2022-01.yaml';
const FILE = 'btc-perp-1m-2022-01.csv.gz';
const folder = mkdtempSync(join(tmpdir(), 'weir-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** The shipped manifest beside a changed data file; its path. */
function dataWith(change: (bytes: Buffer) => Uint8Array): string {
  made += 1;
  const place = join(folder, `data-${made}`);
  mkdirSync(place);
  copyFileSync(join(SAMPLES, MANIFEST), join(place, MANIFEST));
  writeFileSync(join(place, FILE), change(readFileSync(join(SAMPLES, FILE))));
  return join(place, MANIFEST);
}

/** Changes cells (line from 1, column from 0) of the text in the file. */
function cells(...changes: readonly (readonly [number, number, string])[]): (bytes: Buffer) => Uint8Array {
  return (bytes) => {
    const lines = gunzipSync(bytes).toString('utf8').split('\n').slice(0, 300);
    for (const [line, column, text] of changes) {
      const row = (lines[line - 1] ?? '').split(',');
      row[column] = text;
      lines[line - 1] = row.join(',');
    }
    return gzipSync(`${lines.join('\n')}\n`);
  };
}

function policyWith(...lines: string[]): string {
  made += 1;
  const path = join(folder, `policy-${made}.yaml`);
  writeFileSync(path, `${['extends: paper', ...lines].join('\n')}\n`);
  return path;
}

describe('bad input', () => {
  const rows: readonly [string, () => string[], string, readonly RegExp[]][] = [
    [
      'a truncated gz file',
      () => ['--input', dataWith((bytes) => bytes.subarray(0, 100_000))],
      'DATA_UNREADABLE',
      [/btc-perp-1m-2022-01\.csv\.gz "unexpected end of file": DATA_UNREADABLE, expected a whole, readable file/],
    ],
    [
      'a file that is no gz file',
      () => ['--input', dataWith(() => Buffer.from('time,open\n'))],
      'DATA_UNREADABLE',
      [/"incorrect header check": DATA_UNREADABLE/],
    ],
    [
      'an empty file',
      () => ['--input', dataWith(() => gzipSync('time,open,high,low,close,volume\n'))],
      'DATA_EMPTY',
      [/DATA_EMPTY/],
    ],
    [
      'a NaN candle, and every other fault with it',
      () => ['--input', dataWith(cells([100, 4, 'NaN'], [200, 1, '-5'], [250, 5, 'Infinity']))],
      'DATA_NOT_FINITE',
      [
        /csv\.gz:100 close "NaN": DATA_NOT_FINITE, expected/,
        /csv\.gz:200 open "-5": DATA_PRICE_NOT_POSITIVE, expected/,
        /csv\.gz:250 volume "Infinity": DATA_NOT_FINITE, expected/,
      ],
    ],
    [
      'an unknown policy key',
      () => ['--policy', policyWith('stops: { dayly_bps: 300 }')],
      'POLICY_INVALID',
      [/POLICY_SCHEMA: stops\.dayly_bps: 300: expected no such key/],
    ],
    [
      'fractions where basis points belong, all at once',
      () => ['--policy', policyWith('stops: { daily_bps: 0.03, weekly_bps: 0.1 }')],
      'POLICY_INVALID',
      [/stops\.daily_bps: 0\.03: expected .*integer basis points/, /stops\.weekly_bps: 0\.1: expected .*integer basis points/],
    ],
    ['a policy that is no YAML', () => ['--policy', policyWith('stops: { daily_bps: [')], 'POLICY_INVALID', [/policy-\d+\.yaml/]],
    ['a policy that does not exist', () => ['--policy', join(folder, 'none.yaml')], 'FILE_UNREADABLE', [/none\.yaml/]],
    ['a manifest that does not exist', () => ['--input', join(folder, 'none.yaml')], 'CONFIGURATION_INVALID', [/none\.yaml/]],
    [
      'a scenario that nobody knows',
      () => ['--synthetic', 'moon'],
      'CONFIGURATION_INVALID',
      [/--synthetic moon: expected one of calm/],
    ],
  ];
  it.each(rows)('%s', async (_, words, code, said) => {
    const ended = await weir('backtest', 'run', ...words());
    expect(ended.stderr.startsWith(`${code}: `), ended.stderr).toBe(true);
    for (const pattern of said) expect(ended.stderr).toMatch(pattern);
    expect(ended.stderr).toContain('  fix: ');
    expect(ended.stdout).toBe('');
    expect(ended.code).toBe(78);
  });

  it('tells a program the same in JSON', async () => {
    const ended = await weir('backtest', 'run', '--json', '--policy', policyWith('stops: { daily_bps: 0.03 }'));
    expect(JSON.parse(ended.stdout)).toMatchObject({
      error: { code: 'POLICY_INVALID', message: expect.stringContaining('stops.daily_bps: 0.03') },
    });
    expect(ended.code).toBe(78);
  });
});

const onSqlite = (data: string, until: string): string[] => [
  'backtest',
  'run',
  '--log',
  'sqlite',
  '--data',
  data,
  '--until',
  until,
  '--json',
  '--quiet',
];

describe('a data directory', () => {
  it('has one owner: a second process is told who it is, and changes nothing', async () => {
    const data = join(folder, 'locked');
    const lock = lockDataDirectory(data);
    const second = await weir(...onSqlite(data, '2022-01-05'));
    lock.release();
    expect(second.stderr).toMatch(new RegExp(`^DATA_DIRECTORY_LOCKED: .*${data} is owned by process ${process.pid}\\b`));
    expect(second.code).toBe(78);
    expect(readdirSync(data)).toEqual([]);
  });

  it('on a full disk: a named error, nothing acknowledged lost, and with space again the same bytes', {
    timeout: 120_000,
  }, async () => {
    const until = '2022-01-05';
    const whole = join(folder, 'whole');
    const data = join(folder, 'full');
    const undisturbed = await weir(...onSqlite(whole, until));
    const refused = await startWeir(onSqlite(data, until), 4_096).ended;
    expect(refused.stderr).toMatch(/^LOG_FULL: log: no space left for .*full\/log\.sqlite/);
    expect(refused.stderr).toContain('start the same command again');
    expect(refused.code).toBe(69);
    const { stood, held } = marketRecords(data);
    expect(stood, 'the limit leaves room for a part of the run').toBeGreaterThan(100);
    expect(held).toBe(stood);
    const again = await weir(...onSqlite(data, until));
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout).hashes).toEqual(JSON.parse(undisturbed.stdout).hashes);
  });
});

/** How many records the log says it holds, and how many can be read. */
function marketRecords(data: string): { stood: number; held: number } {
  const reader = openSqliteReader(pathsOf(data).log);
  const stood = reader.endOffset('market.v1', 0);
  const held = reader.read('market.v1', 0, 0, 1_000_000).length;
  reader.close();
  return { stood, held };
}
