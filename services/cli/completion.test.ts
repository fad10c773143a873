// What a shell is offered: the commands and options of the tree, asked for as its script asks.
import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { program } from './main.ts';

afterEach(() => vi.restoreAllMocks());

/** Lines on stdout; the last one of suggestions is a directive to the script. */
async function printed(...words: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(...text.split('\n')));
  await program().parseAsync(words, { from: 'user' });
  return lines;
}

describe('a word that is begun', () => {
  it.each([
    ['ba', ['backtest']],
    ['backtest r', ['run']],
    ['backtest run --po', ['--policy', '--portfolio']],
    ['--data elsewhere s', ['signal', 'status', 'sql', 'schemas']],
    ['pnl --b', ['--by']],
    ['nonsense x', []],
  ])('weir %s', async (line, offered) => {
    const lines = await printed('complete', '--', ...line.split(' '));
    expect(lines.slice(0, -1).map((text) => text.split('\t')[0])).toEqual(offered);
  });
});

it('bash can read its script, which asks this program', async () => {
  const script = (await printed('completion', 'bash')).join('\n');
  expect(script).toContain('weir complete --');
  expect(spawnSync('bash', ['-n'], { input: script })).toMatchObject({ status: 0 });
});

it.each(['zsh', 'fish'])('%s has a script of its own', async (shell) => {
  expect((await printed('completion', shell)).join('\n')).toMatch(new RegExp(`${shell} completion[\\s\\S]*weir complete --`));
});

it('an unknown shell is refused with those that are known', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  await expect(printed('completion', 'csh')).rejects.toThrow('Allowed choices are zsh, bash, fish, powershell');
  expect(said).toHaveBeenCalled();
});
