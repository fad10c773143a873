// The dead letters that name a stage's partition: records that an operator has parked, and letters that need no second copy.
import { sha256Hex } from '../../schemas/hash.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { LocalLog } from '../log/log.ts';
import { bytesOf } from '../log/sqlite-row.ts';
import { isTopicName } from '../topics.ts';
import { StageStopped } from './stopped.ts';
import { positionText } from './take.ts';

export interface StageLetters {
  /** Position of a record to the letter that parked it: exactly these are skipped. */
  readonly parked: ReadonlyMap<string, AnyEnvelope>;
  readonly ids: ReadonlySet<string>;
}

type LetterLog = Pick<LocalLog, 'topology' | 'startNow' | 'readNow'>;

/** Throws StageStopped when a parked position holds another record than the letter says. */
export function lettersOf(log: LetterLog, stage: string, partition: number): StageLetters {
  const parked = new Map<string, AnyEnvelope>();
  const ids = new Set<string>();
  for (let p = 0; p < log.topology.partitions['dead-letters.v1']; p++) {
    let next = log.startNow('dead-letters.v1', p);
    for (;;) {
      const records = log.readNow('dead-letters.v1', p, next, 256);
      for (const record of records) {
        next = record.offset + 1;
        if (record.type !== 'DeadLetter' || record.value.stage !== stage) continue;
        ids.add(record.value.dead_letter_id);
        if (record.value.status !== 'PARKED' || record.value.error_class !== 'FOLD_STOPPED') continue;
        checkHash(log, stage, partition, record.value);
        parked.set(positionText(record.value), record);
      }
      if (records.length === 0) break;
    }
  }
  return { parked, ids };
}

function checkHash(
  log: LetterLog,
  stage: string,
  partition: number,
  letter: { readonly topic: string; readonly partition: number; readonly offset: number; readonly value_sha256: string | null },
): void {
  if (letter.value_sha256 === null || !isTopicName(letter.topic)) return;
  const [record] = log.readNow(letter.topic, letter.partition, letter.offset, 1);
  const found = record === undefined ? 'no record' : sha256Hex(bytesOf(record));
  if (found === letter.value_sha256) return;
  throw new StageStopped(stage, partition, 'LOG_CHANGED', letter, `parked with SHA-256 ${letter.value_sha256}, found ${found}`);
}
