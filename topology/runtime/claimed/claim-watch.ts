// Tells who has claimed a partition that they write when somebody else claims it: one reader per process and partition.
import { type ClaimTable, countEntry } from '../../log/claims.ts';
import type { SharedLog } from '../../log/shared-log.ts';
import { type Place, placeText } from './outputs.ts';

export interface Watched {
  /** Offset of the next entry to be read. */
  position(): number;
  /** A copy, as of that position. */
  table(): ClaimTable;
  /** Resolves when everything below the offset has been read; rejects when it cannot be. */
  reaches(offset: number): Promise<void>;
  leave(): void;
}

/** Hears of every Claim of the slot, whoever's it is. */
export type ClaimListener = (id: string, offset: number) => void;

export interface ClaimWatch {
  /** `table` is complete as of `from`. Who joins a partition that is watched already may have missed Claims: see table(). */
  join(place: Place, from: number, table: ClaimTable, slot: string, listener: ClaimListener): Watched;
}

interface Listening {
  readonly slot: string;
  readonly listener: ClaimListener;
}

interface Waiting {
  readonly offset: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Watch {
  readonly place: Place;
  next: number;
  readonly table: ClaimTable;
  readonly listening: Set<Listening>;
  waiting: Waiting[];
  failure: unknown;
}

const CHUNK = 512;
/** Readers drop what a superseded owner writes, however late it learns of it: reading back soon would only cost. */
const PATIENCE_MS = 200;

export function createClaimWatch(log: SharedLog): ClaimWatch {
  const watches = new Map<string, Watch>();

  /** Ends when nobody listens any more. */
  async function follow(watch: Watch): Promise<void> {
    const { topic, partition } = watch.place;
    while (watch.listening.size > 0) {
      const entries = await log.read(topic, partition, watch.next, CHUNK);
      for (const entry of entries) {
        countEntry(watch.table, entry);
        watch.next = entry.offset + 1;
        if (entry.kind !== 'CLAIM' || entry.claim === null) continue;
        const { slot, id } = entry.claim;
        for (const listening of watch.listening) if (listening.slot === slot) listening.listener(id, entry.offset);
      }
      const still: Waiting[] = [];
      for (const waiting of watch.waiting) {
        if (waiting.offset <= watch.next) waiting.resolve();
        else still.push(waiting);
      }
      watch.waiting = still;
      if (entries.length === 0) await log.waitFor(topic, partition, watch.next, PATIENCE_MS);
    }
  }

  function start(place: Place, from: number, table: ClaimTable): Watch {
    const watch: Watch = { place, next: from, table: new Map(table), listening: new Set(), waiting: [], failure: null };
    watches.set(placeText(place), watch);
    return watch;
  }

  return {
    join(place, from, table, slot, listener) {
      const key = placeText(place);
      const running = watches.get(key);
      const watch = running ?? start(place, from, table);
      const listening = { slot, listener };
      watch.listening.add(listening);
      if (running === undefined) {
        void follow(watch)
          .catch((error: unknown) => {
            watch.failure = error;
            for (const waiting of watch.waiting) waiting.reject(error);
            watch.waiting = [];
          })
          .finally(() => {
            if (watches.get(key) === watch) watches.delete(key);
          });
      }
      return {
        position: () => watch.next,
        table: () => new Map(watch.table),
        reaches(offset) {
          if (watch.next >= offset) return Promise.resolve();
          if (watch.failure !== null) return Promise.reject(watch.failure);
          return new Promise((resolve, reject) => {
            watch.waiting.push({ offset, resolve, reject });
            // Somebody has to know now. What is wrong with the log the one who follows hears, too.
            log.waitFor(place.topic, place.partition, watch.next).catch(() => {});
          });
        },
        leave() {
          watch.listening.delete(listening);
        },
      };
    },
  };
}
