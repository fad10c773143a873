// The archive beside its owner: started while the pipeline already runs, asked through the gateway, and never in its way.
import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../../clickhouse/client.ts';
import { bindQuery, QueryError } from '../../clickhouse/queries.ts';
import type { ArchiveSettings } from '../archive/messages.ts';
import { type Archive, type ArchiveRow, type RefusedRecord, startArchive } from '../archive/owner.ts';
import { type ArchiveReads, ReadRefused } from '../gateway/ports.ts';
import type { OwnerLog } from './owner-events.ts';

export type ArchiveState = 'off' | 'starting' | 'running' | 'troubled';

export interface OwnedArchive {
  state(): ArchiveState;
  /** The last thing that went wrong; '' if nothing did. */
  detail(): string;
  /** Null until it runs. */
  reads(): ArchiveReads | null;
  /** Stores what the log still holds, as far as there is time, and ends the archive's process. */
  stop(): Promise<void>;
}

export const NO_ARCHIVE: OwnedArchive = { state: () => 'off', detail: () => '', reads: () => null, stop: async () => undefined };

const DRAIN_MS = 10_000;
/** Between attempts to start; after the last one the archive counts as away. */
const BACKOFF_MS = [2_000, 4_000, 8_000, 16_000, 30_000] as const;

export interface ArchiveOwnership {
  readonly settings: ArchiveSettings;
  readonly log: OwnerLog;
  /** Appends the dead letter of a record that no row can hold. */
  readonly letter: (refused: RefusedRecord) => Promise<void>;
  /** The archive cannot start at all. */
  readonly away: (error: unknown) => void;
}

export function ownArchive(of: ArchiveOwnership): OwnedArchive {
  let archive: Archive | null = null;
  let state: ArchiveState = 'starting';
  let detail = '';
  const trouble = (message: string): void => {
    state = 'troubled';
    detail = message;
    of.log({ event: 'archive-trouble', message });
  };
  /** It answers: whatever the trouble was, it is over. */
  const worked = (): void => {
    state = 'running';
    detail = '';
  };
  const stopping = new AbortController();
  const starting = start();

  /** The engine may still be held by the archive of an owner that was killed a moment ago. */
  async function start(): Promise<void> {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      try {
        archive = await startArchive(of.settings, { letter: of.letter, trouble });
        worked();
        return of.log({ event: 'archive-ready' });
      } catch (error) {
        trouble(error instanceof Error ? error.message : String(error));
        const backoff = BACKOFF_MS[attempt];
        if (backoff === undefined) return of.away(error);
        await wait(backoff, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return {
    state: () => state,
    detail: () => detail,
    reads: () => (archive === null ? null : readsOf(archive, of.settings.database, worked)),
    async stop() {
      stopping.abort();
      await starting;
      if (archive === null) return;
      await Promise.race([archive.drained().catch(() => undefined), wait(DRAIN_MS, undefined, { ref: false })]);
      await archive.stop();
    },
  };
}

/** `worked` hears of every answer. */
export function readsOf(
  archive: Pick<Archive, 'query' | 'select'>,
  database: string,
  worked: () => void = () => undefined,
): ArchiveReads {
  async function asked(read: () => Promise<ArchiveRow[]>): Promise<ArchiveRow[]> {
    try {
      const rows = await read();
      worked();
      return rows;
    } catch (error) {
      throw asRefusal(error);
    }
  }
  return {
    query: (name, params) =>
      asked(() => {
        const bound = bindQuery(database, name, params);
        return archive.query(bound.name, bound.statement, bound.params);
      }),
    select: (statement) => asked(() => archive.select(statement)),
  };
}

/** Without a number it is the archive that failed, not the statement. */
function asRefusal(error: unknown): unknown {
  if (error instanceof QueryError) return new ReadRefused(error.code, error.message);
  if (error instanceof StoreError && error.code !== 0) return new ReadRefused(`CLICKHOUSE_${error.code}`, error.message);
  return error;
}
