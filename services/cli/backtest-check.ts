// `weir backtest check`: does anything that was written depend on what came later?
import { formatTime } from '../../schemas/time.ts';
import { findLookAhead, type LookAheadFound } from '../backtest/look-ahead.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { type BacktestOptions, openSetup, requestOf } from './backtest-run.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { startProgress } from './progress.ts';

export interface CheckOptions extends BacktestOptions {
  readonly cuts: number;
}

export function lookAheadError(found: LookAheadFound): CommandError {
  const what = found.decision_id === null ? `${found.topic} offset ${found.offset}` : `decision ${found.decision_id}`;
  return new CommandError(
    EXIT.CHECK_FAILED,
    'LOOKAHEAD_FOUND',
    `with the data after ${formatTime(found.cut)} ${found.change}, ${what} differs in ${found.field}: ${found.with_future} with it, ${found.without} without`,
    'whatever writes it reads what it cannot know yet',
  );
}

export async function backtestCheck(options: CheckOptions, output: Output): Promise<ExitCode> {
  const setup = openSetup(requestOf(options));
  const { deployment, series, market, sent } = setup;
  const progress = startProgress('look-ahead', 'runs', 1 + 2 * options.cuts, options.quiet === true);
  const found = findLookAhead({
    deployment,
    series,
    market,
    sent,
    stages: () => stagesOf(deployment),
    cuts: options.cuts,
    seed: options.seed,
    progress: (done) => progress.update(done, ''),
  });
  progress.end();
  if (found === null) {
    output.document({ run_id: deployment.run_id, cuts: options.cuts, seed: options.seed, found: null });
    output.line(
      `${options.cuts} cut points, seed ${options.seed}: nothing before them depends on what comes after, removed or absurd`,
    );
    return EXIT.OK;
  }
  throw lookAheadError(found);
}
