// The gateway's link to Kafka: made anew for as long as the process lives, whatever becomes of the brokers.
import { setTimeout as wait } from 'node:timers/promises';
import type { Micros } from '../../schemas/time.ts';
import { LogRefusedError, messageOf, TopicDiffersError } from '../../topology/log/errors.ts';
import type { KafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { OpenLog } from '../../topology/registry/registered-log.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { Stage } from '../../topology/stage.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';
import { within } from '../gateway/append-within.ts';
import { type Projection, windowOf } from '../gateway/projection.ts';
import { wallClock } from '../market/live/clock.ts';
import { appendSource } from './kafka-pipeline.ts';
import { type Followed, followForGateway } from './kafka-projection.ts';
import { type LagRow, readLag } from './lag.ts';
import type { OwnerLog } from './owner-events.ts';

export interface LinkOptions {
  readonly config: KafkaConfig;
  readonly deployment: Deployment;
  readonly projection: Projection;
  readonly openLog: OpenLog;
  readonly tell: OwnerLog;
  /** The first contact says that the configuration is wrong: waiting does not help. */
  readonly refused: (error: unknown) => void;
}

export interface KafkaLink {
  /** Resolves when the log has the records and, unless it is far behind, the projection has met them. */
  append(records: readonly SourceRecord[]): Promise<AppendResult>;
  /** Why nothing can be appended now; '' if it can. */
  trouble(): string;
  /** Records that the projection has still to meet. */
  behind(): number;
  states(): ReturnType<Followed['states']>;
  lag(): readonly LagRow[];
  /** When the log last had something new, and the market. */
  moved_at(): { readonly log: Micros; readonly market: Micros };
  stop(): Promise<void>;
}

interface Link {
  readonly log: KafkaLog;
  readonly followed: Followed;
}

const APPEND_MS = 5_000;
/** An answer waits so long for the projection. */
const MET_MS = 1_000;
const RETRY_MS = 30_000;
const LOOK_MS = 1_000;
const LAG_MS = 5_000;
/** Brokers that have not answered for longer are away. */
const SILENT_MS = 10_000;

export function linkKafka({ config, deployment, projection, openLog, tell, refused }: LinkOptions): KafkaLink {
  const window_us = windowOf(deployment.mode);
  const stage = decisionStageOf(deployment);
  const stopping = new AbortController();
  const moved = { log: 0, market: 0 };
  let link: Link | null = null;
  let known = false;
  let detail = 'connecting to the brokers';
  let behind = 0;
  let answeredAt = 0;
  let lag: readonly LagRow[] = [];

  const pause = (ms: number): Promise<unknown> => wait(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      let log: KafkaLog | null = null;
      try {
        log = await openLog({ ...config, signal: stopping.signal });
        known = true;
        detail = 'reading what stands in the log';
        await Promise.race([serve(log), log.failed]);
      } catch (error) {
        if (stopping.signal.aborted) return;
        link = null;
        detail = messageOf(error);
        tell({ event: 'log-failed', message: detail });
        if (!known && (error instanceof LogRefusedError || error instanceof TopicDiffersError)) return refused(error);
      } finally {
        link = null;
        await log?.close().catch(() => undefined);
      }
      await pause(RETRY_MS);
    }
  }

  /** Until the log or one of its readers ends. */
  async function serve(log: KafkaLog): Promise<void> {
    const followed = await followForGateway(log, projection, stage as Stage<unknown>, wallClock() - window_us);
    answeredAt = performance.now();
    link = { log, followed };
    detail = '';
    const stopped = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([followed.ended, look(log, followed), stopped]);
  }

  /** How far the log is, which tells whether the brokers answer, how far we are behind, and whether the market moves. */
  async function look(log: KafkaLog, followed: Followed): Promise<void> {
    let market = -1;
    let end = -1;
    while (!stopping.signal.aborted) {
      const ends = await Promise.all(followed.following.map(({ place }) => log.endOffset(place.topic, place.partition)));
      const partitions = Array.from({ length: log.topology.partitions['market.v1'] }, (_, partition) => partition);
      const prices = await Promise.all(partitions.map((partition) => log.endOffset('market.v1', partition)));
      answeredAt = performance.now();
      behind = ends.reduce((sum, at, i) => sum + Math.max(0, at - (followed.following[i]?.position() ?? 0)), 0);
      const [total, quoted] = [ends, prices].map((of) => of.reduce((sum, at) => sum + at, 0));
      const now = wallClock();
      if (total !== end) moved.log = now;
      // What was there before we came may be old.
      if (quoted !== market && market >= 0) moved.market = now;
      end = total ?? end;
      market = quoted ?? market;
      await pause(LOOK_MS);
    }
  }

  async function watchLag(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (link !== null) lag = await readLag(config, () => stopping.signal.aborted).catch(() => lag);
      await pause(LAG_MS);
    }
  }

  async function met({ followed }: Link, result: AppendResult): Promise<void> {
    await Promise.all(
      result.map(({ topic, partition, offset, count }) =>
        followed.following.find(({ place }) => place.topic === topic && place.partition === partition)?.reaches(offset + count),
      ),
    );
  }

  const keeping = keep();
  void watchLag();
  return {
    async append(records) {
      const now = link;
      if (now === null) throw new Error(`the log is away: ${detail}`);
      const result = await within(appendSource(now.log, records), APPEND_MS);
      await Promise.race([met(now, result), wait(MET_MS, undefined, { ref: false })]);
      return result;
    },
    trouble() {
      if (link === null) return detail;
      const silent = performance.now() - answeredAt;
      return silent > SILENT_MS ? `the brokers have not answered for ${Math.round(silent / 1_000)} s` : '';
    },
    behind: () => behind,
    states: () => link?.followed.states() ?? [],
    lag: () => lag,
    moved_at: () => moved,
    async stop() {
      stopping.abort();
      await keeping;
    },
  };
}
