// For tests: how far the long ones go (npm run test:crash: the whole month, 20 kills), and the seed of their draws.
import { newStream, nextUnit } from '../../market/synthetic/splitmix64.ts';

/** How often the backtest is killed. */
export const KILLS: number = Number(process.env.WEIR_TEST_KILLS ?? 3);

/** Over the whole month, not its first days. */
export const FULL: boolean = KILLS > 5;

/** How often each stage is killed on Kafka. */
export const STAGE_KILLS: number = Number(process.env.WEIR_TEST_STAGE_KILLS ?? (FULL ? 50 : 1));

/** WEIR_TEST_SEED repeats a run; without it the time seeds, so that each run tries something else. */
export const SEED: number = Number(process.env.WEIR_TEST_SEED ?? Date.now() % 1_000_000_000);

/** Uniform in [0, 1); `purpose` keeps the draws of two tests apart. Prints the seed, for the case that the test fails. */
export function seededDraws(purpose: string): () => number {
  const stream = newStream(purpose, SEED);
  console.info(`${purpose}: WEIR_TEST_SEED=${SEED}`);
  return () => nextUnit(stream);
}
