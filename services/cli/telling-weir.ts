// For tests: the command line in a process of its own, with the events that it tells on stderr.
import { type Started, startWeir } from '../backtest/crash/weir-child.ts';

export interface TellingWeir extends Started {
  /** Resolves with the first event of that name; rejects when the process ends before. */
  told(event: string): Promise<Readonly<Record<string, unknown>>>;
  events(): readonly Readonly<Record<string, unknown>>[];
  /** The exit code; null if the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export function startTelling(words: readonly string[], env: Readonly<Record<string, string>>): TellingWeir {
  const started = startWeir(words, null, env);
  const events: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  let rest = '';
  started.child.stderr?.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) events.push(JSON.parse(line) as Record<string, unknown>);
    wake();
  });
  let stderr: string | null = null;
  void started.ended.then((ended) => {
    stderr = ended.stderr;
    wake();
  });
  return {
    ...started,
    told: (name) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find(({ event }) => event === name);
          if (found === undefined && stderr === null) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`${words.join(' ')} ended without ${name}:\n${stderr}`));
        };
        waiting.add(look);
        look();
      }),
    events: () => events,
    async end(signal) {
      started.child.kill(signal);
      return (await started.ended).code;
    },
  };
}
