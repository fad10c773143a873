// `weir decisions tail`: the newest decisions, and with --follow those to come.
import { setTimeout as wait } from 'node:timers/promises';
import type { Decision } from '../../schemas/records.generated.ts';
import { formatTime } from '../../schemas/time.ts';
import type { SqliteReader } from '../../topology/log/sqlite-reader.ts';
import { asksArchive, newestDecisions } from './archived-decisions.ts';
import { type ArchiveAccess, withArchive, withLog } from './data-access.ts';
import { decisionLine } from './decision-line.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { recordsOf } from './find-decision.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';

export interface TailOptions extends CommonOptions {
  readonly limit: number;
  readonly follow?: boolean;
}

const POLL_MS = 200;
const ARCHIVE_POLL_MS = 1_000;
/** Newest ones that are looked at each time. */
const FOLLOWED = 200;

function print(decision: Decision, output: Output): void {
  const line = decisionLine(decision);
  if (line === null) return;
  const { decision_id, decided_at, kind, action, reason_code, instrument, side, source, strategy, portfolio } = decision;
  output.document({
    decision_id,
    decided_at: formatTime(decided_at),
    portfolio,
    kind,
    action,
    reason_code,
    instrument,
    side,
    source,
    strategy,
  });
  output.line(line);
}

async function follow(reader: SqliteReader, partitions: number, output: Output): Promise<void> {
  const interrupt = listenForInterrupt();
  const next = Array.from({ length: partitions }, (_, p) => reader.endOffset('decisions.v1', p));
  while (interrupt.code() === 0) {
    for (const [partition, from] of next.entries()) {
      for (const { envelope } of reader.read('decisions.v1', partition, from, 100)) {
        next[partition] = envelope.offset + 1;
        if (envelope.type === 'Decision') print(envelope.value, output);
      }
    }
    await wait(POLL_MS);
  }
  interrupt.release();
}

/** Asks again and again: what was printed is not printed again. */
async function followArchive(archive: ArchiveAccess, printed: Set<string>, output: Output): Promise<void> {
  const interrupt = listenForInterrupt();
  while (interrupt.code() === 0) {
    for (const decision of await newestDecisions(archive, FOLLOWED)) {
      if (printed.has(decision.decision_id)) continue;
      printed.add(decision.decision_id);
      print(decision, output);
    }
    await wait(ARCHIVE_POLL_MS);
  }
  interrupt.release();
}

function archivedTail(options: TailOptions, output: Output): Promise<ExitCode> {
  return withArchive(options, async (archive) => {
    const newest = await newestDecisions(archive, options.limit);
    for (const decision of newest) print(decision, output);
    if (newest.length === 0) output.note('no decision yet');
    const known = await newestDecisions(archive, FOLLOWED);
    const printed = new Set([...newest, ...known].map(({ decision_id }) => decision_id));
    if (options.follow === true) await followArchive(archive, printed, output);
    return EXIT.OK;
  });
}

export function decisionsTail(options: TailOptions, output: Output): Promise<ExitCode> {
  if (asksArchive(options)) return archivedTail(options, output);
  return withLog(options.data, async (reader, { partitions }) => {
    const newest: Decision[] = [];
    for (const record of recordsOf(reader, 'decisions.v1', partitions)) {
      if (record.type !== 'Decision' || decisionLine(record.value) === null) continue;
      newest.push(record.value);
      if (newest.length > options.limit) newest.shift();
    }
    for (const decision of newest) print(decision, output);
    if (newest.length === 0) output.note('no decision yet');
    if (options.follow === true) await follow(reader, partitions, output);
    return EXIT.OK;
  });
}
