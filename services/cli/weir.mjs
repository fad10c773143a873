#!/usr/bin/env node
// Starts the command line under the right Node: the one pinned with the project, else this one if it is new enough.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BAD_CONFIGURATION = 78;

/** TypeScript runs without a build from here on. */
function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 12);
}

const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
const main = join(root, 'services', 'cli', 'main.ts');
/** What was compiled once need not be again: a command begins in half the time. Where nothing can be written, nothing is kept. */
const compiled = join(root, 'node_modules', '.cache', 'node');

if (existsSync(pinned) && realpathSync(pinned) !== realpathSync(process.execPath)) {
  runUnder(pinned);
} else if (isNewEnough(process.versions.node)) {
  runUnder(process.execPath);
} else {
  process.stderr.write(
    `weir: Node ${process.versions.node} is too old (24.12 or newer is needed), and the pinned one is not installed.\n` +
      'Fix: run "npm ci" in the project, which installs it, or install Node 24.\n',
  );
  process.exit(BAD_CONFIGURATION);
}

/** Passes on signals, and ends as the child ended. At a terminal, Ctrl-C reaches the child by itself: passed on, it would be a second one. */
function runUnder(node) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  let child = null;
  // Heard before the child is there: one that came in between would end this process alone and leave the child behind.
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
    });
  }
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env };
  child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit', env });
  child.on('error', (error) => {
    process.stderr.write(`weir: cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const handled of signals) process.removeAllListeners(handled);
    process.kill(process.pid, signal);
  });
}
