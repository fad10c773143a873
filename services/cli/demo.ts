// `weir demo`: the shipped month through all stages on the embedded log and ClickHouse, watched as it happens.
import { existsSync, rmSync } from 'node:fs';
import type { Money } from '../../schemas/money.ts';
import { DAY, formatTime, HOUR, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { startArchive } from '../archive/owner.ts';
import { runVirtualBreathing } from '../backtest/run.ts';
import { eventsOfSetup, firstTime, STANDARD_REQUEST } from '../backtest/setup.ts';
import { summaryOf } from '../backtest/summary.ts';
import { addToTally, newTally, type Tally } from '../backtest/tally.ts';
import { archiveSettings } from '../deployment/archive-settings.ts';
import { type DataPaths, pathsOf, readDeployment, saveDeployment } from '../deployment/data-directory.ts';
import { openSetup } from './backtest-run.ts';
import { decisionLine } from './decision-line.ts';
import { demoSignals } from './demo-signals.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { startProgress } from './progress.ts';
import { summaryLines } from './summary-lines.ts';

export interface DemoOptions extends CommonOptions {
  readonly cash: Money;
  readonly synthetic?: string;
  readonly seed: number;
}

/** When the outside producer sends, after the first bar: late enough for a warm market. */
const SENT_AFTER = 9 * DAY + 12 * HOUR + 30 * SECOND;

/** A demo starts on an empty folder; what an earlier demo left may go, anything else may not. */
function clearFolder(paths: DataPaths): void {
  const before = readDeployment(paths);
  if (before !== null && !before.demo) {
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'DATA_DIRECTORY_IN_USE',
      `${paths.folder} holds run ${before.run_id}, which is no demo`,
      'give the demo another folder: --data demo-data',
    );
  }
  if (before === null && existsSync(paths.log)) {
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'DATA_DIRECTORY_IN_USE',
      `${paths.folder} holds a log`,
      'give the demo another folder: --data demo-data',
    );
  }
  for (const path of [
    paths.log,
    `${paths.log}-wal`,
    `${paths.log}-shm`,
    paths.clickhouse,
    paths.archiveOffsets,
    paths.deployment,
  ]) {
    rmSync(path, { recursive: true, force: true });
  }
}

function showRecord(record: AnyEnvelope, output: Output): void {
  if (record.type === 'Decision') {
    const line = decisionLine(record.value);
    if (line !== null) output.line(line);
  } else if (record.type === 'DeadLetter') {
    output.line(
      `${formatTime(record.at).slice(0, 19).replace('T', ' ')} dead letter ${record.value.reason_code}: ${record.value.message}`,
    );
  }
}

/** Three things to try, each a command that works as printed. */
export function nextCommands(tally: Tally, folder: string): string[] {
  const data = folder === 'data' ? '' : ` --data ${folder}`;
  const why = tally.refused ?? tally.executed;
  return [
    ...(why === null ? [] : [`npm run weir -- explain ${why.decision_id.slice(0, 12)}${data}`]),
    `npm run weir -- pnl --by strategy${data}`,
    `npm run weir -- sql "SELECT reason_code, count() AS n FROM weir.v_decisions WHERE kind = 'ENTRY' GROUP BY reason_code ORDER BY n DESC"${data}`,
  ];
}

export async function demo(options: DemoOptions, output: Output): Promise<ExitCode> {
  const paths = pathsOf(options.data);
  const setup = openSetup({
    ...STANDARD_REQUEST,
    cash: options.cash,
    seed: options.seed,
    synthetic: options.synthetic ?? null,
    run_kind: 'demo',
  });
  const { deployment } = setup;
  const lock = lockDataDirectory(options.data);
  const interrupt = listenForInterrupt();
  const tally = newTally();
  try {
    clearFolder(paths);
    saveDeployment(paths, deployment, true);
    const log = openSqliteLog({ path: paths.log, durability: 'process' });
    const archiving = startArchive(archiveSettings(paths, deployment), {
      letter: async (refused) =>
        output.note(`archive: ${refused.topic}/${refused.partition}/${refused.offset} ${refused.reason}`),
      trouble: (message) => output.note(`archive: ${message}`),
    });
    for (const line of setup.assumptions) output.line(output.dim(line));
    output.line();
    const [instrument = ''] = deployment.instruments;
    const first = firstTime(eventsOfSetup(setup));
    const progress = startProgress('demo', 'bars', setup.bars, options.quiet === true);
    const ended = await runVirtualBreathing(
      {
        deployment,
        log,
        market: eventsOfSetup(setup),
        sent: demoSignals(instrument, first + SENT_AFTER),
        snapshot_every_us: DAY,
        observe: (record) => {
          addToTally(tally, record);
          showRecord(record, output);
        },
        progress: (at) => progress.update(tally.bars, `${formatTime(at).slice(0, 10)}  ${tally.trades.length} trades`),
      },
      () => interrupt.code() !== 0,
    );
    progress.end();
    const archive = await archiving;
    if (ended) {
      output.note('storing what is left in ClickHouse');
      await archive.drained();
    }
    await archive.stop();
    await log.close();
    if (!ended) return interrupt.code() as ExitCode;
  } finally {
    interrupt.release();
    lock.release();
  }
  const summary = summaryOf(tally, options.cash);
  const next = nextCommands(tally, options.data);
  output.document({ run_id: deployment.run_id, assumptions: setup.assumptions, summary, next });
  output.line();
  for (const line of summaryLines(summary, tally, deployment.currency)) output.line(line);
  output.line();
  output.line('Try next:');
  for (const line of next) output.line(`  ${line}`);
  return EXIT.OK;
}
