// Measures the time from a signal to its decision at several rates, the stages and a bare echo in turn.
import { type Bed, makeBed } from './bed.ts';
import { benchSignal } from './bench-signal.ts';
import type { Child } from './child.ts';
import { startEcho } from './echo.ts';
import { holds, type Passage } from './passage.ts';
import { type HopTopic, openPipe, type Pipe } from './pipe.ts';

export interface LatencyOptions {
  readonly brokers: readonly string[] | null;
  readonly prefix: string;
  readonly partitions: number;
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly warm_up_s: number;
  /** Look for a rate that does not hold beyond those given. */
  readonly beyond: boolean;
  readonly note: (line: string) => void;
}

export interface Round {
  readonly passage: Passage;
  /** Share of one core by name: the stages, the broker (if it is ours) and this process. */
  readonly cores: Readonly<Record<string, number>>;
}

export interface RateResult {
  readonly rate: number;
  readonly weir: readonly Round[];
  /** None for rates beyond those asked for. */
  readonly echo: readonly Round[];
}

export interface LatencyResult {
  readonly rates: readonly RateResult[];
  readonly resident_mb: Readonly<Record<string, number>>;
  /** Mean bytes of a value on each hop. */
  readonly bytes: readonly [number, number];
  /** Reasons of sampled decisions, the most frequent first. */
  readonly reasons: readonly (readonly [string, number])[];
}

const WARM_UP_RATE = 500;
const PATIENCE_MS = 30_000;
const REST_MS = 250;
const BEYOND_FACTOR = 1.5;
const BEYOND_MOST = 5;

export async function measureLatency(options: LatencyOptions): Promise<LatencyResult> {
  const { rates, rounds, note } = options;
  const bed = await makeBed(options);
  try {
    const stages = [await bed.startStage('decision'), await bed.startStage('enrichment')];
    const run = `${Date.now()}`;
    const signal = (n: number) => benchSignal(run, n);
    const weir = await openPipe({ ...bed.config, signal });
    bed.closing.add(() => weir.close());
    const steps = 2 + rates.length * rounds;
    const warmUp = Math.ceil(options.warm_up_s * WARM_UP_RATE);
    note(`warm-up of the stages: ${warmUp} signals`);
    await weir.offer(WARM_UP_RATE, warmUp, PATIENCE_MS);
    const bytes = [meanBytes(weir, 'journal.v1'), meanBytes(weir, 'decisions.v1')] as const;
    const echo = await startEcho(bed, { bytes, signal });
    note(`warm-up of the echo: ${warmUp} signals`);
    await echo.offer(WARM_UP_RATE, warmUp, PATIENCE_MS);

    const measured = (pipe: Pipe, rate: number): Promise<Round> => measure(bed, stages, pipe, rate, options.seconds);
    const results = rates.map((rate) => ({ rate, weir: [] as Round[], echo: [] as Round[] }));
    for (let round = 0; round < rounds; round++) {
      for (const [i, result] of results.entries()) {
        const left = ((rounds - round) * results.length - i) * 2 * (options.seconds + REST_MS / 1_000);
        note(
          `round ${round + 1} of ${rounds}, ${result.rate}/s, step ${3 + round * results.length + i} of ${steps}, ETA ${Math.ceil(left)} s`,
        );
        result.echo.push(await measured(echo, result.rate));
        result.weir.push(await measured(weir, result.rate));
      }
    }
    for (let more = 0; options.beyond && more < BEYOND_MOST; more++) {
      const last = results.at(-1);
      if (last === undefined || !last.weir.every(({ passage }) => holds(passage))) break;
      const rate = Math.round(last.rate * BEYOND_FACTOR);
      note(`beyond: ${rate}/s`);
      results.push({ rate, weir: [await measured(weir, rate)], echo: [] });
    }
    const resident = stages.map((stage) => [stage.name, stage.usage().resident_mb] as const);
    return { rates: results, resident_mb: Object.fromEntries(resident), bytes, reasons: reasonsOf(weir) };
  } finally {
    await bed.stop();
  }
}

async function measure(bed: Bed, stages: readonly Child[], pipe: Pipe, rate: number, seconds: number): Promise<Round> {
  const spent = (): Map<string, number> => {
    const own = process.cpuUsage();
    const all = new Map(stages.map((stage) => [stage.name, stage.usage().cpu_s]));
    const broker = bed.broker();
    if (broker !== null) all.set('broker', broker.cpu_s);
    return all.set('bench', (own.user + own.system) / 1e6);
  };
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const before = spent();
  const begun = performance.now();
  const passage = await pipe.offer(rate, Math.max(1, Math.round(rate * seconds)), PATIENCE_MS);
  const took = (performance.now() - begun) / 1_000;
  bed.children.check();
  const cores = [...spent()].map(([name, cpu_s]) => [name, (cpu_s - (before.get(name) ?? 0)) / took] as const);
  return { passage, cores: Object.fromEntries(cores) };
}

function meanBytes(pipe: Pipe, topic: HopTopic): number {
  const some = pipe.samples(topic);
  return Math.round(some.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, some.length));
}

function reasonsOf(pipe: Pipe): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const entry of pipe.samples('decisions.v1')) {
    const record = entry.record();
    if (record.type === 'Decision') counts.set(record.value.reason_code, (counts.get(record.value.reason_code) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
