// For tests: the whole pipeline at work on brokers of its own, under load, with everything that a round does to it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../../../topology/kafka-broker/free-ports.ts';
import { type KafkaCluster, startKafka } from '../../../topology/kafka-broker/start-kafka.ts';
import { type KafkaLog, openKafkaLog } from '../../../topology/log/kafka/kafka-log.ts';
import { makeTopicsOf } from '../../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../../topology/log/kafka/settings.ts';
import type { StageName } from '../../../topology/stages.ts';
import { topologyOf } from '../../../topology/topology.ts';
import { seededDraws } from '../../backtest/crash/extent.ts';
import { PIPELINE } from '../kafka-stages.ts';
import { readLag } from '../lag.ts';
import { oneBroker } from '../one-broker.ts';
import { CRASH_POLICY, matrixDeployment, PARTITIONS, PORTFOLIOS } from './crash-deployment.ts';
import { type Crew, newCrew } from './crew.ts';
import { type Decided, followDecisions } from './decided.ts';
import { type FinalLogs, readFinalLogs } from './final-logs.ts';
import { type GroupProxy, startGroupProxy } from './group-proxy.ts';
import { type Load, startLoad } from './load.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export const SOURCES = 'sources';
/** A member that is silent for longer is taken for dead. */
export const SESSION_S = 3;
const PER_SECOND = 10;
/** A busy machine may take long; a hang takes for ever. */
const RECOVERY_MAX_MS = 240_000;

export interface Field {
  readonly cluster: KafkaCluster;
  readonly crew: Crew;
  /** In front of what is started with `proxied`. */
  readonly proxy: GroupProxy;
  readonly proxied: Readonly<Record<string, string>>;
  readonly draw: () => number;
  /** Printed with the time of the run. */
  say(text: string): void;
  /** Starts a stage, alone in its process, under its own name or another. */
  start(stage: StageName, name?: string): Promise<void>;
  /** ms from `since` until a signal that came after it was decided for every portfolio. Throws when that never happens. */
  decidedAgain(since: number): Promise<number>;
  /** Ends the load, lets everything be taken that is there, and ends the processes. */
  finish(): Promise<Finished>;
  close(): Promise<void>;
}

export interface Finished {
  readonly logs: FinalLogs;
  readonly sent: readonly string[];
  /** Exit codes of the graceful stops, by name. */
  readonly exits: Readonly<Record<string, number | null>>;
  verdict(logs?: FinalLogs, sent?: readonly string[]): Verdict;
}

export async function openField(purpose: string, nodes: 1 | 3): Promise<Field> {
  const begun = performance.now();
  const say = (text: string): void => {
    process.stdout.write(`${((performance.now() - begun) / 1_000).toFixed(1).padStart(7)} s  ${text}\n`);
  };
  const draw = seededDraws(purpose);
  const folder = mkdtempSync(join(tmpdir(), 'weir-crash-'));
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, CRASH_POLICY);
  const topology = topologyOf(PARTITIONS);
  const deployment = matrixDeployment(policy);
  const ports = await freePorts(4 * nodes);
  const cluster = await startKafka({
    nodes,
    ports: Array.from({ length: nodes }, (_, i) => {
      const [controller = 0, plain = 0, proxied = 0, proxy = 0] = ports.slice(4 * i);
      return { controller, listeners: { plain, proxied }, proxy };
    }),
  });
  const closing: (() => Promise<unknown>)[] = [() => cluster.stop()];
  const close = async (): Promise<void> => {
    for (const of of closing.splice(0).reverse()) await of();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await makeTopicsOf(cluster.brokers, topology, undefined, nodes);
    const [, , listener = 0, front = 0] = ports;
    const proxy = await startGroupProxy(front, listener);
    closing.push(() => proxy.close());
    const settings = kafkaSettings(cluster.brokers);
    const log = await openKafkaLog({ settings, topology });
    closing.push(() => log.close());
    const crew = newCrew({
      policy,
      data: folder,
      env: {
        WEIR_KAFKA_BROKERS: cluster.brokers.join(','),
        WEIR_KAFKA_PARTITIONS: String(PARTITIONS),
        WEIR_KAFKA_REPLICATION: String(nodes),
        WEIR_KAFKA_SESSION_S: String(SESSION_S),
        WEIR_KAFKA_HEARTBEAT_S: String(SESSION_S / 10),
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
      },
    });
    closing.push(() => crew.killAll());
    await crew.start(SOURCES, ['clock', 'market']);
    for (const stage of PIPELINE) await crew.start(stage, [stage]);
    for (const name of crew.names())
      if (!(await crew.atWork(name))) throw new Error(`${name} is not at work: ${JSON.stringify(crew.toldBy(name).slice(-3))}`);
    await quotesStand(log);
    const decided = followDecisions(log, PORTFOLIOS.length);
    const load = await startLoad(cluster.brokers, 'signals.v1', PER_SECOND);
    say(`${nodes} broker(s), ${crew.names().length} processes at work, ${PER_SECOND} signals a second`);
    return fieldOf(
      { cluster, crew, proxy, proxied: { WEIR_KAFKA_BROKERS: `127.0.0.1:${front}` }, draw, say, close },
      { decided, load, deployment },
    );
  } catch (error) {
    await close();
    throw error;
  }
}

async function quotesStand(log: KafkaLog): Promise<void> {
  for (let next = 0; ; ) {
    const entries = await log.read('market.v1', 0, next, 500);
    if (entries.some((entry) => entry.record().type === 'Quote')) return;
    next = (entries.at(-1)?.offset ?? next - 1) + 1;
    if (entries.length === 0) await log.waitFor('market.v1', 0, next);
  }
}

interface Watching {
  readonly decided: Decided;
  readonly load: Load;
  readonly deployment: ReturnType<typeof matrixDeployment>;
}

function fieldOf(field: Omit<Field, 'start' | 'decidedAgain' | 'finish'>, { decided, load, deployment }: Watching): Field {
  const { crew, cluster, say } = field;
  const topology = topologyOf(PARTITIONS);

  /** Nothing that stands has still to be taken by anybody. */
  async function drained(): Promise<void> {
    const settings = kafkaSettings(cluster.brokers);
    const config = oneBroker(settings, topology);
    const ended = performance.now() + RECOVERY_MAX_MS;
    for (let last = ''; ; await wait(1_200)) {
      const rows = await readLag(config);
      const behind = rows.filter((row) => row.lag !== 0);
      const now = JSON.stringify(rows);
      // Twice the same: what was taken last has written nothing more either.
      if (behind.length === 0 && now === last) return;
      last = now;
      if (performance.now() > ended) throw new Error(`not taken: ${JSON.stringify(behind)}`);
    }
  }

  return {
    ...field,
    start: (stage, name = stage) => crew.start(name, [stage]),
    async decidedAgain(since) {
      for (const ended = performance.now() + RECOVERY_MAX_MS; performance.now() < ended; await wait(10)) {
        for (const [event_id, due] of load.due) {
          const at = due <= since ? undefined : decided.at(event_id);
          if (at !== undefined) return Math.round(at - since);
        }
      }
      throw new Error(
        `no signal is decided any more; ${crew
          .names()
          .map((of) => told(of))
          .join('; ')}`,
      );
    },
    async finish() {
      // A short run may have met no price at a stop yet, and the verdict is to see one.
      for (const ended = performance.now() + RECOVERY_MAX_MS; decided.triggers() === 0 && performance.now() < ended; )
        await wait(50);
      const sent = await load.stop();
      const limit = performance.now() + RECOVERY_MAX_MS;
      while (sent.some((id) => decided.at(id) === undefined)) {
        if (performance.now() > limit) break;
        await wait(50);
      }
      const exits: Record<string, number | null> = { [SOURCES]: await crew.stop(SOURCES) };
      await drained();
      await Promise.all(
        crew.names().map(async (name) => {
          exits[name] = await crew.stop(name);
        }),
      );
      const logs = await readFinalLogs(cluster.brokers, topology);
      say(`${sent.length} signals sent, all processes ended`);
      return { logs, sent, exits, verdict: (of = logs, ids = sent) => verdictOf(of, topology, deployment, ids) };
    },
  };

  function told(name: string): string {
    return `${name}: ${JSON.stringify(crew.toldBy(name).at(-1))}`;
  }
}
