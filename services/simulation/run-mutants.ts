// Runs the simulation with one rule switched off after the other, each in a process of its own, until a seed notices.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { MUTANTS, type Mutant } from './mutants.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const MUTATE = new URL('./mutate.ts', import.meta.url).href;

export interface Mutated {
  readonly ended: Promise<number>;
  /** What it printed; '' where that went to our own output. */
  readonly output: Promise<string>;
}

export function withMutant(name: string, args: readonly string[], output: 'inherit' | 'pipe'): Mutated {
  const env = { ...process.env, WEIR_MUTANT: name };
  const child = spawn(process.execPath, ['--import', MUTATE, MAIN, ...args], { env, stdio: ['ignore', output, 'inherit'] });
  return {
    ended: once(child, 'close').then(([code]) => (typeof code === 'number' ? code : 1)),
    output: child.stdout === null ? Promise.resolve('') : text(child.stdout),
  };
}

/** Prints which seed noticed each; false where one went unnoticed. */
export async function runMutants(seeds: number): Promise<boolean> {
  const width = Math.max(...MUTANTS.map(({ name }) => name.length));
  let allCaught = true;
  for (const mutant of MUTANTS) {
    const caught = await catchOf(mutant, seeds);
    if (caught === null) allCaught = false;
    process.stdout.write(`${mutant.name.padEnd(width)}  ${caught ?? `NOT CAUGHT by ${seeds} seeds`}\n`);
  }
  process.stdout.write(allCaught ? `all ${MUTANTS.length} mutants caught\n` : 'a mutant was not caught\n');
  return allCaught;
}

async function catchOf(mutant: Mutant, seeds: number): Promise<string | null> {
  const args = ['--from', String(mutant.seed), '--seeds', String(seeds), '--until-bad', '--mutant', mutant.name];
  const run = withMutant(mutant.name, args, 'pipe');
  const [code, output] = await Promise.all([run.ended, run.output]);
  const found = /^seed (\d+): ([^;]*);/m.exec(output);
  if (found !== null) return `seed ${found[1]}: ${found[2]}`;
  if (code !== 0) throw new Error(`mutant ${mutant.name}: ended with ${code}: ${output}`);
  return null;
}
