// `weir trading halt|reduce|resume`: through the owner while one lives, else into the log; a halt, where neither can be had, into a file.
import { existsSync } from 'node:fs';
import { controlId } from '../../schemas/ids.ts';
import { blankControlParams, type ControlParams, type ControlType } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import { messageOf } from '../../topology/log/errors.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { draftOfSource, type TypedSourceRecord } from '../../topology/runtime/source.ts';
import { topologyOf } from '../../topology/topology.ts';
import { pathsOf, readDeployment, type SavedDeployment } from '../deployment/data-directory.ts';
import { isGiven } from '../deployment/environment.ts';
import { LOCAL_KEY_ID } from '../gateway/idempotency-key.ts';
import type { PortfolioName } from '../gateway/ports.ts';
import { deploymentIn } from './data-access.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import { writeHalt } from './halt-file.ts';
import { killOnKafka } from './kafka-kill.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { type ControlOutcome, gatewayOf } from './owner-client.ts';
import { printRows } from './rows-output.ts';
import { kafkaConfig, kafkaFailure } from './topics.ts';

export interface TradingOptions extends CommonOptions {
  readonly portfolio: string;
  readonly reason: string;
  readonly baseline?: string;
  readonly code: readonly string[];
}

export interface Wanted {
  readonly type: ControlType;
  readonly params: Partial<ControlParams>;
}

/** Whoever halts does not wait for a gateway that does not answer. */
const GATEWAY_MS = 2_000;

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

/** As the gateway writes it; each call is a command of its own. */
export function controlOf(
  { portfolio, run_id, mode }: PortfolioName,
  wanted: Wanted,
  reason: string,
  now: Micros,
): TypedSourceRecord<'Control'> {
  const control_id = controlId({ idempotency_key: `${now}`, key_id: LOCAL_KEY_ID, portfolio });
  const params = { ...blankControlParams(), ...wanted.params };
  const common = { control_id, portfolio, run_id, mode, actor: LOCAL_KEY_ID, reason, issued_at: now };
  const value = { ...common, type: wanted.type, expires_at: null, params };
  return { topic: 'journal.v1', type: 'Control', key: portfolio, id: control_id, value };
}

/** Throws a CommandError where the deployment has none of the name. */
function namesOf({ portfolios }: SavedDeployment, portfolio: string): readonly string[] {
  const known = portfolios.map((each) => each.portfolio);
  const names = known.filter((name) => portfolio === '*' || name === portfolio);
  if (names.length > 0) return names;
  throw new CommandError(EXIT.USAGE, 'USAGE', `--portfolio ${portfolio}: expected ${known.join(', ')} or *`);
}

/** Nobody decides now: the record waits in the journal for the next start. */
async function intoTheLog(options: TradingOptions, wanted: Wanted, output: Output): Promise<ExitCode> {
  const { paths, deployment } = deploymentIn(options.data);
  const names = namesOf(deployment, options.portfolio);
  const lock = lockDataDirectory(options.data);
  const log = openSqliteLog({ path: paths.log, topology: topologyOf(deployment.partitions) });
  try {
    const now = Date.now() * 1000;
    const drafts = names.map((portfolio) =>
      draftOfSource(controlOf({ ...deployment, portfolio }, wanted, options.reason, now), now, deployment.partitions),
    );
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

/** A halt goes into a file where the log cannot be had: it is locked, full or damaged. */
async function intoTheLogOrAFile(options: TradingOptions, wanted: Wanted, output: Output): Promise<ExitCode> {
  try {
    return await intoTheLog(options, wanted, output);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return intoAFile(error, options, wanted, output);
  }
}

/**
 * The last way to halt, after another ended with `error`: whoever owns the folder, or will, takes the file. Throws the error where
 * nobody would look for it: no run in real time began in the folder, or a gateway of elsewhere was meant.
 */
function intoAFile(error: unknown, options: TradingOptions, { type, params }: Wanted, output: Output): ExitCode {
  const { data, gateway, portfolio, reason } = options;
  const deployment = readDeployment(pathsOf(data));
  if (type !== 'KILL' || gateway !== undefined || deployment === null || deployment.mode === 'backtest') throw error;
  output.note(`${messageOf(error)}; it goes into a file`);
  namesOf(deployment, portfolio);
  const state = params.state === 'REDUCING' ? 'REDUCING' : 'HALTED';
  const path = writeHalt(data, { portfolio, state, reason, issued_at: Date.now() * 1000 });
  printRows([{ portfolio, status: 'IN_A_FILE', path }], output, '');
  output.note('the owner of the folder takes it within a second of being able to, or at its next start');
  return EXIT.OK;
}

export async function trading(options: TradingOptions, output: Output, act: string): Promise<ExitCode> {
  const wanted = wantedOf(act, options);
  const owner = await gatewayOf(options, GATEWAY_MS);
  if (owner === null) return isOnKafka(options) ? intoKafka(options, wanted, output) : intoTheLogOrAFile(options, wanted, output);
  const { type, params } = wanted;
  const { portfolio, reason } = options;
  let outcomes: readonly ControlOutcome[];
  try {
    outcomes = await owner.control({ type, portfolio, reason, params });
  } catch (error) {
    if (!(error instanceof CommandError) || error.exit !== EXIT.DEPENDENCY_AWAY) throw error;
    if (type !== 'KILL' || !isOnKafka(options)) return intoAFile(error, options, wanted, output);
    output.note(`${error.message}; it goes into the log itself`);
    return intoKafka(options, wanted, output);
  }
  printRows(
    outcomes.map((outcome) => ({
      portfolio: outcome.portfolio,
      status: outcome.status,
      reason: outcome.reason_code,
      detail: outcome.reason_detail,
    })),
    output,
    'no portfolio',
  );
  return outcomes.some((outcome) => outcome.status === 'REFUSED') ? EXIT.CHECK_FAILED : EXIT.OK;
}

/** Brokers are named, and no log of its own lies in the folder. */
function isOnKafka({ data }: TradingOptions): boolean {
  return isGiven('WEIR_KAFKA_BROKERS', process.env) && !existsSync(pathsOf(data).log);
}

/** Without a gateway, and whatever else is away but the brokers. */
async function intoKafka(options: TradingOptions, wanted: Wanted, output: Output): Promise<ExitCode> {
  const config = kafkaConfig();
  const known = await killOnKafka(config, options.portfolio, (name, now) => controlOf(name, wanted, options.reason, now)).catch(
    (error: unknown) => {
      throw error instanceof CommandError ? error : kafkaFailure(error);
    },
  );
  printRows(
    known.map(({ portfolio, state }) => ({ portfolio, status: 'IN_THE_LOG', state })),
    output,
    'no portfolio',
  );
  return EXIT.OK;
}
