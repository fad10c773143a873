// `weir trading halt|reduce|resume`: through the owner while one lives, else into the log, where the next start finds it.
import { existsSync } from 'node:fs';
import { controlId } from '../../schemas/ids.ts';
import { blankControlParams, type ControlParams, type ControlType } from '../../schemas/records.generated.ts';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { draftOfSource, type SourceRecord } from '../../topology/runtime/source.ts';
import { topologyOf } from '../../topology/topology.ts';
import { deploymentIn } from './data-access.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { gatewayOf } from './owner-client.ts';
import { printRows } from './rows-output.ts';

export interface TradingOptions extends CommonOptions {
  readonly portfolio: string;
  readonly reason: string;
  readonly baseline?: string;
  readonly code: readonly string[];
}

interface Wanted {
  readonly type: ControlType;
  readonly params: Partial<ControlParams>;
}

function wantedOf(act: string, options: TradingOptions): Wanted {
  switch (act) {
    case 'halt':
      return { type: 'KILL', params: { state: 'HALTED' } };
    case 'reduce':
      return { type: 'KILL', params: { state: 'REDUCING' } };
    case 'resume': {
      const { baseline = 'keep', code } = options;
      if (baseline !== 'keep' && baseline !== 'new')
        throw new CommandError(EXIT.USAGE, 'USAGE', `--baseline ${baseline}: expected keep or new`);
      return { type: 'RESUME', params: { baseline, codes: [...code] } };
    }
    default:
      throw new CommandError(EXIT.USAGE, 'USAGE', `trading ${act}: expected halt, reduce or resume`);
  }
}

/** Nobody decides now: the record waits in the journal for the next start. */
async function intoTheLog(options: TradingOptions, wanted: Wanted, output: Output): Promise<ExitCode> {
  const { paths, deployment } = deploymentIn(options.data);
  if (!existsSync(paths.log))
    throw new CommandError(EXIT.EVIDENCE_MISSING, 'DATA_DIRECTORY_EMPTY', `nothing has run in ${options.data} yet`);
  const lock = lockDataDirectory(options.data);
  const log = openSqliteLog({ path: paths.log, topology: topologyOf(deployment.partitions) });
  try {
    const now = Date.now() * 1000;
    const names = deployment.portfolios
      .map((p) => p.portfolio)
      .filter((name) => options.portfolio === '*' || name === options.portfolio);
    if (names.length === 0)
      throw new CommandError(
        EXIT.USAGE,
        'USAGE',
        `--portfolio ${options.portfolio}: expected ${deployment.portfolios.map((p) => p.portfolio).join(', ')} or *`,
      );
    const drafts = names.map((portfolio) => {
      const control_id = controlId({ idempotency_key: `${now}`, key_id: 'local', portfolio });
      const { run_id, mode } = deployment;
      const value = {
        control_id,
        portfolio,
        run_id,
        mode,
        type: wanted.type,
        actor: 'local',
        reason: options.reason,
        issued_at: now,
        expires_at: null,
        params: { ...blankControlParams(), ...wanted.params },
      };
      const record: SourceRecord = { topic: 'journal.v1', type: 'Control', key: portfolio, id: control_id, value };
      return draftOfSource(record, now, deployment.partitions);
    });
    await log.append(drafts);
    const rows = drafts.map((draft) => ({ portfolio: draft.key, status: 'IN_THE_LOG', control_id: draft.id }));
    printRows(rows, output, '');
    output.note('no process runs here: it takes effect at the next start');
  } finally {
    await log.close();
    lock.release();
  }
  return EXIT.OK;
}

export async function trading(options: TradingOptions, output: Output, act: string): Promise<ExitCode> {
  const wanted = wantedOf(act, options);
  const owner = await gatewayOf(options);
  if (owner === null) return intoTheLog(options, wanted, output);
  const outcomes = await owner.control({
    type: wanted.type,
    portfolio: options.portfolio,
    reason: options.reason,
    params: wanted.params,
  });
  printRows(
    outcomes.map(({ portfolio, status, reason_code, reason_detail }) => ({
      portfolio,
      status,
      reason: reason_code,
      detail: reason_detail,
    })),
    output,
    'no portfolio',
  );
  return outcomes.some((outcome) => outcome.status === 'REFUSED') ? EXIT.CHECK_FAILED : EXIT.OK;
}
