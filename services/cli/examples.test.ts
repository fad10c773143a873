// Every example in the help runs as printed, and prints with --json what `weir json-schema` says; tables and documents are kept golden.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../topology/kafka-broker/free-ports.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { type Registry, startRegistry } from '../../topology/registry/start-registry.ts';
import { until } from '../../topology/runtime/claimed/toy-group.ts';
import { DOCUMENTS, ERROR_DOCUMENT } from './documents.ts';
import { EXAMPLES } from './examples.ts';
import { program, wordsOf } from './main.ts';
import { endBeside, ROOT, startBeside } from './readme-blocks.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-examples-'));
mkdirSync(join(folder, 'bin'));
symlinkSync(join(ROOT, 'services/cli/weir.mjs'), join(folder, 'bin', 'weir'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing of this machine's, so that it prints the same everywhere. */
const ENV: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WEIR_'))),
  PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
  NO_COLOR: '1',
};

/** Folders that the examples name are this test's. */
const here = (line: string): string => line.replace(/--data (\w+)/, (_, name: string) => `--data ${join(folder, name)}`);

function shell(line: string, env: NodeJS.ProcessEnv) {
  return spawnSync('bash', ['-c', here(line)], { cwd: ROOT, encoding: 'utf8', env, timeout: 120_000 });
}

function stdoutOf(line: string, env: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = shell(line, env);
  expect(status, `${line}\n${stdout.slice(-1_500)}\n${stderr.slice(-1_500)}`).toBe(0);
  expect(stdout, line).not.toBe('');
  return stdout;
}

/** One document a line, each as its command's is said to be. */
function documentsOf(words: string, stdout: string): Record<string, unknown>[] {
  const documents = stdout.trimEnd().split('\n');
  return documents.map((line) => DOCUMENTS.get(words)?.schema.parse(JSON.parse(line)) as Record<string, unknown>);
}

/** Without what another folder and other code would change: a run is named by the hash of all code. */
function settled(text: string): string {
  return text.replaceAll(folder, '').replaceAll(/bt-[0-9a-f]{16}/g, 'bt-…');
}

const leaves = (command: Command): string[] =>
  command.commands.length === 0 ? [wordsOf(command)] : command.commands.flatMap((sub) => leaves(sub as Command));
/** `complete` is asked by the scripts of the shells. */
const COMMANDS = program()
  .commands.flatMap((command) => leaves(command as Command))
  .filter((words) => words !== 'complete');

it('every command has an example and a document, and nothing else has', () => {
  expect([...EXAMPLES.keys()].sort()).toEqual(COMMANDS.toSorted());
  const silent = new Set(['run', 'completion']);
  expect([...DOCUMENTS.keys()].sort()).toEqual(COMMANDS.filter((words) => !silent.has(words)).sort());
});

const NEEDS_BROKERS = /^(lag|topics|schemas)\b/;
const embedded = [...EXAMPLES].filter(([words]) => !NEEDS_BROKERS.test(words));
/** What they print ends in other tests (topic hashes, the demo's summary), or is a script. */
const NOT_GOLDEN = new Set(['demo', 'backtest run', 'backtest check', 'run', 'completion']);

describe('without brokers', () => {
  const HERE = { ...ENV, WEIR_DATA: join(folder, 'data') };
  let live: ChildProcess;
  beforeAll(async () => {
    stdoutOf('weir demo --quiet', HERE);
    const [run = ''] = EXAMPLES.get('run') ?? [];
    live = await startBeside(here(run), HERE, '"event":"listening"');
  }, 240_000);
  afterAll(async () => {
    if (live !== undefined) await endBeside(live);
  }, 60_000);

  const [halt = ''] = EXAMPLES.get('trading') ?? [];

  it.each(embedded.filter(([words]) => words !== 'run'))('%s', { timeout: 240_000 }, async (words, lines) => {
    let golden = '';
    const env = words === 'config print' ? ENV : HERE;
    for (const line of lines) {
      const text = stdoutOf(line, env);
      if (words === 'completion') continue;
      // What has been resumed cannot be once more.
      if (words === 'trading') stdoutOf(halt, env);
      const printed = stdoutOf(`${line} --json --quiet`, env);
      const isSchema = line.startsWith('weir json-schema ');
      if (isSchema) expect(printed).toBe(text);
      const documents = isSchema ? [JSON.parse(printed)] : documentsOf(words, printed);
      if (NOT_GOLDEN.has(words) || line.includes('--data live')) continue;
      // The record in it is the decision's, of which others keep golden samples.
      const kept = documents.map((document) => JSON.stringify({ ...document, ...(words === 'explain' ? { record: {} } : {}) }));
      golden += [`$ ${line}`, text, `$ ${line} --json`, ...(isSchema ? ['(the same)'] : kept), '', ''].join('\n');
    }
    if (golden !== '') await expect(settled(golden)).toMatchFileSnapshot(`golden/${words.replace(' ', '-')}.txt`);
  });

  it('every position that there was is one as the document of positions says', () => {
    const [document] = documentsOf('query', stdoutOf('weir query positions --json', HERE));
    expect(document?.rows).toHaveLength(13);
    DOCUMENTS.get('positions')?.schema.parse(document);
  });

  it('what is followed is said in the same documents, whatever else is decided', { timeout: 120_000 }, async () => {
    const follow = spawn('weir', ['decisions', 'tail', '--limit', '1', '--follow', '--json', '--data', join(folder, 'live')], {
      env: HERE,
    });
    const ended = new Promise((resolve) => follow.once('close', resolve));
    let said = '';
    follow.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [send = ''] = EXAMPLES.get('signal send') ?? [];
    // Halts are decisions of another kind; what is sent meanwhile is refused.
    for (let i = 0; !said.includes('"reason_code":"KILL_SWITCH"') && i < 20; i++) {
      stdoutOf(halt, HERE);
      stdoutOf(send.replace('breakout', `breakout_${i}`), HERE);
      // What was followed meanwhile is heard only here.
      await wait(500);
    }
    follow.kill('SIGINT');
    await ended;
    expect(said).toContain('"reason_code":"KILL_SWITCH"');
    documentsOf('decisions tail', said);
  });

  it.each([
    ['weir trades --limit x', 2, 'USAGE'],
    ['weir --bogus', 2, 'USAGE'],
    ['WEIR_DATE=x weir trades', 78, 'CONFIG'],
  ])('%s is an error of exit %i, %s, as a document', (line, exit, code) => {
    const { status, stdout } = shell(`${line} --json`, HERE);
    expect(status).toBe(exit);
    expect(ERROR_DOCUMENT.schema.parse(JSON.parse(stdout))).toMatchObject({ error: { code } });
  });

  it('an error is a document, too, and says where to read more', () => {
    const { status, stdout, stderr } = shell('weir explain ffffffffffff --json', HERE);
    expect(status).toBe(4);
    const { error } = ERROR_DOCUMENT.schema.parse(JSON.parse(stdout)) as { error: Record<string, string> };
    expect(error).toMatchObject({ code: 'DECISION_NOT_FOUND', docs: 'README.md#why-was-a-signal-refused' });
    expect(stderr).toContain(`  docs: ${error.docs}\n`);
  });
});

describeKafka('with brokers', () => {
  let registry: Registry;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    registry = await startRegistry({ storage: 'memory' });
    const [port] = await freePorts(1);
    env = {
      ...ENV,
      WEIR_DATA: join(folder, 'kafka'),
      WEIR_GATEWAY_LISTEN: `127.0.0.1:${port}`,
      WEIR_KAFKA_BROKERS: (await sharedKafka()).join(','),
      WEIR_KAFKA_PARTITIONS: '2',
      WEIR_KAFKA_REPLICATION: '1',
      WEIR_KAFKA_REGISTRY_URL: registry.url,
      WEIR_KAFKA_REGISTRY_FRESH_S: '0',
      WEIR_KAFKA_TOPIC_PREFIX: freshPrefix(),
    };
    const { status, stdout } = shell('weir topics plan --json', env);
    expect(status).toBe(3);
    expect(documentsOf('topics plan', stdout)).toHaveLength(1);
    expect(documentsOf('topics apply', stdoutOf('weir topics apply --json', env))).toHaveLength(1);
    const missing = shell('weir schemas diff --json', env);
    expect(missing.status).toBe(3);
    expect(documentsOf('schemas diff', missing.stdout)).toHaveLength(1);
    expect(documentsOf('schemas register', stdoutOf('weir schemas register --json', env))).toHaveLength(1);
    const [, run = ''] = EXAMPLES.get('run') ?? [];
    const stages = await startBeside(run, env, '"event":"stages-starting"');
    try {
      await until(
        'every stage has taken something',
        () => stdoutOf('weir lag --json', env).includes('"stage":"monitor"'),
        60_000,
      );
    } finally {
      await endBeside(stages);
    }
  }, 240_000);
  afterAll(() => registry?.stop());

  it.each([...EXAMPLES].filter(([words]) => NEEDS_BROKERS.test(words)))('%s', { timeout: 120_000 }, (words, lines) => {
    for (const line of lines) {
      stdoutOf(line, env);
      expect(documentsOf(words, stdoutOf(`${line} --json`, env)), line).toHaveLength(1);
    }
  });
});
