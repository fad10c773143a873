// The demo as a new user meets it: a fresh folder, one command, a summary that is the same for everybody, and commands that work.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../backtest/summary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weir-demo-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function weir(...args: string[]) {
  return spawnSync('npm', ['run', '-s', 'weir', '--', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, WEIR_DATA: data, NO_COLOR: '1' },
  });
}

interface Told {
  readonly summary: Summary;
  readonly next: readonly string[];
}

let told: Told;
beforeAll(() => {
  const run = weir('demo', '--json', '--quiet');
  expect(run.status, run.stderr).toBe(0);
  told = JSON.parse(run.stdout) as Told;
}, 180_000);

describe('the demo', () => {
  it('tells the same summary to everybody', async () => {
    await expect(`${JSON.stringify(told.summary, null, 2)}\n`).toMatchFileSnapshot('golden/demo-summary.json');
  });

  it('holds what a newcomer should see', () => {
    const { summary } = told;
    const entries = Object.entries(summary.decisions);
    expect(entries.reduce((n, [, count]) => n + count, 0)).toBeGreaterThanOrEqual(20);
    expect(entries.some(([key]) => key.startsWith('ENTRY EXECUTE'))).toBe(true);
    expect(summary.refusals.length).toBeGreaterThanOrEqual(3);
    expect(summary.trades).toBeGreaterThanOrEqual(1);
    expect(summary.dead_letters).toHaveLength(1);
    // One signal came twice, and one was none: neither was enriched.
    expect(summary.signals - summary.enriched).toBe(2);
    expect(summary.residual).toBe('0');
    expect(summary.strategies).toEqual(['breakout', 'momentum', 'rsi_mean_reversion', 'sma_cross']);
  });

  it('prints three commands, and each works as printed', () => {
    expect(told.next).toHaveLength(3);
    for (const command of told.next) {
      const run = spawnSync('bash', ['-c', command], { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
      expect(run.status, `${command}\n${run.stderr}`).toBe(0);
      expect(run.stdout.split('\n').length).toBeGreaterThan(3);
    }
  });

  it('stores in ClickHouse what it told, exactly', () => {
    const [row] = (JSON.parse(weir('query', 'waterfall', '--json').stdout) as { rows: Record<string, string>[] }).rows;
    expect(row).toMatchObject({
      trades: String(told.summary.trades),
      net: told.summary.net,
      residual: '0',
      fees: told.summary.waterfall.fees,
    });
  });

  it('replaces what an earlier demo left, and nothing else', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'log.sqlite'), 'somebody else');
    const run = weir('demo', '--data', other);
    expect(run.status).toBe(78);
    expect(run.stderr).toContain('DATA_DIRECTORY_IN_USE');
  });
});

describe('bad input', () => {
  it.each([
    [['explain', 'zz'], 2, 'USAGE'],
    [['explain', 'ffffffffffffffff'], 4, 'DECISION_NOT_FOUND'],
    [['pnl', '--by', 'colour'], 2, 'USAGE'],
    [['query', 'nonsense'], 2, 'QUERY_UNKNOWN'],
    [['query', 'trades', '--param', 'limit=all'], 2, 'QUERY_PARAM_INVALID'],
    [['sql', 'SELEC 1'], 1, 'CLICKHOUSE_62'],
    [['sql', 'DROP TABLE weir.trades'], 1, 'CLICKHOUSE_'],
    [['signal', 'send', '{}'], 69, 'OWNER_AWAY'],
    [['trading', 'stop', '--reason', 'x'], 2, 'USAGE'],
    [['status', '--data', 'no-such-folder'], 4, 'DATA_DIRECTORY_EMPTY'],
    [['nonsense'], 2, 'unknown command'],
    [['backtest', 'run', '--cash', '-5'], 2, 'expected a positive decimal'],
  ])('%j ends with %i and says %s', (args, exit, words) => {
    const run = weir(...args);
    expect(run.stderr).toContain(words);
    expect(run.status).toBe(exit);
  });
});
