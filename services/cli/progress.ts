// Shows how far long work has come: a bar on a terminal, a line every ten seconds elsewhere, on stderr.
import { performance } from 'node:perf_hooks';

export interface Progress {
  /** `done` of `total` units; `note` is free text, such as the simulated date. */
  update(done: number, note: string): void;
  end(): void;
}

const BAR_WIDTH = 24;
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 10_000;

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '--:--';
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/** One picture of the work: bar, share, rate, time left. */
export function progressLine(title: string, unit: string, done: number, total: number, elapsed_s: number, note: string): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const rate = elapsed_s > 0 ? done / elapsed_s : 0;
  const left = rate > 0 ? (total - done) / rate : Number.POSITIVE_INFINITY;
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  return `${title} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${Math.round(rate).toLocaleString('en-US')} ${unit}/s  ETA ${duration(left)}  ${note}`;
}

/** `quiet` shows nothing. */
export function startProgress(
  title: string,
  unit: string,
  total: number,
  quiet: boolean,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  const started = performance.now();
  const terminal = stream.isTTY === true;
  let shown = terminal ? Number.NEGATIVE_INFINITY : started;
  let drawn = false;
  return {
    update(done, note) {
      const now = performance.now();
      if (quiet || now - shown < (terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
      shown = now;
      drawn = true;
      const line = progressLine(title, unit, done, total, (now - started) / 1000, note);
      stream.write(terminal ? `\r\u001b[2K${line.slice(0, stream.columns ?? 120)}` : `${line}\n`);
    },
    end() {
      if (terminal && drawn) stream.write('\r\u001b[2K');
    },
  };
}
