// For tests: the real command line in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface Ended {
  /** null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** `blocks` limits the size of every file the process writes, in units of 1,024 bytes: what a full disk does. */
export function startWeir(
  words: readonly string[],
  blocks: number | null = null,
  more: Readonly<Record<string, string>> = {},
): Started {
  const env = { ...process.env, ...more };
  const command = [process.execPath, MAIN, ...words];
  const child =
    blocks === null
      ? spawn(process.execPath, command.slice(1), { env })
      : spawn('bash', ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'weir', ...command], { env });
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function weir(...words: string[]): Promise<Ended> {
  return startWeir(words).ended;
}
