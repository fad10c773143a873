// Takes a data directory for one run: its lock, and the checks that what stands in it is what is to go on.
import { type DataLock, lockDataDirectory } from '../../topology/log/data-lock.ts';
import { DataDirectoryLockedError } from '../../topology/log/errors.ts';
import { type DataPaths, readDeployment } from '../deployment/data-directory.ts';
import type { Origin } from '../market/live/origin.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { originIn } from './owner-market.ts';
import type { RunAllOptions } from './run-all.ts';

/** Throws a CommandError that names the owner and its address. */
export function lockOf(data: string): DataLock {
  try {
    return lockDataDirectory(data);
  } catch (error) {
    if (!(error instanceof DataDirectoryLockedError)) throw error;
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'DATA_DIRECTORY_LOCKED',
      error.message,
      'stop that process, or give another folder with --data',
    );
  }
}

/** The market's origin; null where there is no market. Throws a CommandError where another run or another market began here. */
export function checkDirectory(paths: DataPaths, { deployment, market }: RunAllOptions): Origin | null {
  const before = readDeployment(paths);
  if (before !== null && before.run_id !== deployment.run_id) {
    const message = `${paths.folder} holds run ${before.run_id}, this one is ${deployment.run_id}`;
    throw new CommandError(EXIT.BAD_CONFIGURATION, 'DATA_DIRECTORY_OTHER_RUN', message, 'give another folder with --data');
  }
  return market === null ? null : originIn(paths.folder, market.seed, market.scenario);
}
