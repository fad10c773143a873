// Which records of an input have effect: of a fold by its watermark, of everybody else the first with its id.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope, SourcePosition } from '../envelope.ts';
import { STAGES } from '../stages.ts';
import { firstSeen, type IdTable } from './id-table.ts';

/** Last position taken of what one upstream partition of a fold has written. */
export interface Watermark {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  offset: number;
  index: number;
}

/** How far one partition of an input was taken. */
export interface InputTrack {
  readonly topic: string;
  readonly partition: number;
  /** Next offset to take. */
  next: number;
  last_tick: Micros;
  readonly watermarks: Watermark[];
}

const FOLDS: readonly string[] = STAGES.filter((stage) => stage.kind === 'fold').map((stage) => stage.name);

/**
 * Records of merge points, effects and sources that count once by their id. Of a Signal the enrichment stage decides (the
 * same id with another body is a conflict, not a copy); a Mark repeats by nature; market records have no id.
 */
const OWN_ID: ReadonlySet<string> = new Set([
  'EnrichedSignal',
  'OrderEvent',
  'ExitTrigger',
  'Analysis',
  'Verdict',
  'Control',
  'PolicyActivated',
  'CashFlow',
]);

export function newTrack(topic: string, partition: number): InputTrack {
  return { topic, partition, next: 0, last_tick: -1, watermarks: [] };
}

/** True when the record has effect; remembers it. */
export function admit(track: InputTrack, ids: IdTable, record: AnyEnvelope): boolean {
  if (record.retry_of !== '') {
    if (!firstSeen(ids, `retry ${record.retry_of}`, record.at)) return false;
    return record.id === '' || firstSeen(ids, idOf(record), record.at);
  }
  if (record.type === 'Tick') {
    if (record.value.tick_at <= track.last_tick) return false;
    track.last_tick = record.value.tick_at;
    return true;
  }
  if (record.source !== null && isFold(record.source.stage)) return passes(track.watermarks, record.source);
  if (record.id === '' || !OWN_ID.has(record.type)) return true;
  return firstSeen(ids, idOf(record), record.at);
}

/** Asked of every derived record: three comparisons cost less than one look into a Set. */
function isFold(stage: string): boolean {
  for (const fold of FOLDS) if (fold === stage) return true;
  return false;
}

/** One signal is enriched once per portfolio, one call is analysed in phases: there the id alone is not enough. */
export function idOf(record: AnyEnvelope): string {
  if (record.type === 'EnrichedSignal') return `${record.id} ${record.key}`;
  if (record.type === 'Analysis') return `${record.id} ${record.value.phase}`;
  return record.id;
}

function passes(watermarks: Watermark[], source: SourcePosition): boolean {
  for (const mark of watermarks) {
    if (mark.partition !== source.partition || mark.stage !== source.stage || mark.topic !== source.topic) continue;
    if (source.offset < mark.offset || (source.offset === mark.offset && source.index <= mark.index)) return false;
    mark.offset = source.offset;
    mark.index = source.index;
    return true;
  }
  watermarks.push({ ...source });
  return true;
}
