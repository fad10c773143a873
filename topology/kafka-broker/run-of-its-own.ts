// For tests of how tests are left out: a run of one test, as a process of its own, under some variables.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

const root = dirname(dirname(import.meta.dirname));

export function runOfItsOwn(
  file: string,
  name: string,
  env: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly said: string } {
  const { KAFKA_BROKERS: _, WEIR_TEST_NO_KAFKA: __, WEIR_TEST_STRICT: ___, ...inherited } = process.env;
  const args = ['node_modules/vitest/vitest.mjs', 'run', file, '-t', name];
  const done = spawnSync(process.execPath, args, { cwd: root, env: { ...inherited, NO_COLOR: '1', ...env }, encoding: 'utf8' });
  return { status: done.status, said: `${done.stdout}${done.stderr}` };
}
