// One step of an owner: takes what its inputs have at hand, in the order of their appends as far as clocks tell.
import type { Micros } from '../../../schemas/time.ts';
import type { AnyEnvelope } from '../../envelope.ts';
import type { Draft } from '../../log/draft.ts';
import { take } from '../take.ts';
import type { Task } from '../task.ts';
import { effectOf, type Input } from './input.ts';

interface Head {
  /** Entries of the queue that are done with. */
  done: number;
  /** The next record that has effect; undefined: to be looked for, null: there is none. */
  record: AnyEnvelope | null | undefined;
}

/**
 * Returns the first record taken; what the steps emit is added to `out`. Throws StageStopped, with all before it in `out`.
 * `ends`: what stands in an input below its end is waited for, so that nothing of another input that came later goes before it.
 */
export function takeSome(
  task: Task,
  inputs: readonly Input[],
  max: number,
  now: Micros,
  out: Draft[],
  ends: ReadonlyMap<Input, number> | null = null,
): AnyEnvelope | null {
  const heads = inputs.map((): Head => ({ done: 0, record: undefined }));
  let first: AnyEnvelope | null = null;
  try {
    for (let taken = 0; taken < max; taken++) {
      let next: Head | null = null;
      let awaited = false;
      inputs.forEach((input, i) => {
        const head = heads[i];
        if (head === undefined) return;
        if (head.record === undefined) look(task, input, head);
        if (head.record === null && input.read < (ends?.get(input) ?? 0)) awaited = true;
        if (head.record && (!next?.record || head.record.at < next.record.at)) next = head;
      });
      const chosen = next as Head | null;
      if (!chosen?.record || awaited) break;
      const { record } = chosen;
      first ??= record;
      take(task, record, task.row.kind === 'fold' ? record.at : Math.max(now, record.at), out);
      chosen.done += 1;
      chosen.record = undefined;
    }
  } finally {
    // A head that was not taken stays: looked at again it counts, or not, as before.
    inputs.forEach((input, i) => {
      input.queue.splice(0, heads[i]?.done ?? 0);
    });
  }
  return first;
}

function look(task: Task, input: Input, head: Head): void {
  for (; head.done < input.queue.length; head.done++) {
    const entry = input.queue[head.done];
    const record = entry === undefined ? null : effectOf(task, input, entry);
    if (record === null) continue;
    head.record = record;
    return;
  }
  head.record = null;
}
