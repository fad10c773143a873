// When a partition writes its snapshots.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { STAGES } from '../../stages.ts';
import type { Topology } from '../../topology.ts';

/** Between snapshots, if nothing else is said. */
export const SNAPSHOT_EVERY: Micros = 60 * SECOND;

/** From 0 to 1: partitions that were opened together do not write their snapshots together. */
export function turnOf(stage: string, partition: number, { partitions }: Topology): number {
  const at = STAGES.findIndex(({ name }) => name === stage);
  const assigned = STAGES[at]?.inputs[0];
  return assigned === undefined ? 0 : (partition + at / STAGES.length) / partitions[assigned.topic];
}
