// Decisions out of the archive: the records themselves, decoded from the bytes that it keeps.

import { existsSync } from 'node:fs';
import { decode, schemaLock } from '../../schemas/codec.ts';
import { parseDecimal } from '../../schemas/money.ts';
import type { Decision, RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { LaterPrice, Related } from '../decision/explain/explain.ts';
import { pathsOf } from '../deployment/data-directory.ts';
import type { ArchiveAccess, Rows } from './data-access.ts';
import { chosenDecision, LATER_HOURS } from './find-decision.ts';
import type { CommonOptions } from './options.ts';

/** Only the archive can be asked: the log lies on Kafka, behind a gateway. */
export function asksArchive({ data, gateway }: CommonOptions): boolean {
  const paths = pathsOf(data);
  return gateway !== undefined || (!existsSync(paths.log) && existsSync(paths.clickhouse));
}

const LOCKED = new Map(
  Object.values(schemaLock).flatMap(({ versions }) => versions.map(({ fingerprint, id }) => [fingerprint, id] as const)),
);

function decoded<T extends RecordName>(rows: Rows, type: T): RecordTypes[T][] {
  return rows.flatMap(({ value_b64, schema_fp }) => {
    const bytes = Buffer.from(String(value_b64), 'base64');
    const id = LOCKED.get(String(schema_fp));
    // Whoever filled the archive may have written under the ids of a registry.
    if (id !== undefined && bytes.length > 5) bytes.writeUInt32BE(id, 1);
    const record = decode(bytes);
    return 'error' in record || record.type !== type ? [] : [record.value as RecordTypes[T]];
  });
}

/** The newest about entries and exits, oldest first. */
export async function newestDecisions(archive: ArchiveAccess, limit: number): Promise<Decision[]> {
  const found = decoded(await archive.query('decision_bytes', { limit: String(limit) }), 'Decision');
  return found.sort((a, b) => a.decided_at - b.decided_at || (a.decision_id < b.decision_id ? 1 : -1));
}

/** As findDecision. */
export async function archivedDecision(archive: ArchiveAccess, id: string): Promise<Decision> {
  const params = id === 'latest' ? { kind: 'ENTRY', limit: '1' } : { decision: id, limit: '2' };
  return chosenDecision(id, () => archive.query('decision_bytes', params).then((rows) => decoded(rows, 'Decision')));
}

export async function archivedRelated(archive: ArchiveAccess, decision: Decision, refused: boolean): Promise<Related> {
  const rows = await archive.query('decision_outcome', { decision: decision.decision_id });
  const [trade = null] = decoded(rows, 'Trade');
  return {
    commands: decoded(rows, 'OrderCommand'),
    events: decoded(rows, 'OrderEvent'),
    trade,
    verdicts: [],
    later_prices: refused ? await laterPrices(archive, decision) : [],
  };
}

async function laterPrices(archive: ArchiveAccess, { instrument, decided_at }: Decision): Promise<LaterPrice[]> {
  const rows = await archive.query('mids_after', { instrument: instrument ?? '', at: String(decided_at) });
  return LATER_HOURS.map((hours) => {
    const found = rows.find((row) => Number(row.hours) === hours);
    return { after_s: hours * 3600, mid: found === undefined ? null : parseDecimal(String(found.mid)) };
  });
}
