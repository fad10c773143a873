// How the archive of a deployment is set up on its data directory.
import type { ArchiveSettings } from '../archive/messages.ts';
import type { DataPaths, SavedDeployment } from './data-directory.ts';

const BATCH_ROWS = 10_000;
const RETRY_TOTAL_S = 300;

export const DATABASE = 'weir';

/** A backtest stores neither raw records, which can be recomputed, nor market data, which would stand among live truth. */
export function archiveSettings(
  paths: DataPaths,
  deployment: Pick<SavedDeployment, 'mode' | 'run_id' | 'partitions' | 'instruments' | 'sources'>,
): ArchiveSettings {
  const live = deployment.mode !== 'backtest';
  return {
    log: paths.log,
    clickhouse: { path: paths.clickhouse },
    database: DATABASE,
    offsets: paths.archiveOffsets,
    world: { mode: deployment.mode, run_id: deployment.run_id },
    raw: live,
    market: live,
    partitions: deployment.partitions,
    batch_rows: BATCH_ROWS,
    retry_total_s: RETRY_TOTAL_S,
    catalog: { instruments: deployment.instruments },
    sources: deployment.sources,
  };
}
