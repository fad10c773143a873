// The data directory of an embedded deployment: its log, its ClickHouse, its socket, and a note of what runs in it.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../topology/log/replace-file.ts';
import type { Deployment, PortfolioSetup } from './deployment.ts';

export interface DataPaths {
  readonly folder: string;
  readonly log: string;
  readonly clickhouse: string;
  readonly archiveOffsets: string;
  readonly socket: string;
  readonly deployment: string;
}

export function pathsOf(folder: string): DataPaths {
  return {
    folder,
    log: join(folder, 'log.sqlite'),
    clickhouse: join(folder, 'clickhouse'),
    archiveOffsets: join(folder, 'archive-offsets.json'),
    socket: join(folder, 'weir.sock'),
    deployment: join(folder, 'deployment.json'),
  };
}

/** What later commands need to know of the deployment; limits are in the journal's policies. */
export type SavedDeployment = Omit<Deployment, 'portfolios'> & {
  readonly portfolios: readonly Pick<PortfolioSetup, 'portfolio' | 'ordinal'>[];
  /** The demo may replace what an earlier demo left. */
  readonly demo: boolean;
};

export function saveDeployment(paths: DataPaths, deployment: Deployment, demo: boolean): void {
  mkdirSync(paths.folder, { recursive: true });
  const portfolios = deployment.portfolios.map(({ portfolio, ordinal }) => ({ portfolio, ordinal }));
  const saved: SavedDeployment = { ...deployment, portfolios, demo };
  replaceFile(paths.deployment, `${JSON.stringify(saved, null, 2)}\n`);
}

/** null where nothing was ever started in the folder. */
export function readDeployment(paths: DataPaths): SavedDeployment | null {
  if (!existsSync(paths.deployment)) return null;
  return JSON.parse(readFileSync(paths.deployment, 'utf8')) as SavedDeployment;
}
