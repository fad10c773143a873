// Which partition a key belongs to: Java-compatible murmur2 of the part of the key that its topic is partitioned by.
import { murmur2 } from './murmur2.ts';
import { type KeyKind, type TopicName, topicOf } from './topics.ts';

const encoder = new TextEncoder();

/** Keys are few (instruments, portfolios), so each is hashed once; a flood of foreign keys empties the cache. */
const CACHE_LIMIT = 65_536;
const caches = new Map<TopicName, { readonly kind: KeyKind; readonly hashes: Map<string, number> }>();

/** Partition of a record of `topic` under `key` where the topic has `partitions` partitions. */
export function partitionFor(topic: TopicName, key: string, partitions: number): number {
  if (partitions === 1) return 0;
  let cache = caches.get(topic);
  if (cache === undefined) {
    cache = { kind: topicOf(topic).key, hashes: new Map() };
    caches.set(topic, cache);
  }
  let hash = cache.hashes.get(key);
  if (hash === undefined) {
    hash = murmur2(encoder.encode(partitionedPart(cache.kind, key))) & 0x7fffffff;
    if (cache.hashes.size >= CACHE_LIMIT) cache.hashes.clear();
    cache.hashes.set(key, hash);
  }
  return hash % partitions;
}

/** `BTC-USDT|pf-1` lies where `pf-1` lies; every snapshot of a stage partition lies in one partition. */
function partitionedPart(kind: KeyKind, key: string): string {
  if (kind === 'instrument|portfolio') return key.slice(key.indexOf('|') + 1);
  if (kind === 'snapshot') return key.split('/', 2).join('/');
  return key;
}
