// For tests: the commands of the README, block by block, and how one of them is run beside the others.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

export interface Block {
  /** The word after `sh`; '' for what just runs. */
  readonly kind: string;
  readonly commands: readonly string[];
}

export const BLOCKS: readonly Block[] = [...README.matchAll(/^```sh ?(\w*)\n([\s\S]*?)^```$/gm)].map(
  ([, kind = '', body = '']) => ({ kind, commands: body.trim().split('\n') }),
);

/** The commands of all blocks of a kind, in their order. */
export function commandsOf(kind: string): readonly string[] {
  return BLOCKS.filter((block) => block.kind === kind).flatMap(({ commands }) => commands);
}

/** Resolves when the command has said `heard` on stderr; rejects with what it said if it ends before. */
export async function startBeside(command: string, env: NodeJS.ProcessEnv, heard: string): Promise<ChildProcess> {
  const child = spawn('bash', ['-c', `exec ${command}`], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(heard)) resolve();
    });
    child.on('exit', (code) => reject(new Error(`${command} ended (exit ${code}):\n${said.slice(-2000)}`)));
  });
  return child;
}

/** Ends the whole group gracefully: npm does not pass a signal on to what it runs. */
export async function endBeside(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, 'SIGTERM');
  await gone;
}
