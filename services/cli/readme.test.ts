// The README is true: its walk exists and hangs together, and every command in it runs.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { type Registry, startRegistry } from '../../topology/registry/start-registry.ts';
import { STAGES } from '../../topology/stages.ts';
import { socketPathOf } from '../gateway/socket.ts';
import { BLOCKS, commandsOf, endBeside, README, ROOT, startBeside } from './readme-blocks.ts';

interface Step {
  readonly file: string;
  readonly takes: readonly string[];
  readonly gives: readonly string[];
}

const topicsIn = (text: string): string[] => [...text.matchAll(/`([a-z-]+\.v1)`/g)].map((match) => match[1] ?? '');
const walk: Step[] = [...README.matchAll(/^\| `([^`]+\.(?:ts|avsc))` \| (.*?) \| (.*?) \|$/gm)].map(
  ([, file = '', takes = '', gives = '']) => ({
    file,
    takes: topicsIn(takes),
    gives: topicsIn(gives),
  }),
);

it('is short enough to be read', () => {
  expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});

describe('the walk', () => {
  it('is at most 14 files, the README among them, and each exists', () => {
    expect(walk.length).toBeGreaterThan(8);
    expect(walk.length + 1).toBeLessThanOrEqual(14);
    expect(walk.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('goes on, from one step that names topics to the next, over a topic that both name', () => {
    const steps = walk.filter(({ takes, gives }) => takes.length + gives.length > 0);
    for (const [i, step] of steps.entries()) {
      const before = steps[i - 1];
      if (before === undefined) continue;
      expect(
        step.takes.filter((topic) => before.gives.includes(topic)),
        `${before.file} → ${step.file}`,
      ).not.toEqual([]);
    }
  });

  it('says of each stage what the stage table says', () => {
    for (const { file, takes, gives } of walk) {
      const name = /^services\/([a-z]+)\/stage\.ts$/.exec(file)?.[1];
      if (name === undefined) continue;
      const row = STAGES.find((stage) => stage.name === name);
      const inputs = row?.inputs.map((input): string => input.topic) ?? [];
      const outputs = row?.outputs.map((topic): string => topic) ?? [];
      expect(
        takes.filter((topic) => !inputs.includes(topic)),
        file,
      ).toEqual([]);
      expect(
        gives.filter((topic) => !outputs.includes(topic)),
        file,
      ).toEqual([]);
    }
  });
});

/** Benchmarks are run by people; the tests do not run themselves. Set-up is what ran before this test. */
const SKIPPED = /^npm test$|^npm run (bench|test)/;

/** Run by the test of the broker below and by that of the examples for clients; looked at by that of compose. */
const ELSEWHERE: ReadonlySet<string> = new Set(['kafka', 'stages', 'clients', 'gateway', 'docker']);

/** What needs a broker runs against that of the tests; `npm run kafka` itself has a test of its own. */
describeKafka('the commands that need a broker', () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry({ storage: 'memory' });
  });
  afterAll(() => registry?.stop());

  it('all run as printed, one after the other', async () => {
    const env = {
      ...process.env,
      NO_COLOR: '1',
      WEIR_KAFKA_BROKERS: (await sharedKafka()).join(','),
      WEIR_KAFKA_REPLICATION: '1',
      WEIR_KAFKA_REGISTRY_URL: registry.url,
      WEIR_KAFKA_REGISTRY_FRESH_S: '0',
      WEIR_KAFKA_TOPIC_PREFIX: freshPrefix(),
    };
    const commands = commandsOf('kafka');
    expect(commands.filter((command) => command.startsWith('npm run weir')).length).toBeGreaterThan(3);
    for (const command of commands.filter((one) => !one.startsWith('npm run kafka'))) {
      const done = spawnSync('bash', ['-c', command], { cwd: ROOT, env, encoding: 'utf8', timeout: 60_000 });
      expect(done.status, `${command}\n${done.stdout.slice(-1500)}\n${done.stderr.slice(-1500)}`).toBe(0);
      expect(done.stdout.length, command).toBeGreaterThan(0);
    }
  });
});

describe('the commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-readme-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, WEIR_DATA: join(folder, 'data'), NO_COLOR: '1' };

  /** The README's own folder for the live part becomes one of this test's. */
  const here = (command: string): string =>
    command
      .replace(/^npm ci && /, '')
      .replace('--data live', `--data ${join(folder, 'live')}`)
      .replace('live/weir.sock', socketPathOf(join(folder, 'live')));

  it('name scripts that exist', () => {
    const scripts = Object.keys(
      (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts,
    );
    const named = [...README.matchAll(/npm run ([a-z0-9:]+)/g)].map((match) => match[1]);
    expect(named.filter((name) => name !== undefined && !scripts.includes(name))).toEqual([]);
  });

  it('all run as printed', { timeout: 600_000 }, async () => {
    const running: ChildProcess[] = [];
    try {
      for (const { kind, commands } of BLOCKS) {
        if (ELSEWHERE.has(kind)) continue;
        for (const command of commands.map(here)) {
          if (SKIPPED.test(command)) continue;
          if (kind === 'background') {
            running.push(await startBeside(command, env, '"event":"listening"'));
            continue;
          }
          const done = spawnSync('bash', ['-c', command], { cwd: ROOT, env, encoding: 'utf8', timeout: 300_000 });
          expect(done.status, `${command}\n${done.stdout.slice(-1500)}\n${done.stderr.slice(-1500)}`).toBe(0);
          expect(done.stdout.length, command).toBeGreaterThan(0);
        }
      }
    } finally {
      for (const child of running) await endBeside(child);
    }
  });
});
