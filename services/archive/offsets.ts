// The archive's committed offsets: a small file, replaced whole, so that it is never half written.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { TopicName } from '../../topology/topics.ts';

const offsetsSchema = z.record(z.string(), z.int().nonnegative());

export interface OffsetStore {
  /** Next offset to archive; null where nothing was committed. */
  committed(topic: TopicName, partition: number): number | null;
  commit(topic: TopicName, partition: number, next: number): void;
}

export function offsetFile(path: string): OffsetStore {
  const offsets = new Map<string, number>(read(path));
  return {
    committed: (topic, partition) => offsets.get(`${topic}/${partition}`) ?? null,
    commit: (topic, partition, next) => {
      offsets.set(`${topic}/${partition}`, next);
      // Not flushed, as by replaceFile: it is written after every batch, and what a loss of power takes is archived once more.
      writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(offsets)));
      renameSync(`${path}.new`, path);
    },
  };
}

/** What is missing, or was cut short by a loss of power, is archived once more: that changes no result. */
function read(path: string): [string, number][] {
  try {
    return Object.entries(offsetsSchema.parse(JSON.parse(readFileSync(path, 'utf8'))));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return [];
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
