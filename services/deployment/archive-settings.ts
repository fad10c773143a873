// How the archive of a deployment is set up: on its data directory, or on Kafka with a server or an engine of its own.
import type { ArchiveSettings, KafkaSource } from '../archive/messages.ts';
import type { ClickhouseConfig } from './clickhouse-config.ts';
import type { DataPaths, SavedDeployment } from './data-directory.ts';
import type { KafkaConfig } from './kafka-config.ts';
import { groupName } from './topic-acls.ts';

type Archived = Pick<SavedDeployment, 'mode' | 'run_id' | 'instruments' | 'sources'>;

const BATCH_ROWS = 10_000;
const BATCH_MS = 500;
const RETRY_TOTAL_S = 300;

export const DATABASE = 'weir';

/** A backtest stores neither raw records, which can be recomputed, nor market data, which would stand among live truth. */
function commonOf(deployment: Archived) {
  const live = deployment.mode !== 'backtest';
  return {
    world: { mode: deployment.mode, run_id: deployment.run_id },
    raw: live,
    market: live,
    batch_rows: BATCH_ROWS,
    batch_ms: BATCH_MS,
    retry_total_s: RETRY_TOTAL_S,
    catalog: { instruments: deployment.instruments },
    sources: deployment.sources,
  };
}

export function archiveSettings(paths: DataPaths, deployment: Archived & Pick<SavedDeployment, 'partitions'>): ArchiveSettings {
  return {
    ...commonOf(deployment),
    log: { path: paths.log, offsets: paths.archiveOffsets, partitions: deployment.partitions },
    clickhouse: { path: paths.clickhouse },
    database: DATABASE,
  };
}

/** Without a server the engine lies in the data directory. */
export function kafkaArchiveSettings(
  kafka: KafkaConfig,
  clickhouse: ClickhouseConfig,
  paths: Pick<DataPaths, 'clickhouse'>,
  deployment: Archived,
): ArchiveSettings & { readonly log: KafkaSource } {
  const { settings, topology, registry, registry_ids_file } = kafka;
  const { server, database, batch_rows, batch_ms, retry_total_s } = clickhouse;
  return {
    ...commonOf(deployment),
    log: { settings, topology, registry, registry_ids_file, group: groupName(topology.prefix, 'archive') },
    clickhouse: server ?? { path: paths.clickhouse },
    database,
    batch_rows,
    batch_ms,
    retry_total_s,
  };
}
