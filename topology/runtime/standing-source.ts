// What a source has already written: a run that was killed and started again skips it, and notices if it is another source.
import type { AnyEnvelope } from '../envelope.ts';
import type { LocalLog } from '../log/log.ts';
import { partitionFor } from '../partition.ts';
import { TOPICS } from '../topics.ts';
import { differenceOf, firstDifference } from './difference.ts';
import type { SourceRecord } from './source.ts';

export interface StandingSource {
  /** Records of the source in the log that were not yet met. */
  left(): number;
  /** True when the record stands (and is now met). Throws when another record stands in its place. */
  skips(record: SourceRecord): boolean;
  /** Second of the last Tick in the log; -Infinity if none. */
  readonly last_tick: number;
}

interface Place {
  next: number;
  left: number;
}

const CHUNK = 512;

export function standingSource(log: LocalLog): StandingSource {
  const places = new Map<string, Place>();
  let left = 0;
  let lastTick = Number.NEGATIVE_INFINITY;
  if (log.lastSequence() > 0) {
    for (const topic of TOPICS) {
      if (topic.name === 'snapshots.v1') continue;
      for (let p = 0; p < log.topology.partitions[topic.name]; p++) {
        const place: Place = { next: log.startNow(topic.name, p), left: 0 };
        for (let from = place.next; ; ) {
          const records = log.readNow(topic.name, p, from, CHUNK);
          for (const record of records) {
            from = record.offset + 1;
            if (isOfSource(record)) place.left += 1;
            if (record.type === 'Tick') lastTick = Math.max(lastTick, record.value.tick_at);
          }
          if (records.length === 0) break;
        }
        places.set(`${topic.name}/${p}`, place);
        left += place.left;
      }
    }
  }

  return {
    left: () => left,
    last_tick: lastTick,
    skips(record) {
      const partition = record.partition ?? partitionFor(record.topic, record.key, log.topology.partitions[record.topic]);
      const place = places.get(`${record.topic}/${partition}`);
      if (place === undefined || place.left === 0) return false;
      for (;;) {
        const [stands] = log.readNow(record.topic, partition, place.next, 1);
        if (stands === undefined) return false;
        place.next = stands.offset + 1;
        if (!isOfSource(stands)) continue;
        checkSame(record, stands);
        place.left -= 1;
        left -= 1;
        return true;
      }
    },
  };
}

/** Neither derived by a stage nor a Tick, which the clock makes. */
function isOfSource(record: AnyEnvelope): boolean {
  return record.source === null && record.type !== 'Tick';
}

function checkSame(record: SourceRecord, stands: AnyEnvelope): void {
  const found =
    firstDifference(record.type, stands.type, 'type') ??
    firstDifference(record.key, stands.key, 'key') ??
    differenceOf(record, stands);
  if (found === null) return;
  throw new RangeError(
    `source: ${stands.topic}/${stands.partition} offset ${stands.offset}: ${found.field} is ${found.derived} in the source and ${found.stands} in the log: the folder belongs to another run`,
  );
}
