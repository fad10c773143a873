// A process that a bench starts and measures: what the system says of its CPU time and memory.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface Usage {
  /** User and system time since its start. */
  readonly cpu_s: number;
  readonly resident_mb: number;
}

export interface Child {
  readonly name: string;
  usage(): Usage;
  /** What it said last, once it has ended; null while it runs. */
  ended(): string | null;
  /** Resolves when one of its lines on stderr or stdout contains the text; rejects when it ends before. */
  says(text: string): Promise<void>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
}

const SAID_MAX = 20_000;
/** Ticks of the kernel's clock a second, as /proc counts them on every Linux that runs Node. */
const TICKS = 100;

export function startChild(name: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Child {
  const child: ChildProcess = spawn(process.execPath, [...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let over = false;
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    said = `${said}${chunk.toString()}`.slice(-SAID_MAX);
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      over = true;
      for (const listener of listeners) listener();
      resolve();
    });
  });
  return {
    name,
    usage: () => usageOf(child.pid ?? 0),
    ended: () => (over ? said.slice(-2_000) : null),
    says(text) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (said.includes(text)) resolve();
          else if (over) reject(new Error(`${name} ended:\n${said.slice(-2_000)}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      });
    },
    async stop() {
      if (!over) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Of any process of this user. */
export function usageOf(pid: number): Usage {
  if (existsSync(`/proc/${pid}/stat`)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the numbers follow the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpu_s = (Number(fields[11]) + Number(fields[12])) / TICKS;
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpu_s, resident_mb: (Number(kilobytes) * 1_024) / 1e6 };
  }
  const [time = '', kilobytes = ''] = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  const cpu_s = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpu_s, resident_mb: (Number(kilobytes) * 1_024) / 1e6 };
}
