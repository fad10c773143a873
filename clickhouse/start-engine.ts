// For tests: starts ClickHouse's HTTP interface over the embedded engine as a process, and stops it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Engine {
  readonly url: string;
  /** As a server that goes away, and comes back under the same address. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./http-engine.ts', import.meta.url));

export async function startEngine(path: string, password = ''): Promise<Engine> {
  let port = '0';
  let child = await launch();
  async function launch(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [program, path, port, password], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (started.stdout === null) throw new TypeError('engine: no output');
    const [said] = await once(started.stdout, 'data');
    port = String(said).trim();
    return started;
  }
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return {
    url: `http://127.0.0.1:${port}`,
    kill,
    async restart() {
      child = await launch();
    },
    stop: kill,
  };
}
