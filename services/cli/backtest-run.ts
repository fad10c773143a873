// `weir backtest run`: recorded or synthetic data through all stages, under a virtual clock.
import type { Money } from '../../schemas/money.ts';
import { formatTime, HOUR, type Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { runVirtualBreathing } from '../backtest/run.ts';
import {
  type BacktestRequest,
  type BacktestSetup,
  backtestSetup,
  DataError,
  eventsOfSetup,
  STANDARD_REQUEST,
} from '../backtest/setup.ts';
import { summaryOf } from '../backtest/summary.ts';
import { addToTally, newTally, type Tally } from '../backtest/tally.ts';
import { newTopicHashes } from '../backtest/topic-hashes.ts';
import { pathsOf, readDeployment, saveDeployment } from '../deployment/data-directory.ts';
import { formatFinding } from '../market/replay/finding.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { startProgress } from './progress.ts';
import { summaryLines } from './summary-lines.ts';
import { tableLines } from './table.ts';

export interface BacktestOptions extends CommonOptions {
  readonly input: readonly string[];
  readonly policy?: string;
  readonly portfolio: string;
  readonly cash: Money;
  readonly seed: number;
  readonly regimePin?: string;
  readonly maxGapShare: number;
  readonly maxGapBars: number;
  readonly synthetic?: string;
  readonly until?: Micros;
  readonly log: string;
  readonly ticks: string;
  readonly twice?: boolean;
  readonly signals?: string;
}

export function requestOf(options: BacktestOptions): BacktestRequest {
  return {
    ...STANDARD_REQUEST,
    inputs: options.input,
    policy: options.policy ?? null,
    portfolio: options.portfolio,
    cash: options.cash,
    seed: options.seed,
    regime_pin: options.regimePin ?? null,
    gaps: { max_gap_share: options.maxGapShare, max_gap_bars: options.maxGapBars },
    synthetic: options.synthetic ?? null,
    until: options.until ?? null,
    signals: options.signals ?? null,
  };
}

/** Data that is refused is a bad input of the command, with every finding; so is a manifest or an option that makes no sense. */
export function openSetup(request: BacktestRequest): BacktestSetup {
  try {
    return backtestSetup(request);
  } catch (error) {
    if (error instanceof RangeError)
      throw new CommandError(EXIT.BAD_CONFIGURATION, 'CONFIGURATION_INVALID', error.message, 'mend what is named above');
    if (!(error instanceof DataError)) throw error;
    const gaps = error.findings.some((f) => f.code === 'DATA_GAP');
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      error.findings[0]?.code ?? 'DATA_INVALID',
      `the data is refused:\n${error.findings.map((f) => `  ${formatFinding(f)}`).join('\n')}`,
      gaps ? 'mend the data, or accept its gaps with --max-gap-share and --max-gap-bars' : 'mend the data or its manifest',
    );
  }
}

interface OpenLog {
  readonly log: LocalLog;
  readonly close: () => Promise<void>;
}

function openLog(options: BacktestOptions, setup: BacktestSetup): OpenLog {
  if (options.log === 'memory') {
    const log = createMemoryLog({ retain: 'held' });
    return { log, close: () => log.close() };
  }
  if (options.log !== 'sqlite') throw new CommandError(EXIT.USAGE, 'USAGE', `--log ${options.log}: expected memory or sqlite`);
  const paths = pathsOf(options.data);
  const lock = lockDataDirectory(options.data);
  const before = readDeployment(paths);
  if (before !== null && before.run_id !== setup.deployment.run_id) {
    lock.release();
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'DATA_DIRECTORY_OTHER_RUN',
      `${options.data} holds run ${before.run_id}, this one is ${setup.deployment.run_id}`,
      'give another folder with --data',
    );
  }
  saveDeployment(paths, setup.deployment, false);
  const log = openSqliteLog({ path: paths.log, durability: 'process' });
  return {
    log,
    close: async () => {
      await log.close();
      lock.release();
    },
  };
}

interface Ran {
  readonly tally: Tally;
  readonly hashes: Record<string, string>;
  readonly ended: boolean;
  readonly exit: number;
}

const CHUNK = 1_000;

/** What a killed run has left behind is part of the result. */
export function seeStanding(log: LocalLog, see: (record: AnyEnvelope) => void): void {
  for (let after = 0; ; ) {
    const records = log.readMerged(after, CHUNK, (topic) => topic !== 'snapshots.v1');
    for (const record of records) see(record);
    const last = records.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

async function runOnce(options: BacktestOptions, setup: BacktestSetup): Promise<Ran> {
  const interrupt = listenForInterrupt();
  const { log, close } = openLog(options, setup);
  const tally = newTally();
  const hashes = newTopicHashes();
  const see = (record: AnyEnvelope): void => {
    addToTally(tally, record);
    hashes.add(record);
  };
  seeStanding(log, see);
  const progress = startProgress('backtest', 'bars', setup.bars, options.quiet === true);
  try {
    const ended = await runVirtualBreathing(
      {
        deployment: setup.deployment,
        log,
        market: eventsOfSetup(setup),
        sent: setup.sent,
        ticks: options.ticks === 'dense' ? 'dense' : 'sparse',
        ...(options.log === 'sqlite' ? { snapshot_every_us: 24 * HOUR } : {}),
        observe: see,
        progress: (at) => progress.update(tally.bars, `${formatTime(at).slice(0, 10)}  ${tally.trades.length} trades`),
      },
      () => interrupt.code() !== 0,
    );
    return { tally, hashes: hashes.digests(), ended, exit: interrupt.code() };
  } finally {
    progress.end();
    interrupt.release();
    await close();
  }
}

/** The first topic whose hashes differ, or null. */
function differingTopic(a: Record<string, string>, b: Record<string, string>): string | null {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().find((topic) => a[topic] !== b[topic]) ?? null;
}

export async function backtestRun(options: BacktestOptions, output: Output): Promise<ExitCode> {
  const setup = openSetup(requestOf(options));
  output.note(`run ${setup.deployment.run_id}`);
  const ran = await runOnce(options, setup);
  if (!ran.ended) {
    output.note('stopped; a run on a sqlite log goes on where it was when it is started again');
    return ran.exit as ExitCode;
  }
  if (options.twice === true) {
    const again = await runOnce({ ...options, log: 'memory' }, setup);
    const topic = differingTopic(ran.hashes, again.hashes);
    if (topic !== null)
      throw new CommandError(EXIT.CHECK_FAILED, 'BACKTEST_NOT_DETERMINISTIC', `two runs wrote different records to ${topic}`);
  }
  const summary = summaryOf(ran.tally, options.cash);
  output.document({
    run_id: setup.deployment.run_id,
    seed: setup.seed,
    data_hash: setup.data_hash,
    assumptions: setup.assumptions,
    summary,
    hashes: ran.hashes,
  });
  for (const line of [...setup.assumptions, ...setup.warnings.map(formatFinding)]) output.line(output.dim(line));
  output.line();
  for (const line of summaryLines(summary, ran.tally, setup.deployment.currency)) output.line(line);
  output.line();
  output.line('Hash of every topic');
  for (const line of tableLines(['topic', 'sha256'], Object.entries(ran.hashes))) output.line(`  ${line}`);
  if (options.twice === true) output.line('A second run wrote the same bytes.');
  return EXIT.OK;
}
