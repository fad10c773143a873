// What a stage's partition finds of its own in one output partition when it opens: what it derives again must equal it, or is left out.

import type { AnyEnvelope, SourcePosition } from '../../envelope.ts';
import { type ClaimTable, countEntry } from '../../log/claims.ts';
import type { Draft } from '../../log/draft.ts';
import type { LogEntry } from '../../log/shared-log.ts';
import { idOf } from '../admission.ts';
import { compare, diverged, nameOf } from '../standing.ts';
import { StageStopped } from '../stopped.ts';
import type { Task } from '../task.ts';
import type { OutputPlace } from './outputs.ts';
import type { TakenOutput } from './snapshots.ts';

export interface Position {
  readonly offset: number;
  readonly index: number;
}

export interface OwnOutput {
  readonly place: OutputPlace;
  readonly table: ClaimTable;
  /** Next offset to be read while opening; afterwards one more than the last acknowledged. */
  next: number;
  /** Input position of the last own record that stands or was acknowledged; null if none. */
  last: Position | null;
  /** Of folds: found in the log and not yet derived again, in order. */
  readonly found: AnyEnvelope[];
  matched: number;
  /** Read from somewhere after the very start, without a table: a Claim may lie before it. */
  readonly cut: boolean;
  /** Of the others: what stands counts, whatever is derived now. */
  readonly ids: Set<string>;
  /** Input partition to the highest offset that something found here was derived from. */
  readonly inputs: Map<string, number>;
}

export function newOwnOutput(place: OutputPlace, start: number, from: TakenOutput | undefined): OwnOutput {
  const last = from === undefined || from.last_offset < 0 ? null : { offset: from.last_offset, index: from.last_index };
  return {
    place,
    table: new Map(from?.table ?? []),
    next: Math.max(from?.end ?? 0, start),
    last,
    found: [],
    matched: 0,
    cut: from === undefined && start > 0,
    ids: new Set(),
    inputs: new Map(),
  };
}

export function isAfter(a: Position, b: Position | null): boolean {
  return b === null || a.offset > b.offset || (a.offset === b.offset && a.index > b.index);
}

/** Copies of a fold are compared by position; letters carry times, and others are made of what was read when: by id. */
function isCompared(task: Task, output: OwnOutput): boolean {
  return task.row.kind === 'fold' && output.place.topic !== 'dead-letters.v1';
}

/** Advances over one entry while opening, as any reader does: claim first, then watermark or id. */
export function meetOwn(task: Task, output: OwnOutput, slot: string, entry: LogEntry): void {
  const counting = countEntry(output.table, entry);
  output.next = entry.offset + 1;
  if (counting === 'unknown' && output.cut && entry.claim?.slot === slot) {
    const message = `written under claim ${entry.claim.id}, whose Claim lies before the start of the partition`;
    throw new StageStopped(task.stage.name, task.partition, 'LOG_CHANGED', entry, message);
  }
  if (counting !== 'counts' || !isOwn(task, output, slot, entry)) return;
  const record = entry.record();
  const { source } = record;
  if (source === null || record.retry_of !== '') return;
  if (record.type === 'DeadLetter' && record.value.error_class === 'FOLD_STOPPED') return;
  const input = `${source.topic}/${source.partition}`;
  if (isCompared(task, output)) {
    if (!isAfter(source, output.found.at(-1)?.source ?? output.last)) return;
    output.found.push(record);
  } else if (record.id !== '') {
    output.ids.add(idOf(record));
  }
  output.inputs.set(input, Math.max(output.inputs.get(input) ?? -1, source.offset));
}

function isOwn(task: Task, output: OwnOutput, slot: string, entry: LogEntry): boolean {
  if (output.place.claimed) return entry.claim?.slot === slot;
  if (!entry.source.startsWith(`${task.stage.name}/`)) return false;
  return task.row.kind !== 'fold' || entry.source.split('/')[2] === String(task.partition);
}

/** True: the draft stands. False: it is to be published. Throws StageStopped where the log holds something else. */
export function stands(task: Task, output: OwnOutput, draft: Draft): boolean {
  if (!isCompared(task, output)) return draft.id !== '' && output.ids.has(idOf(draft as AnyEnvelope));
  const { source } = draft;
  if (source === null) return false;
  const [head] = output.found;
  if (head === undefined || head.source === null) return !isAfter(source, output.last);
  const place = `${output.place.topic}/${output.place.partition}`;
  if (isAfter(source, head.source))
    throw diverged(task, head, `${place} offset ${head.offset}: ${nameOf(head)} stands, but was not derived again`);
  if (isAfter(head.source, source)) {
    // What lay before the first one found may be beyond retention.
    if (output.matched === 0) return true;
    throw diverged(task, draft, `${place}: ${nameOf(draft)} was derived, but does not stand`);
  }
  compare(task, draft, head);
  output.found.shift();
  output.matched += 1;
  output.last = positionOf(head.source);
  return true;
}

/** Throws StageStopped when something stands that the input up to here did not derive again. */
export function checkPassed(task: Task, output: OwnOutput): void {
  const [head] = output.found;
  if (head === undefined || head.source === null) return;
  const { topic, partition, offset } = head.source;
  const input = task.memory.tracks.find((track) => track.topic === topic && track.partition === partition);
  if (input === undefined || input.next <= offset) return;
  const place = `${output.place.topic}/${output.place.partition}`;
  throw diverged(task, head, `${place} offset ${head.offset}: ${nameOf(head)} stands, but was not derived again`);
}

/** The draft was acknowledged. */
export function acknowledged(output: OwnOutput, draft: Draft): void {
  output.next = Math.max(output.next, draft.offset + 1);
  if (draft.source !== null && isAfter(draft.source, output.last)) output.last = positionOf(draft.source);
}

/** The position has passed everything that stood when the outputs were opened. */
export function isCaughtUp(task: Task, outputs: readonly OwnOutput[]): boolean {
  return outputs.every(
    ({ found, inputs }) => found.length === 0 && [...inputs].every(([input, offset]) => isPassed(task, input, offset)),
  );
}

function isPassed(task: Task, input: string, offset: number): boolean {
  const track = task.memory.tracks.find((of) => `${of.topic}/${of.partition}` === input);
  // Where the stage's partitions write the same output, some of it was derived from what others of them read.
  return track === undefined || track.next > offset;
}

function positionOf({ offset, index }: SourcePosition): Position {
  return { offset, index };
}
