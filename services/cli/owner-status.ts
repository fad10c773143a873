// The body of GET /v1/status: how each portfolio stands, how far each stage is, and what is wrong.
import { formatDecimal } from '../../schemas/money.ts';
import { formatTime, type Micros, SECOND } from '../../schemas/time.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import type { Stage } from '../../topology/stage.ts';
import { stageOf } from '../../topology/stages.ts';
import type { DecisionState } from '../decision/state.ts';
import { type PortfolioStatus, statusOf } from '../decision/status/status.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Readiness } from '../gateway/ports.ts';
import type { ArchiveState } from './owned-archive.ts';

export type Issue =
  | 'TRADING_HALTED'
  | 'TRADING_REDUCING'
  | 'PARTITION_STOPPED'
  | 'LAG_HIGH'
  | 'MARKET_STALE'
  | 'BREAKER_OPEN'
  | 'ORDERS_UNRESOLVED'
  | 'RECONCILIATION_BREAK'
  | 'ARCHIVE_BEHIND'
  | 'DEAD_LETTERS_OPEN'
  | 'CLOCK_SKEW';

export interface StageStatus {
  readonly stage: string;
  readonly version: string;
  readonly last_progress_age_s: number;
  readonly lag_records: number;
  readonly stopped_partitions: readonly {
    readonly partition: number;
    readonly reason: string;
    readonly at: string;
    readonly message: string;
  }[];
}

export interface StatusSource {
  readonly deployment: Deployment;
  /** By partition of the journal; null where it is not known. */
  readonly states: readonly (DecisionState | null)[];
  readonly stages: readonly StageStatus[];
  readonly queued: number;
  /** When the log last took records of the market. */
  readonly market_at: Micros;
  readonly archive: { readonly state: ArchiveState; readonly detail: string };
  readonly open_letters: number;
  readonly now: Micros;
}

const MARKET_STALE_US = 30 * SECOND;
const QUEUE_HIGH = 10_000;

export function ownerStatus(source: StatusSource) {
  const { deployment, now } = source;
  const portfolios = portfoliosOf(source.states);
  return {
    time: formatTime(now),
    mode: deployment.mode,
    run_id: deployment.run_id,
    portfolios: portfolios.map(portfolioShown),
    stages: source.stages,
    queued: source.queued,
    archive: source.archive,
    dead_letters_open: source.open_letters,
    issues: issuesOf(source, portfolios),
  };
}

/** Of all partitions, by name. */
export function portfoliosOf(states: readonly (DecisionState | null)[]): PortfolioStatus[] {
  const found: PortfolioStatus[] = [];
  for (const state of states) {
    for (const portfolio of state?.portfolios.values() ?? []) found.push(statusOf(portfolio));
  }
  return found.sort((a, b) => (a.portfolio < b.portfolio ? -1 : 1));
}

/** As JSON tells it: times as text, decimals as text. */
export function portfolioShown(status: PortfolioStatus) {
  const { at, equity, conditions, unknown_orders, last_decision, ...rest } = status;
  return {
    ...rest,
    at: formatTime(at),
    equity: Object.fromEntries(
      Object.entries(equity).map(([name, value]) => [name, value === null ? null : formatDecimal(value)]),
    ),
    conditions: conditions.map((condition) => ({
      ...condition,
      since: formatTime(condition.since),
      until: condition.until === null ? null : formatTime(condition.until),
    })),
    unknown_orders: unknown_orders.map((order) => ({ ...order, since: formatTime(order.since) })),
    last_decision: last_decision === null ? null : { ...last_decision, decided_at: formatTime(last_decision.decided_at) },
  };
}

export interface OwnedStages {
  readonly log: LocalLog;
  readonly stages: readonly Stage<unknown>[];
  readonly stopped: readonly StageStopped[];
  /** When the log last took records of anybody. */
  readonly committed_at: Micros;
  readonly now: Micros;
}

/** A running stage has taken all that is committed: every turn ends only when nothing is left. A stopped one stands at a record. */
export function ownedStages({ log, stages, stopped, committed_at, now }: OwnedStages): StageStatus[] {
  return stages.map((stage) => {
    const standing = stopped.filter((each) => each.stage === stage.name);
    const assigned = stageOf(stage.name).inputs[0]?.topic;
    const lag = standing.reduce(
      (sum, each) => sum + (each.topic === assigned ? log.endNow(assigned, each.topic_partition) - each.offset : 1),
      0,
    );
    return {
      stage: stage.name,
      version: stage.version,
      last_progress_age_s: Math.max(0, (now - committed_at) / SECOND),
      lag_records: lag,
      stopped_partitions: standing.map(({ partition, reason, topic, topic_partition, offset, message }) => ({
        partition,
        reason,
        at: `${topic}/${topic_partition}/${offset}`,
        message,
      })),
    };
  });
}

function issuesOf(source: StatusSource, portfolios: readonly PortfolioStatus[]): Issue[] {
  const has = (code: string): boolean => portfolios.some(({ conditions }) => conditions.some((c) => c.code === code));
  const rows: readonly (readonly [Issue, boolean])[] = [
    ['TRADING_HALTED', portfolios.some(({ state }) => state === 'HALTED')],
    ['TRADING_REDUCING', portfolios.some(({ state }) => state === 'REDUCING')],
    ['PARTITION_STOPPED', source.stages.some(({ stopped_partitions }) => stopped_partitions.length > 0)],
    ['LAG_HIGH', source.queued > QUEUE_HIGH],
    ['MARKET_STALE', source.now - source.market_at > MARKET_STALE_US],
    ['BREAKER_OPEN', has('BREAKER_OPEN')],
    ['ORDERS_UNRESOLVED', portfolios.some(({ unknown_orders }) => unknown_orders.length > 0)],
    ['RECONCILIATION_BREAK', has('RECONCILIATION_BREAK')],
    ['ARCHIVE_BEHIND', source.archive.state === 'troubled'],
    ['DEAD_LETTERS_OPEN', source.open_letters > 0],
    ['CLOCK_SKEW', has('CLOCK_SKEW')],
  ];
  return rows.filter(([, stands]) => stands).map(([issue]) => issue);
}

export interface ReadinessSource {
  readonly ending: boolean;
  readonly stopped: readonly StageStopped[];
  readonly committed_at: Micros;
  readonly archive: StatusSource['archive'];
  readonly now: Micros;
}

/** The body of GET /readyz: a stage that stands and an archive that is away are told, but only an end makes unready. */
export function ownerReadiness({ ending, stopped, committed_at, archive, now }: ReadinessSource): Readiness {
  const age_s = Math.max(0, (now - committed_at) / SECOND);
  const archived = archive.state === 'running' || archive.state === 'off';
  return {
    ready: !ending,
    checks: {
      draining: { ok: !ending, detail: ending ? 'stopping' : '', age_s: 0 },
      log: { ok: true, detail: `last commit ${formatTime(committed_at)}`, age_s },
      stages: { ok: stopped.length === 0, detail: stopped.map(({ message }) => message).join('; '), age_s },
      archive: { ok: archived, detail: archive.detail === '' ? archive.state : archive.detail, age_s: 0 },
    },
  };
}
