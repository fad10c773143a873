// `npm run bench:b1`: the golden benchmark B1, its numbers first, then its speed, memory and time by stage.
import '../../cli/v8-flags.ts';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { formatDecimal } from '../../../schemas/money.ts';
import { benchBars } from '../../market/bench-bars.ts';
import { B1_GOLDEN, b1Differences, b1Result } from './b1.ts';
import { bareLoop } from './bare-loop.ts';
import { machine, median, peakMegabytes, seconds, timedStages, whole } from './measure.ts';
import { type BenchRun, runBench } from './run-bench.ts';

const RUNS = 5;
/** After each run. */
const BARE_LOOPS = 9;
/** The first entry is decided at the close of bar 148. */
const FIRST_BARS = 200;
const EXIT_DIFFERENT = 3;
/** Speed over speed of the bare loop, as last committed: a machine's own pace cancels out of it. */
const COMMITTED_RATIO = 0.0013;
const RATIO_SHARE_MIN = 0.9;

const { values: options } = parseArgs({
  options: {
    bars: { type: 'string', default: '500000' },
    /** Checks the numbers and prints the speed, but lets no speed fail. */
    'numbers-only': { type: 'boolean', default: false },
  },
});

const n = Number(options.bars);
if (B1_GOLDEN[n] === undefined) fail(`--bars ${options.bars}: expected one of ${Object.keys(B1_GOLDEN).join(', ')}`);
const bars = benchBars(n);

function fail(...lines: readonly string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exit(EXIT_DIFFERENT);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function check(run: BenchRun, length = n): void {
  const differences = b1Differences(b1Result(run), length);
  if (differences.length > 0) fail('B1: the numbers differ; no speed is printed', ...differences);
}

function bareSeconds(): number {
  let result = { fills: 0, equity: 0n };
  const took = seconds(() => {
    result = bareLoop(bars);
  });
  if (formatDecimal(result.equity) !== B1_GOLDEN[n]?.equity || result.fills !== B1_GOLDEN[n]?.fills)
    fail(`bare loop: ${result.fills} fills, equity ${formatDecimal(result.equity)}: expected those of B1`);
  return took;
}

// In a run of its own: what it observes would have the engine compile the first measured run once more.
let firstDecisionMs = 0;
runBench(benchBars(FIRST_BARS), {
  observe(record) {
    if (firstDecisionMs === 0 && record.type === 'Decision' && record.value.kind === 'ENTRY') firstDecisionMs = performance.now();
  },
});
if (firstDecisionMs === 0) fail(`B1: no decision in the first ${FIRST_BARS} bars`);

// The numbers of every length. These runs come first: what the second of a process meets that the first did not is compiled again.
for (const length of Object.keys(B1_GOLDEN).map(Number)) if (length !== n) check(runBench(benchBars(length)), length);

const coldS = seconds(() => {
  check(runBench(bars));
});
note(`warm-up: ${coldS.toFixed(2)} s`);

// The bare loop after each run: a machine that others use, too, changes its pace within seconds.
const bare: number[] = [];
const runs = Array.from({ length: RUNS }, (_, i) => {
  let run: BenchRun | undefined;
  const took = seconds(() => {
    run = runBench(bars);
  });
  if (run !== undefined) check(run);
  note(`run ${i + 1} of ${RUNS}: ${took.toFixed(2)} s, ${whole(n / took)} bars/s`);
  for (let k = 0; k < BARE_LOOPS; k++) bare.push(bareSeconds());
  return took;
});
const peak = peakMegabytes();

const spent = new Map<string, number>();
const profiledS = seconds(() => {
  check(runBench(bars, { stages: (stages) => timedStages(stages, spent) }));
});

const speed = n / median(runs);
const ratio = speed / (n / median(bare));
const inStages = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
const line = (name: string, value: string): string => `${name.padEnd(24)}${value}\n`;
const perBar = (ms: number): string =>
  `${((ms * 1e6) / n).toFixed(0).padStart(6)} ns/bar ${((100 * ms) / (profiledS * 1_000)).toFixed(1).padStart(5)} %`;
process.stdout.write(
  [
    `B1, ${whole(n)} bars: all numbers equal, as are those of the other lengths\n`,
    line('machine', machine()),
    line('speed', `${whole(speed)} bars/s (median of ${RUNS} after 1 warm-up, one thread)`),
    line('first decision', `${whole(firstDecisionMs)} ms after the start of the process`),
    line('peak memory', `${peak} MB`),
    line('bare loop', `${whole(n / median(bare))} bars/s; ratio ${ratio.toPrecision(3)}, committed ${COMMITTED_RATIO}`),
    'time by stage, in one more run that asks the clock at every step:\n',
    ...[...spent].sort((a, b) => b[1] - a[1]).map(([name, ms]) => line(`  ${name}`, perBar(ms))),
    line('  runtime and source', perBar(profiledS * 1_000 - inStages)),
  ].join(''),
);
if (!options['numbers-only'] && ratio < RATIO_SHARE_MIN * COMMITTED_RATIO)
  fail(`ratio ${ratio.toPrecision(3)}: expected at least ${RATIO_SHARE_MIN} of the committed ${COMMITTED_RATIO}`);
