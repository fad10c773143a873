// `npm run simulate -- --seeds N`: lives through so many seeds; `--mutants`: shows that each rule, switched off, is noticed.
import { parseArgs } from 'node:util';
import { startProgress } from '../cli/progress.ts';
import { MUTANTS } from './mutants.ts';
import { runMutants, withMutant } from './run-mutants.ts';
import { type SeedResult, simulate } from './simulate.ts';

const EXIT_BAD = 1;
const EXIT_USAGE = 2;
const USAGE = `usage: npm run simulate -- [--seeds N] [--from SEED]
       npm run simulate -- --seed SEED [--story] [--mutant NAME]
       npm run simulate -- --mutants [--seeds N]
mutants: ${MUTANTS.map(({ name }) => name).join(', ')}`;

function fail(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(EXIT_USAGE);
}

function optionsOf() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        story: { type: 'boolean', default: false },
        mutant: { type: 'string' },
        mutants: { type: 'boolean', default: false },
        'until-bad': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) fail(`--${name} ${text}: expected a whole number of at least 1`);
  return value;
}

const options = optionsOf();
const again = options.mutant === undefined ? '' : ` --mutant ${options.mutant}`;

function said({ seed, violations }: SeedResult): string {
  return `seed ${seed}: ${violations.join(', ')}; see it: npm run simulate -- --seed ${seed} --story${again}\n`;
}

async function runSeeds(from: number, seeds: number): Promise<number> {
  const progress = startProgress('simulate', 'seeds', seeds, false);
  const begun = performance.now();
  const sum = { bad: 0, events: 0, processes: 0, fenced: 0, decisions: 0, orders: 0, fills: 0, trades: 0, exits: 0 };
  let run = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate(seed);
    run += 1;
    for (const key of ['events', 'processes', 'fenced'] as const) sum[key] += result[key];
    for (const key of ['decisions', 'orders', 'fills', 'trades', 'exits'] as const) sum[key] += result.counts[key];
    if (options.story) process.stdout.write(`${result.story.join('\n')}\n`);
    progress.update(run, `${sum.bad} bad`);
    if (result.violations.length === 0) continue;
    sum.bad += 1;
    process.stdout.write(said(result));
    if (options['until-bad']) break;
  }
  progress.end();
  const rate = run / ((performance.now() - begun) / 1_000);
  const { bad, ...counts } = sum;
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  process.stdout.write(`${run} seeds, ${bad} bad, ${rate.toFixed(1)} seeds/s; ${told.join(', ')}\n`);
  return bad > 0 ? EXIT_BAD : 0;
}

if (options.mutants) {
  process.exitCode = (await runMutants(whole('seeds', options.seeds))) ? 0 : EXIT_BAD;
} else if (options.mutant !== undefined && process.env.WEIR_MUTANT === undefined) {
  if (!MUTANTS.some(({ name }) => name === options.mutant)) fail(`--mutant ${options.mutant}: not one of the mutants`);
  process.exitCode = await withMutant(options.mutant, process.argv.slice(2), 'inherit').ended;
} else {
  const only = options.seed === undefined ? null : whole('seed', options.seed);
  process.exitCode = await runSeeds(only ?? whole('from', options.from), only === null ? whole('seeds', options.seeds) : 1);
}
