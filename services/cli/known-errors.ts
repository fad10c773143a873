// What errors of the layers below mean to the person at the command line: an exit code, a name, and how it is mended.
import { StoreError } from '../../clickhouse/client.ts';
import { MigrationError } from '../../clickhouse/migrate.ts';
import { DataDirectoryLockedError, LogFullError, messageOf } from '../../topology/log/errors.ts';
import { RegistryAwayError, RegistryDiffersError, RegistryRefusedError } from '../../topology/registry/registry-errors.ts';
import { StageStopped } from '../../topology/runtime/stopped.ts';
import { StoreAwayError } from '../archive/insert.ts';
import { PolicyFileError } from '../deployment/policy-file.ts';
import { CommandError, EXIT } from './exit-codes.ts';

const UNREADABLE: ReadonlySet<unknown> = new Set(['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR']);

function isUnreadable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNREADABLE.has(error.code);
}

/** null for what nobody foresaw: that is a bug, and keeps its stack. */
export function commandErrorOf(error: unknown): CommandError | null {
  if (error instanceof CommandError) return error;
  if (error instanceof StoreAwayError)
    return new CommandError(
      EXIT.DEPENDENCY_AWAY,
      'CLICKHOUSE_AWAY',
      error.message,
      'start ClickHouse, or look at WEIR_CLICKHOUSE_URL',
    );
  if (error instanceof StoreError && error.code !== 0)
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      `CLICKHOUSE_${error.code}`,
      error.message,
      'look at WEIR_CLICKHOUSE_*, and at the rights of this user there',
    );
  if (error instanceof RegistryAwayError)
    return new CommandError(
      EXIT.DEPENDENCY_AWAY,
      'REGISTRY_AWAY',
      error.message,
      'start the registry, or look at WEIR_KAFKA_REGISTRY_URL',
    );
  if (error instanceof RegistryDiffersError)
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      'REGISTRY_DIFFERS',
      error.message,
      '`weir schemas register`, then `weir schemas diff`; look at WEIR_KAFKA_REGISTRY_URL and WEIR_KAFKA_REGISTRY_MAP_FILE',
    );
  if (error instanceof RegistryRefusedError && (error.status === 401 || error.status === 403))
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      'REGISTRY_REFUSED',
      error.message,
      'look at WEIR_KAFKA_REGISTRY_USERNAME and its password',
    );
  if (error instanceof RegistryRefusedError)
    return new CommandError(EXIT.CHECK_FAILED, 'SCHEMA_REFUSED', error.message, '`weir schemas check` says what is incompatible');
  if (error instanceof MigrationError)
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      error.code,
      error.message.replace(`${error.code}: `, ''),
      'use the version of Weir that the database belongs to, or another WEIR_CLICKHOUSE_DATABASE',
    );
  if (error instanceof PolicyFileError)
    return new CommandError(EXIT.BAD_CONFIGURATION, 'POLICY_INVALID', error.message, 'mend the fields named above');
  if (error instanceof DataDirectoryLockedError)
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      'DATA_DIRECTORY_LOCKED',
      error.message,
      'wait until it has ended, stop it, or give another folder with --data',
    );
  if (error instanceof LogFullError)
    return new CommandError(
      EXIT.DEPENDENCY_AWAY,
      'LOG_FULL',
      error.message,
      'nothing acknowledged is lost: free space, then start the same command again',
    );
  if (error instanceof StageStopped)
    return new CommandError(EXIT.FAILURE, 'STAGE_STOPPED', error.message, 'nothing was published from this record on');
  if (isUnreadable(error))
    return new CommandError(EXIT.BAD_CONFIGURATION, 'FILE_UNREADABLE', messageOf(error), 'give a file that exists');
  return null;
}
