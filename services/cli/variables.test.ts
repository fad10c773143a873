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
const empty = join(folder, 'empty');
writeFileSync(empty, '\n');
const named = join(folder, 'named');
writeFileSync(named, `${join(folder, 'data-in-file')}\n`);

function weir(words: readonly string[], env: Readonly<Record<string, string>>) {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WEIR_')));
  return spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', env: { ...inherited, ...env } });
}

describe('a command that would not read it', () => {
  it.each([
    [{ WEIR_KAFKA_BROKRS: 'a:1' }, 'WEIR_KAFKA_BROKRS: is no variable of ours; did you mean WEIR_KAFKA_BROKERS?'],
    [{ WEIR_DATE: 'x' }, 'WEIR_DATE: is no variable of ours; did you mean WEIR_DATA?'],
    [{ WEIR_COLOUR: 'x' }, 'WEIR_COLOUR: is no variable of ours\n'],
    [{ WEIR_DATA: 'x', WEIR_DATA_FILE: named }, 'WEIR_DATA and WEIR_DATA_FILE: expected one of them'],
    [{ WEIR_LOG_FILE: '/nowhere' }, 'WEIR_LOG_FILE: "/nowhere", cannot be read (ENOENT): expected a file with the value'],
    [{ WEIR_DATA_FILE: empty }, `WEIR_DATA_FILE: "${empty}", is an empty file: expected one with the value`],
    [{ WEIR_LOG: 'bogus' }, 'WEIR_LOG: "bogus", expected sqlite or kafka'],
    [{ WEIR_OPS_LISTEN: 'junk' }, 'WEIR_OPS_LISTEN: "junk", expected host:port'],
    [{ WEIR_GATEWAY_URL: 'foo' }, 'WEIR_GATEWAY_URL: "foo", expected a URL'],
    [{ WEIR_KAFKA_SSL_KEY_FILE_FILE: named }, 'WEIR_KAFKA_SSL_KEY_FILE_FILE: is no variable of ours'],
    [{ WEIR_KAFKA_SASL_PASWORD_FILE: 'x' }, 'did you mean WEIR_KAFKA_SASL_PASSWORD_FILE?'],
  ])('%o ends it with 78', (env, fault) => {
    const { status, stderr } = weir(['query'], env);
    expect(stderr).toContain(fault);
    expect(status).toBe(78);
  });

  it('what is empty, and what is of tests, is nobody’s business', () => {
    expect(weir(['query'], { WEIR_COLOUR: '', WEIR_TEST_COLOUR: 'x' }).status).toBe(0);
  });
});

it.each([
  [['halt'], { WEIR_COLOUR: 'x' }, 'WEIR_COLOUR: is no variable of ours\nDATA_DIRECTORY_EMPTY', 4],
  [['resume'], { WEIR_COLOUR: 'x' }, 'CONFIG: environment', 78],
  [['halt'], { WEIR_DATA_FILE: '/nowhere' }, 'CONFIG: environment', 78],
])('a name that nobody reads stops no halt: trading %j under %o', (act, env, said, exit) => {
  const { status, stderr } = weir(['trading', ...act, '--reason', 'x'], { WEIR_DATA: '', ...env });
  expect(stderr).toContain(said);
  expect(status).toBe(exit);
});

it('an empty variable of an option is not set', () => {
  const { status, stderr } = weir(['status'], { WEIR_DATA: '', WEIR_LOG: '', WEIR_GATEWAY_URL: '', WEIR_OPS_LISTEN: '' });
  expect([status, stderr]).not.toEqual([2, expect.anything()]);
  expect(stderr).not.toContain('in  yet');
});

it('probes may be answered at a port alone', () => {
  expect(weir(['query'], { WEIR_OPS_LISTEN: '9090' }).status).toBe(0);
});

it('an option may lie in a pipe', () => {
  const line = `WEIR_DATA_FILE=<(echo ${folder}/data-in-pipe) ${process.execPath} ${MAIN} status`;
  const { stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  expect(stderr).toContain(`nothing has run in ${folder}/data-in-pipe yet`);
});

it.each([
  ['a password where its file belongs', { WEIR_KAFKA_BROKERS: 'a:1', WEIR_KAFKA_SASL_PASSWORD_FILE: 'hunter2' }],
  ['a password in a URL', { WEIR_CLICKHOUSE_URL: 'http://weir:hunter2@a:8123' }],
  ['a password in a URL that is none of ours', { WEIR_CLICKHOUSE_URL: 'ftp://weir:hunter2@a' }],
])('%s is not shown', (_, env) => {
  const { stdout, stderr } = weir(['config', 'print'], env);
  expect(`${stdout}${stderr}`).not.toContain('hunter2');
  expect(`${stdout}${stderr}`).toContain('(secret)');
});

describe('where an option is from', () => {
  it.each([
    ['its file', [], { WEIR_DATA_FILE: named }, 'data-in-file'],
    ['the flag, before its file', ['--data', join(folder, 'data-in-flag')], { WEIR_DATA_FILE: named }, 'data-in-flag'],
    ['the flag, before the variable', ['--data', join(folder, 'data-in-flag')], { WEIR_DATA: 'elsewhere' }, 'data-in-flag'],
    ['the variable', [], { WEIR_DATA: join(folder, 'data-in-variable') }, 'data-in-variable'],
    ['its file, where the variable is empty', [], { WEIR_DATA: '', WEIR_DATA_FILE: named }, 'data-in-file'],
  ])('%s', (_, words, env, where) => {
    const { status, stderr } = weir(['status', ...words], env);
    expect(stderr).toContain(`nothing has run in ${join(folder, where)} yet`);
    expect(status).toBe(4);
  });
});
