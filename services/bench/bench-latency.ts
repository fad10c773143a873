// `npm run bench:latency`: from a signal to its decision being readable on a real broker, at several rates, beside a bare kafkajs echo.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { machine, median, whole } from '../backtest/bench/measure.ts';
import { measureLatency, type RateResult, type Round } from './latency.ts';
import { HOLDS, holds, lostOf, type Spread, type Timings, timingsOf } from './passage.ts';

const { values: options } = parseArgs({
  options: {
    rates: { type: 'string', default: '100,500,1000,2000,4000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '60' },
    partitions: { type: 'string', default: '4' },
    /** Of a broker that runs already; default: one is started from its jars. */
    brokers: { type: 'string' },
  },
});

const AIM_RATE = 500;
const AIM_RATIO = 1.5;
const AIM_P99_MS = 25;
const AIM_KNEE = 2_000;

const loadBefore = loadavg();
const result = await measureLatency({
  brokers: options.brokers?.split(',') ?? null,
  prefix: `bench-${Date.now()}.`,
  partitions: Number(options.partitions),
  rates: options.rates.split(',').map(Number),
  seconds: Number(options.seconds),
  rounds: Number(options.rounds),
  warm_up_s: Number(options['warm-up']),
  beyond: true,
  note: (line) => process.stderr.write(`${line}\n`),
});

/** Of each figure the median over the rounds. */
function spread(rounds: readonly Round[], of: (timings: Timings) => Spread): Spread {
  const all = rounds.map(({ passage }) => of(timingsOf(passage)));
  return {
    p50: median(all.map(({ p50 }) => p50)),
    p99: median(all.map(({ p99 }) => p99)),
    p999: median(all.map(({ p999 }) => p999)),
  };
}

const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1)).padStart(9);
const cells = ({ p50, p99, p999 }: Spread): string => `${ms(p50)}${ms(p99)}${ms(p999)}`;

function row(name: string, rate: number, rounds: readonly Round[]): string {
  const lost = rounds.reduce((sum, { passage }) => sum + lostOf(passage), 0);
  const doubled = rounds.reduce((sum, { passage }) => sum + passage.doubled, 0);
  const held = rounds.filter(({ passage }) => holds(passage)).length;
  const backlog = median(rounds.map(({ passage }) => passage.backlog));
  const parts = [(timings: Timings) => timings.first, (timings: Timings) => timings.second, (timings: Timings) => timings.both];
  const times = parts.map((of) => cells(spread(rounds, of))).join(' ');
  return `${whole(rate).padStart(6)} ${name.padEnd(5)}${times}${whole(backlog).padStart(9)}${whole(lost).padStart(6)}${whole(doubled).padStart(8)}  ${held} of ${rounds.length}\n`;
}

function cores({ rate, weir }: RateResult): string {
  const names = Object.keys(weir[0]?.cores ?? {});
  const shares = names.map((name) => `${name} ${median(weir.map((round) => round.cores[name] ?? 0)).toFixed(2)}`);
  return `${whole(rate).padStart(6)}  ${shares.join(', ')}\n`;
}

function knee(rates: readonly RateResult[]): number {
  let highest = 0;
  for (const { rate, weir } of rates.toSorted((a, b) => a.rate - b.rate)) {
    if (weir.filter(({ passage }) => holds(passage)).length * 2 <= weir.length) break;
    highest = rate;
  }
  return highest;
}

const held = (yes: boolean): string => (yes ? 'held' : 'missed');
const atAim = result.rates.find(({ rate }) => rate === AIM_RATE);
const aims: string[] = [];
if (atAim !== undefined) {
  const ours = spread(atAim.weir, ({ both }) => both).p99;
  const echo = spread(atAim.echo, ({ both }) => both).p99;
  const short = spread(atAim.echo, ({ first }) => first).p99;
  aims.push(
    `p99 at ${AIM_RATE}/s  ${ours.toFixed(1)} ms (aim ${AIM_P99_MS}: ${held(ours <= AIM_P99_MS)}); echo ${echo.toFixed(1)} ms, ratio ${(ours / echo).toFixed(2)} (aim ${AIM_RATIO}: ${held(ours <= AIM_RATIO * echo)}); of the echo's first hop alone (produce, consume, produce, consume) ${(ours / short).toFixed(2)}\n`,
  );
}
const highest = knee(result.rates);
aims.push(
  `knee           ${whole(highest)}/s (aim ${whole(AIM_KNEE)}: ${held(highest >= AIM_KNEE)}): the highest rate at which, and below which, most rounds hold: ${HOLDS}\n`,
);

const total = result.reasons.reduce((sum, [, count]) => sum + count, 0);
const load = (of: readonly number[]): string => of.map((value) => value.toFixed(1)).join(' ');
process.stdout.write(
  [
    `signal to decision on a real broker, acks=all, open loop, ${options.partitions} partitions, ${options.seconds} s a round, medians of ${options.rounds} rounds, ms\n`,
    `machine        ${machine()}; load before ${load(loadBefore)}, after ${load(loadavg())}\n`,
    `values         EnrichedSignal ${whole(result.bytes[0])} bytes, Decision ${whole(result.bytes[1])} bytes; the echo writes as many\n`,
    `${''.padEnd(12)}${'signal to journal'.padStart(27)} ${'journal to decision'.padStart(27)} ${'signal to decision'.padStart(27)}\n`,
    `rate/s      ${['', '', ''].map(() => `${'p50'.padStart(9)}${'p99'.padStart(9)}${'p99.9'.padStart(9)}`).join(' ')}  backlog  lost doubled  rounds that hold\n`,
    ...result.rates.flatMap(({ rate, weir, echo }) => [
      row('weir', rate, weir),
      ...(echo.length > 0 ? [row('echo', rate, echo)] : []),
    ]),
    "cores used by the stages' rounds\n",
    ...result.rates.map(cores),
    ...aims,
    `resident       ${Object.entries(result.resident_mb)
      .map(([name, mb]) => `${name} ${whole(mb)} MB`)
      .join(', ')}\n`,
    `decisions      ${result.reasons.map(([reason, count]) => `${reason} ${((100 * count) / total).toFixed(0)} %`).join(', ')} (of ${total} sampled)\n`,
  ].join(''),
);
