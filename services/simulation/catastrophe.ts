// What no client can prevent: the log itself loses something. The stages that stood on it must stop rather than go on from something else.
import type { TopicName } from '../../topology/topics.ts';
import { SIMULATED, TOPOLOGY } from './pipeline.ts';
import type { World } from './world.ts';

export type Catastrophe = 'truncated' | 'hole' | 'trimmed' | 'remade';

/** The journal is what everything is derived from, so it is struck most. */
const TOPICS: readonly TopicName[] = [
  'journal.v1',
  'journal.v1',
  'journal.v1',
  'signals.v1',
  'market.v1',
  'decisions.v1',
  'orders.v1',
  'positions.v1',
  'trades.v1',
];
const CATASTROPHES: readonly Catastrophe[] = ['truncated', 'truncated', 'hole', 'hole', 'trimmed', 'remade'];
const LATEST = 8;

/** All processes die, the log loses something of one topic, and all processes start again. */
export function strikeLog(world: World): Catastrophe {
  const { chance, broker } = world;
  const kind = chance.pick(CATASTROPHES);
  const topic = chance.pick(TOPICS);
  const partition = chance.below(TOPOLOGY.partitions[topic]);
  for (const instance of world.instances) world.kill(instance);
  const end = broker.end(topic, partition);
  const lost = Math.max(broker.start(topic, partition), end - 1 - chance.below(LATEST));
  world.tell(`${topic}/${partition} is ${kind} at ${lost} of ${end}`);
  switch (kind) {
    case 'truncated':
      broker.truncate(topic, partition, lost);
      loseSnapshots(world, topic, partition, lost);
      world.rereadLog();
      break;
    case 'hole':
      broker.punch(topic, partition, lost);
      break;
    case 'trimmed':
      broker.trim(topic, partition, lost);
      // What was there once is derived again, and nobody can see that it was.
      world.copies_allowed = true;
      break;
    case 'remade':
      broker.remake(topic);
      world.rereadLog();
      break;
  }
  for (const stage of SIMULATED) world.start(stage);
  return kind;
}

/** With the end of a partition go the snapshots that have seen it: once the offsets are given again, nothing could tell. */
function loseSnapshots({ broker }: World, topic: TopicName, partition: number, from: number): void {
  const store = 'snapshots.v1';
  const isBeyond = (at: { readonly topic: string; readonly partition: number }, offset: number): boolean =>
    at.topic === topic && at.partition === partition && offset > from;
  for (let p = 0; p < TOPOLOGY.partitions[store]; p++) {
    for (const entry of broker.entries(store, p, 0, broker.end(store, p), broker.end(store, p))) {
      const record = entry.kind === 'RECORD' ? entry.record() : null;
      if (record?.type !== 'Snapshot') continue;
      const { inputs, outputs } = record.value;
      if (inputs.some((at) => isBeyond(at, at.offset)) || outputs.some((at) => isBeyond(at, at.end_offset)))
        broker.punch(store, p, entry.offset);
    }
  }
}
