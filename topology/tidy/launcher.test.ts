// The launcher: which Node runs the command line, and what a user with none of them is told.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { inFolder } from '../log/in-folder.ts';

const root = dirname(dirname(import.meta.dirname));

/** A project of nothing but the launcher and a command line that tells what it got. */
function project(folder: string, pinned: string | null): string {
  mkdirSync(join(folder, 'services', 'cli'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const main = "const args: readonly string[] = process.argv.slice(2);\nconsole.log('main', ...args);\nprocess.exitCode = 3;\n";
  writeFileSync(join(folder, 'services', 'cli', 'main.ts'), main);
  if (pinned !== null) {
    const path = join(folder, 'node_modules', 'node', 'bin', 'node');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, pinned);
    chmodSync(path, 0o755);
  }
  const launcher = join(folder, 'services', 'cli', 'weir.mjs');
  copyFileSync(join(root, 'services', 'cli', 'weir.mjs'), launcher);
  return launcher;
}

const OLD = "--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'22.20.0'})";

it('prefers the pinned Node, passes the arguments on, and ends as it ends', () =>
  inFolder((folder) => {
    const launcher = project(folder, '#!/bin/sh\nshift\necho pinned "$@"\nexit 5\n');
    const run = spawnSync(process.execPath, [OLD, launcher, 'demo', '--json'], { encoding: 'utf8' });
    expect([run.stdout, run.status]).toEqual(['pinned demo --json\n', 5]);
  }));

it('without a pinned one runs under the Node at hand if that is new enough', () =>
  inFolder((folder) => {
    const run = spawnSync(process.execPath, [project(folder, null), 'status'], { encoding: 'utf8' });
    expect([run.stdout, run.status]).toEqual(['main status\n', 3]);
  }));

it.each(['22.20.0', '24.11.9', '18.0.0'])('without a pinned one under Node %s says how to fix it and exits 78', (version) =>
  inFolder((folder) => {
    const run = spawnSync(process.execPath, [OLD.replace('22.20.0', version), project(folder, null)], { encoding: 'utf8' });
    expect(run.status).toBe(78);
    expect(run.stderr).toMatch(`Node ${version} is too old (24.12 or newer is needed)`);
    expect(run.stderr).toMatch('npm ci');
  }),
);

it('a signal reaches the command line', () =>
  inFolder(async (folder) => {
    const launcher = project(folder, "#!/bin/sh\ntrap 'echo stopped; exit 0' TERM\necho ready\nwhile :; do sleep 0.05; done\n");
    const run = spawn(process.execPath, [OLD, launcher]);
    let output = '';
    run.stdout.on('data', (data) => {
      output += String(data);
      if (output === 'ready\n') run.kill('SIGTERM');
    });
    const status = await new Promise((resolve) => run.on('close', resolve));
    expect([output, status]).toEqual(['ready\nstopped\n', 0]);
  }));
