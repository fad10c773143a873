// The plain port over a shared log: opening is a Claim, what does not count is not read, and an append is refused that does not count.
import type { AnyEnvelope } from '../envelope.ts';
import { type TopicName, topicOf } from '../topics.ts';
import { type Claim, type ClaimTable, countEntry } from './claims.ts';
import { FencedError, LogClosedError, messageOf, OffsetGoneError } from './errors.ts';
import type { Log, Owner } from './log.ts';
import type { LogEntry, Outgoing, SharedLog } from './shared-log.ts';

export interface CountedOptions {
  /** Unlike that of every other process that ever was. */
  readonly member: string;
  /** Partitions that the stage's partition writes, each of which gets the Claim. */
  readonly outputs: (stage: string, partition: number) => readonly { readonly topic: TopicName; readonly partition: number }[];
  readonly slot: (stage: string, partition: number) => string;
}

interface Reader {
  next: number;
  readonly table: ClaimTable;
}

/**
 * For tests, tools and whoever writes little: each claimed append is read back. Reads begin at the start of the partition, so
 * that every Claim is known.
 */
export function countedLog(log: SharedLog, options: CountedOptions): Log {
  const claims = new Map<Owner, Claim>();
  let opened = 0;
  let closed = '';

  function check(): void {
    if (closed !== '') throw new LogClosedError(closed);
  }

  /** Every entry of the partition from the reader's place to its end now. */
  async function* entries(topic: TopicName, partition: number, from: number): AsyncGenerator<LogEntry> {
    const end = await log.endOffset(topic, partition);
    let next = from;
    while (next < end) {
      const found = await log.read(topic, partition, next, 512);
      for (const entry of found) {
        if (entry.offset >= end) return;
        yield entry;
        next = entry.offset + 1;
      }
      if (found.length > 0) continue;
      await log.waitFor(topic, partition, next);
      // Nothing of what was there is left: compaction has removed it.
      if ((await log.read(topic, partition, next, 1)).length === 0) return;
    }
  }

  async function counted(topic: TopicName, partition: number, from: number, max: number): Promise<readonly AnyEnvelope[]> {
    const start = await log.startOffset(topic, partition);
    if (from < start) throw new OffsetGoneError(topic, partition, from, start);
    const reader: Reader = { next: start, table: new Map() };
    const found: AnyEnvelope[] = [];
    const newest = new Map<string, number>();
    const { compacted } = topicOf(topic);
    if (compacted) for await (const entry of entries(topic, partition, start)) newest.set(entry.key, entry.offset);
    for await (const entry of entries(topic, partition, start)) {
      if (countEntry(reader.table, entry) !== 'counts' || entry.offset < from) continue;
      if (compacted && newest.get(entry.key) !== entry.offset) continue;
      found.push(entry.record());
      if (found.length === max) break;
    }
    return found;
  }

  /** True when the Claim is still in force at the offset. */
  async function isInForce(claim: Claim, topic: TopicName, partition: number, at: number): Promise<boolean> {
    const table: ClaimTable = new Map();
    for await (const entry of entries(topic, partition, await log.startOffset(topic, partition))) {
      if (entry.offset > at) break;
      countEntry(table, entry);
    }
    return table.get(claim.slot) === claim.id;
  }

  return {
    driver: 'kafka',
    topology: log.topology,
    async append(batch, owner) {
      check();
      const claim = owner === undefined ? null : (claims.get(owner) ?? null);
      if (owner !== undefined && claim === null) throw new FencedError(owner.stage, owner.partition, owner.number, opened);
      const result = await log.append(batch.map((draft): Outgoing => ({ kind: 'RECORD', draft, claim })));
      if (owner === undefined || claim === null) return result;
      for (const { topic, partition, offset, count } of result) {
        if (await isInForce(claim, topic, partition, offset + count - 1)) continue;
        throw new FencedError(owner.stage, owner.partition, owner.number, opened);
      }
      return result;
    },
    async read(topic, partition, from, max) {
      check();
      return counted(topic, partition, from, max);
    },
    startOffset: (topic, partition) => log.startOffset(topic, partition),
    endOffset: (topic, partition) => log.endOffset(topic, partition),
    async waitFor(topic, partition, from) {
      check();
      try {
        await log.waitFor(topic, partition, from);
      } catch (error) {
        throw error instanceof LogClosedError ? error : new LogClosedError(messageOf(error));
      }
    },
    async open(stage, partition) {
      check();
      opened += 1;
      const owner = { stage, partition, number: opened };
      const claim = { slot: options.slot(stage, partition), id: `${options.member}#${opened}` };
      const outputs = options.outputs(stage, partition);
      await log.append(outputs.map((of): Outgoing => ({ kind: 'CLAIM', ...of, claim })));
      claims.set(owner, claim);
      return owner;
    },
    incarnation: (topic) => log.incarnation(topic),
    async forget(topic, partition, keys) {
      await log.append([...keys].map((key): Outgoing => ({ kind: 'EMPTY', topic, partition, key })));
    },
    async close() {
      if (closed !== '') return;
      closed = 'by its owner';
      await log.close();
    },
  };
}
