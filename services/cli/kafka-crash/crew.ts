// For tests: stages as processes of the operating system, started, killed, frozen and asked whether they are at work.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../../topology/kafka-broker/free-ports.ts';
import type { StageName } from '../../../topology/stages.ts';

const OWNER = fileURLToPath(new URL('./stage-owner.ts', import.meta.url));

export interface CrewOptions {
  readonly policy: string;
  /** Folder of the market source. */
  readonly data: string;
  /** Of every process: how it reaches Kafka. */
  readonly env: Readonly<Record<string, string>>;
}

/** One line of what a process tells. */
export type Told = Readonly<Record<string, unknown>>;

export interface Crew {
  /** `env`: what differs for this one. Returns at once. */
  start(name: string, stages: readonly StageName[], env?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGKILL. */
  kill(name: string): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(name: string): Promise<number | null>;
  /** Resolves with the exit code when it ends by itself, which is no surprise. */
  ended(name: string): Promise<number | null>;
  freeze(name: string): void;
  thaw(name: string): void;
  /** Resolves when the process has its place in every group and is beyond what stood when it opened; false after the limit. */
  atWork(name: string, limit_ms?: number): Promise<boolean>;
  names(): readonly string[];
  toldBy(name: string): readonly Told[];
  /** Ends of processes that nobody asked for. */
  readonly surprises: readonly string[];
  killAll(): Promise<void>;
}

interface Member {
  readonly stages: readonly StageName[];
  readonly port: number;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  asked: boolean;
}

export function newCrew(options: CrewOptions): Crew {
  const members = new Map<string, Member>();
  const told = new Map<string, Told[]>();
  const surprises: string[] = [];

  function memberOf(name: string): Member {
    const member = members.get(name);
    if (member === undefined) throw new Error(`crew: ${name} does not run`);
    return member;
  }

  async function end(name: string, signal: NodeJS.Signals): Promise<number | null> {
    const member = memberOf(name);
    member.asked = true;
    members.delete(name);
    member.child.kill(signal);
    // A frozen process hears only SIGKILL.
    return member.ended;
  }

  return {
    surprises,
    names: () => [...members.keys()],
    toldBy: (name) => told.get(name) ?? [],
    async start(name, stages, env = {}) {
      const [port = 0] = await freePorts(1);
      const args = [OWNER, stages.join(','), options.policy, options.data, `127.0.0.1:${port}`];
      const child = spawn(process.execPath, args, {
        env: { ...process.env, ...options.env, ...env },
        stdio: ['pipe', 'inherit', 'pipe'],
      });
      const lines = told.get(name) ?? [];
      told.set(name, lines);
      createInterface({ input: child.stderr }).on('line', (line) => lines.push(eventOf(line)));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const member: Member = { stages, port, child, ended, asked: false };
      members.set(name, member);
      void ended.then((code) => {
        if (member.asked) return;
        surprises.push(`${name} ended with ${code}: ${JSON.stringify(lines.slice(-3))}`);
        if (members.get(name) === member) members.delete(name);
      });
    },
    async kill(name) {
      await end(name, 'SIGKILL');
    },
    stop: (name) => end(name, 'SIGTERM'),
    ended(name) {
      const member = memberOf(name);
      member.asked = true;
      members.delete(name);
      return member.ended;
    },
    freeze: (name) => void memberOf(name).child.kill('SIGSTOP'),
    thaw: (name) => void memberOf(name).child.kill('SIGCONT'),
    async atWork(name, limit_ms = 240_000) {
      for (const until = performance.now() + limit_ms; performance.now() < until; await wait(50)) {
        const { port } = memberOf(name);
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
        const text = await answer?.text().catch(() => '');
        if (answer?.status === 200 && text?.includes('catching up') === false) return true;
      }
      return false;
    },
    async killAll() {
      await Promise.all([...members.keys()].map((name) => end(name, 'SIGKILL')));
    },
  };
}

function eventOf(line: string): Told {
  try {
    return JSON.parse(line) as Told;
  } catch {
    return { text: line };
  }
}
