// For tests: everything that a log holds as text, one line per record, so that two runs can be compared.
import type { LocalLog } from '../log/log.ts';
import { TOPICS, type TopicName } from '../topics.ts';

/** Without snapshots, whose places in the order depend on when they were taken. */
export function printedLog(log: LocalLog, without: readonly TopicName[] = []): string[] {
  const lines: string[] = [];
  for (const topic of TOPICS) {
    if (topic.name === 'snapshots.v1' || without.includes(topic.name)) continue;
    for (let p = 0; p < log.topology.partitions[topic.name]; p++) {
      for (const record of log.readNow(topic.name, p, log.startNow(topic.name, p), Number.MAX_SAFE_INTEGER)) {
        const { sequence: _sequence, at: _at, ...rest } = record;
        lines.push(JSON.stringify(sorted(rest)));
      }
    }
  }
  return lines;
}

function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]).filter(([, inner]) => !isBlank(inner)));
}

/** What a blank record holds anyway would only make a difference hard to see. */
function isBlank(value: unknown): boolean {
  if (value === null || value === 0 || value === '' || value === false || value === '0n') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The first line in which two printed logs differ, of both; null if none. */
export function firstDifferentLine(a: readonly string[], b: readonly string[]): readonly [string, string] | null {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] !== b[i]) return [a[i] ?? 'nothing', b[i] ?? 'nothing'];
  }
  return null;
}
