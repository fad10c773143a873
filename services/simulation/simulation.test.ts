// A thousand seeds of the whole pipeline under faults, and each of its rules switched off in turn: the first are clean, the others noticed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const SEEDS = 1_000;
const MINUTES = 60_000;

async function run(...args: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], output, errors] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code: code as number, output, errors };
}

describe('the simulation', () => {
  test(`${SEEDS} seeds live through their faults, come to rest, and nothing is wrong`, { timeout: 30 * MINUTES }, async () => {
    const half = SEEDS / 2;
    const runs = await Promise.all([run('--seeds', `${half}`), run('--from', `${half + 1}`, '--seeds', `${half}`)]);
    for (const { code, output } of runs) {
      console.info(output);
      expect(output).toContain(`${half} seeds, 0 bad`);
      expect(code).toBe(0);
    }
  });

  test('each rule is noticed when it is switched off', { timeout: 30 * MINUTES }, async () => {
    const { code, output, errors } = await run('--mutants', '--seeds', '600');
    console.info(output);
    expect(errors.split('\n').filter((line) => line.includes('Error'))).toEqual([]);
    expect(output.match(/seed \d+: [A-Z_]+/g)).toHaveLength(MUTANTS.length);
    expect(code).toBe(0);
  });

  test('a seed tells the same story each time, and much happens in it', async () => {
    const [first, second] = await Promise.all([run('--seed', '4', '--story'), run('--seed', '4', '--story')]);
    const story = (output: string): string[] => output.trimEnd().split('\n').slice(0, -1);
    expect(first.code).toBe(0);
    expect(story(second.output)).toEqual(story(first.output));
    expect(story(first.output).length).toBeGreaterThan(50);
    const counts = /processes (\d+).* orders (\d+), fills (\d+), trades (\d+)/.exec(first.output)?.slice(1).map(Number) ?? [];
    expect(counts).toHaveLength(4);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test.each([
    [['--seeds', '0'], '--seeds 0: expected a whole number of at least 1'],
    [['--mutant', 'nobody'], '--mutant nobody: not one of the mutants'],
    [['--sees', '1'], "Unknown option '--sees'"],
  ])('%j is refused, with what was expected', async (args, message) => {
    const { code, errors } = await run(...args);
    expect([code, errors.split('\n')[0]]).toEqual([2, expect.stringContaining(message)]);
    expect(errors).toContain('usage: npm run simulate');
  });
});
