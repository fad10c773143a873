// The variables of every command: a name of none of ours ends it, whatever it would have read; an option may lie in a file.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weir-variables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const named = join(folder, 'named');
writeFileSync(named, `${join(folder, 'data-in-file')}\n`);

function weir(words: readonly string[], env: Readonly<Record<string, string>>) {
  const { WEIR_DATA: _, ...inherited } = process.env;
  return spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', env: { ...inherited, ...env } });
}

describe('a command that would not read it', () => {
  it.each([
    [{ WEIR_KAFKA_BROKRS: 'a:1' }, 'WEIR_KAFKA_BROKRS: is no variable of ours; did you mean WEIR_KAFKA_BROKERS?'],
    [{ WEIR_DATE: 'x' }, 'WEIR_DATE: is no variable of ours; did you mean WEIR_DATA?'],
    [{ WEIR_COLOUR: 'x' }, 'WEIR_COLOUR: is no variable of ours\n'],
    [{ WEIR_DATA: 'x', WEIR_DATA_FILE: named }, 'WEIR_DATA and WEIR_DATA_FILE: expected one of them'],
    [{ WEIR_LOG_FILE: '/nowhere' }, 'WEIR_LOG_FILE: "/nowhere", cannot be read (ENOENT'],
  ])('%o ends it with 78', (env, fault) => {
    const { status, stderr } = weir(['query'], env);
    expect(stderr).toContain(fault);
    expect(status).toBe(78);
  });

  it('what is empty, and what is of tests, is nobody’s business', () => {
    expect(weir(['query'], { WEIR_COLOUR: '', WEIR_TEST_COLOUR: 'x' }).status).toBe(0);
  });
});

describe('where an option is from', () => {
  it.each([
    ['its file', [], { WEIR_DATA_FILE: named }, 'data-in-file'],
    ['the flag, before its file', ['--data', join(folder, 'data-in-flag')], { WEIR_DATA_FILE: named }, 'data-in-flag'],
    ['the flag, before the variable', ['--data', join(folder, 'data-in-flag')], { WEIR_DATA: 'elsewhere' }, 'data-in-flag'],
    ['the variable', [], { WEIR_DATA: join(folder, 'data-in-variable') }, 'data-in-variable'],
  ])('%s', (_, words, env, where) => {
    const { status, stderr } = weir(['status', ...words], env);
    expect(stderr).toContain(`nothing has run in ${join(folder, where)} yet`);
    expect(status).toBe(4);
  });
});
