// How far an owner has come in its inputs and outputs, as it goes into a snapshot.
import type { SharedLog } from '../../log/shared-log.ts';
import type { Task } from '../task.ts';
import type { Watched } from './claim-watch.ts';
import type { Input } from './input.ts';
import type { OwnOutput } from './own-outputs.ts';
import type { Taken, TakenOutput } from './snapshots.ts';

/** `watched`: who reads the claimed outputs. Nothing may be taken or published before it resolves. */
export async function takenOf(
  log: SharedLog,
  task: Task,
  inputs: readonly Input[],
  outputs: readonly OwnOutput[],
  watched: ReadonlyMap<OwnOutput, Watched>,
): Promise<Taken> {
  const takenOutput = async (output: OwnOutput): Promise<TakenOutput> => {
    const { place, last } = output;
    const { topic, partition } = place;
    const by = watched.get(output);
    const end = by === undefined ? await log.endOffset(topic, partition) : by.position();
    const table = by === undefined ? new Map(output.table) : by.table();
    return { topic, partition, end, table, last_offset: last?.offset ?? -1, last_index: last?.index ?? 0 };
  };
  return {
    outputs: await Promise.all(outputs.map(takenOutput)),
    inputs: inputs.map(({ place, table }) => ({
      ...place,
      next: task.trackOf(place.topic, place.partition).next,
      table: new Map(table),
    })),
  };
}
