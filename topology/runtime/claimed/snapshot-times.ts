// When a partition writes its snapshots.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { STAGES, type StageRow } from '../../stages.ts';
import type { Topology } from '../../topology.ts';

/** Between snapshots, if nothing else is said. */
export const SNAPSHOT_EVERY: Micros = 60 * SECOND;

/** From 0 to 1: partitions that were opened together do not write their snapshots together. */
export function turnOf(row: StageRow, partition: number, { partitions }: Topology): number {
  const [assigned] = row.inputs;
  return assigned === undefined ? 0 : (partition + STAGES.indexOf(row) / STAGES.length) / partitions[assigned.topic];
}
