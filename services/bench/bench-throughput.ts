// `npm run bench:throughput`: signals that lie in the log already, drained through enrichment and decision on a real broker.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { machine, whole } from '../backtest/bench/measure.ts';
import { type Progress, startProgress } from '../cli/progress.ts';
import { measureThroughput } from './throughput.ts';

const EXIT_DIFFERENT = 3;

const { values: options } = parseArgs({
  options: {
    signals: { type: 'string', default: '300000' },
    partitions: { type: 'string', default: '4' },
    /** Of a broker that runs already; default: one is started from its jars. */
    brokers: { type: 'string' },
  },
});

const loadBefore = loadavg();
const shown = new Map<string, Progress>();
const result = await measureThroughput({
  brokers: options.brokers?.split(',') ?? null,
  prefix: `bench-${Date.now()}.`,
  partitions: Number(options.partitions),
  signals: Number(options.signals),
  progress(what, done, total) {
    const progress = shown.get(what) ?? startProgress(what, 'signals', total, false);
    shown.set(what, progress);
    progress.update(done, '');
    if (done >= total) progress.end();
  },
});

const { signals, decided, doubled, drain_s, preload_s, costs } = result;
const load = (of: readonly number[]): string => of.map((value) => value.toFixed(1)).join(' ');
const reasons = [...result.reasons].sort(([, a], [, b]) => b - a);
process.stdout.write(
  [
    `${whole(signals)} signals through enrichment and decision on a real broker, acks=all, ${options.partitions} partitions\n`,
    `machine      ${machine()}; load before ${load(loadBefore)}, after ${load(loadavg())}\n`,
    `preload      ${whole(signals / preload_s)} signals/s\n`,
    `drain        ${whole(signals / drain_s)} signals/s (${drain_s.toFixed(1)} s)\n`,
    ...costs.map(
      ({ name, cpu_s, resident_mb }) =>
        `${name.padEnd(13)}${whole(signals / cpu_s)} signals per CPU second (${cpu_s.toFixed(1)} s), at most ${whole(resident_mb)} MB resident\n`,
    ),
    `decisions    ${reasons.map(([reason, n]) => `${reason} ${((100 * n) / signals).toFixed(1)} %`).join(', ')}\n`,
  ].join(''),
);
if (decided !== signals || doubled > 0) {
  process.stderr.write(
    `decisions: ${whole(decided)} signals have one, ${whole(doubled)} have more: expected one for each of ${whole(signals)}\n`,
  );
  process.exitCode = EXIT_DIFFERENT;
}
