// A Java program as a child that never outlives its parent, whatever kills that one.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A shell between us and Java: it says Java's pid, waits for it, and kills it as soon as its own input ends, which is when our
 * process is gone.
 */
const GUARD = `
exec 3<&0
log=$1; shift
"$@" >>"$log" 2>&1 3<&- </dev/null &
java=$!
echo $java
(read _ <&3; kill -9 $java 2>/dev/null) >/dev/null 2>&1 &
guard=$!
wait $java
code=$?
kill $guard 2>/dev/null
exit $code
`;
const LOG_TAIL = 4_000;

export interface JavaServer {
  readonly pid: number;
  /** Exit code of Java (137 = killed). */
  readonly ended: Promise<number>;
  hasEnded(): boolean;
  kill(signal: NodeJS.Signals): void;
}

/** The end of a log file; '' if there is none. */
export function logTail(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-LOG_TAIL) : '';
}

/** Starts Java; its output is appended to the log file. */
export async function startJava(java: string, args: readonly string[], logFile: string, folder: string): Promise<JavaServer> {
  const child: ChildProcess = spawn('/bin/sh', ['-c', GUARD, 'weir-java', logFile, java, ...args], {
    cwd: folder,
    // Ctrl-C at a terminal is for us alone: we end Java when its turn comes.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let over = false;
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      over = true;
      resolve(code ?? 1);
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString().trim())));
    void ended.then((code) => reject(new Error(`${java} ended at once (exit ${code}):\n${logTail(logFile)}`)));
  });
  return {
    pid,
    ended,
    hasEnded: () => over,
    kill(signal) {
      if (over) return;
      try {
        process.kill(pid, signal);
      } catch {
        // It has just ended by itself.
      }
    },
  };
}
