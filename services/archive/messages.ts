// What the archive's process and its owner say to each other.
import type { QueryParam, ServerAddress } from '../../clickhouse/client.ts';
import type { KafkaSettings } from '../../topology/log/kafka/settings.ts';
import type { RegisteredSettings } from '../../topology/registry/registered-log.ts';
import type { Topology } from '../../topology/topology.ts';
import type { CatalogConfig } from '../signals/instrument.ts';
import type { SourceConfig } from '../signals/source.ts';
import type { World } from './batch.ts';

/** The embedded log, read as one more reader; the archive's positions lie in a file beside it. */
export interface EmbeddedSource {
  readonly path: string;
  readonly offsets: string;
  readonly partitions: number;
}

/** A shared log, read as a member of a group; the archive's positions lie in the store. */
export interface KafkaSource extends RegisteredSettings {
  readonly settings: KafkaSettings;
  readonly topology: Topology;
  readonly group: string;
}

export interface ArchiveSettings {
  readonly log: EmbeddedSource | KafkaSource;
  /** Directory of the embedded engine, or a server. */
  readonly clickhouse: { readonly path: string } | ServerAddress;
  readonly database: string;
  readonly world: World;
  readonly raw: boolean;
  readonly market: boolean;
  readonly batch_rows: number;
  /** On a shared log: how long a batch waits for more. */
  readonly batch_ms: number;
  readonly retry_total_s: number;
  /** As enrichment reads signals: what is not given has the same defaults. */
  readonly catalog: Partial<CatalogConfig> & { readonly instruments: readonly string[] };
  readonly sources: Readonly<Record<string, SourceConfig>>;
}

export type ToArchive =
  | { readonly type: 'start'; readonly settings: ArchiveSettings }
  | {
      readonly type: 'query';
      readonly id: number;
      readonly name: string;
      readonly statement: string;
      readonly params: Readonly<Record<string, QueryParam>>;
    }
  | { readonly type: 'select'; readonly id: number; readonly statement: string }
  /** Answered when everything that stands in the log now is archived. */
  | { readonly type: 'drain'; readonly id: number }
  | { readonly type: 'letter-stored'; readonly id: number }
  | { readonly type: 'stop' };

export type FromArchive =
  | { readonly type: 'ready' }
  | { readonly type: 'rows'; readonly id: number; readonly rows: Record<string, unknown>[] }
  | { readonly type: 'failed'; readonly id: number; readonly code: number; readonly message: string }
  | { readonly type: 'drained'; readonly id: number }
  | {
      readonly type: 'letter';
      readonly id: number;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly reason: string;
    }
  /** The store refused something only a person can judge: the archive stands still. */
  | { readonly type: 'refused'; readonly message: string }
  /** The last thing it says. */
  | { readonly type: 'failing'; readonly reason: string };
