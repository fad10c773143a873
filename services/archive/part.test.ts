// A schema that is not in the lock is stored before the rows that use it: the archive decodes years later without a registry.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../clickhouse/client.ts';
import { migrate, readMigrations } from '../../clickhouse/migrate.ts';
import { encode, fingerprint, schemaLock, speak } from '../../schemas/codec.ts';
import { blankSignal } from '../../schemas/records.generated.ts';
import { newDraft, placed } from '../../topology/log/draft.ts';
import type { ArchivedRecord } from './archived-record.ts';
import { openPart, type Storing, storeRecords } from './part.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-part-'));
const THEIRS = { id: 900, fingerprint: '9'.repeat(64), schema: '{"type":"record","namespace":"weir","name":"Signal"}' };
const store = openEmbeddedStore(folder, 'weir');
const storing: Storing = {
  store,
  now: () => 1,
  batch: { world: { mode: 'paper', run_id: 'r' }, raw: true, market: true, readSignal: () => null },
  insert: { sleep: async () => {}, random: () => 0, retry_total_s: 0 },
  refuse: async (_, reason) => expect.fail(reason),
};

afterAll(async () => {
  speak(schemaLock);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function signalAt(offset: number, id: number | null): ArchivedRecord {
  const draft = newDraft('signals.v1', 0, 'Signal', 'k', blankSignal(), 1, '', '', '', null, '', null);
  draft.offset = offset;
  const bytes = Buffer.from(encode('Signal', blankSignal()));
  if (id !== null) bytes.writeUInt32BE(id, 1);
  return { envelope: placed(draft), bytes };
}

it('under the fingerprint that its rows name', async () => {
  speak(schemaLock, { decode: () => null, schemaOf: (id) => (id === THEIRS.id ? THEIRS : null) });
  await migrate(store, readMigrations());
  const part = await openPart(store, 'signals.v1', 0, 0);
  await storeRecords(part, [signalAt(0, THEIRS.id), signalAt(1, null), signalAt(2, THEIRS.id)], storing);
  const rows = await store.query('fp', 'SELECT schema_fp FROM weir.records FINAL ORDER BY _offset', {});
  const { fingerprint: theirs } = THEIRS;
  expect(rows.map((row) => row.schema_fp)).toEqual([theirs, fingerprint('Signal'), theirs]);
  const schemas = await store.query('text', 'SELECT subject, schema_json, version FROM weir.avro_schemas FINAL', {});
  expect(schemas).toEqual([{ subject: 'Signal', schema_json: THEIRS.schema, version: '0' }]);
});
