// The store of an archive, and how its records become rows there, from its settings.
import { setTimeout as wait } from 'node:timers/promises';
import { openEmbeddedStore, openServerStore, type Store } from '../../clickhouse/client.ts';
import { instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { parseSignal } from '../signals/validator.ts';
import type { ArchivedRecord } from './archived-record.ts';
import type { ArchiveSettings } from './messages.ts';
import type { Storing } from './part.ts';

export function openStore({ clickhouse, database }: Pick<ArchiveSettings, 'clickhouse' | 'database'>): Store {
  return 'url' in clickhouse ? openServerStore(clickhouse, database) : openEmbeddedStore(clickhouse.path, database);
}

/** `letter` writes the dead letter of a record that no row can hold; resolves when it is acknowledged. */
export function storingOf(
  settings: ArchiveSettings,
  store: Store,
  letter: (record: ArchivedRecord, reason: string) => Promise<void>,
): Storing {
  const catalog = instrumentCatalog(settings.catalog);
  const sources = sourceTable(settings.sources);
  return {
    store,
    now: () => Date.now() * 1000,
    batch: {
      world: settings.world,
      raw: settings.raw,
      market: settings.market,
      readSignal: (bytes) => {
        const verdict = parseSignal(bytes, catalog, sources);
        return 'violations' in verdict ? null : { id: verdict.signal_id, value: verdict.signal };
      },
    },
    insert: {
      sleep: (seconds) => wait(seconds * 1000, undefined, { ref: false }),
      random: Math.random,
      retry_total_s: settings.retry_total_s,
    },
    // A letter that cannot be stored is not written again: its raw row is.
    refuse: async (record, reason) => {
      if (record.envelope.topic !== 'dead-letters.v1') await letter(record, reason);
    },
  };
}
