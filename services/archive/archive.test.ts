// The archive on a real log and the real engine: every record finds its table, once, whatever is repeated.
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../schemas/codec.ts';
import { decimal } from '../../schemas/money.ts';
import { blankCandle, blankDeadLetter, blankOrderEvent, blankTrade } from '../../schemas/records.generated.ts';
import { type Draft, newDraft } from '../../topology/log/draft.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { TOPICS } from '../../topology/topics.ts';
import { clickhouseType } from './column.ts';
import type { ArchiveSettings } from './messages.ts';
import { type Archive, type RefusedRecord, startArchive } from './owner.ts';
import { columnsOf, TABLE_NAMES } from './tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-archive-'));
const logPath = join(folder, 'log.sqlite');
const T0 = 1_767_225_600_000_000;
const offsets = join(folder, 'archive-offsets.json');
const settings: ArchiveSettings = {
  log: { path: logPath, offsets, partitions: 1 },
  clickhouse: { path: join(folder, 'clickhouse') },
  database: 'weir',
  world: { mode: 'paper', run_id: 'run-1' },
  raw: true,
  market: true,
  batch_rows: 1000,
  batch_ms: 0,
  retry_total_s: 5,
  catalog: { instruments: ['BTC-USDT'], default_quote: 'USDT', default_perp_quote: 'USDC', aliases: {}, chains: [] },
  sources: {},
};

function draft(topic: Draft['topic'], type: Draft['type'], value: Draft['value'], key = 'k'): Draft {
  return newDraft(topic, 0, type, key, value, T0, '', '', '', null, '', null);
}

/** One golden record of each kind, on its topic. */
function goldenDrafts(): Draft[] {
  const golden = new URL('../../schemas/golden/', import.meta.url);
  return readdirSync(golden)
    .filter((file) => file.endsWith('.json') && file !== 'reason-codes.json')
    .flatMap((file) => {
      const samples = JSON.parse(readFileSync(new URL(file, golden), 'utf8')) as { hex: string }[];
      return samples.map(({ hex }) => {
        const record = decode(Buffer.from(hex, 'hex'));
        if ('error' in record) throw new Error(`${file}: ${record.message}`);
        const topic = TOPICS.find((t) => t.records.includes(record.type));
        if (topic === undefined) throw new Error(`${file}: no topic holds ${record.type}`);
        return draft(topic.name, record.type, record.value);
      });
    });
}

const json =
  '{"instrument":"BTC-USDT","direction":"long","source":"my_bot","event_time":"2026-01-02T03:04:05Z","signal_type":"breakout"}';
const letters: RefusedRecord[] = [];
const owner = {
  letter: async (letter: RefusedRecord) => void letters.push(letter),
  trouble: (message: string) => expect.fail(message),
};
const log = openSqliteLog({ path: logPath });
let archive: Archive;

async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of TABLE_NAMES) {
    const [row] = await archive.query('count', `SELECT count() AS n FROM weir.${table} FINAL`);
    found[table] = Number(row?.n);
  }
  return found;
}

beforeAll(async () => {
  await log.append([
    ...goldenDrafts(),
    draft('signals.v1', 'Raw', new TextEncoder().encode(json)),
    draft('signals.v1', 'Raw', new TextEncoder().encode('{"instrument":')),
    draft('journal.v1', 'OrderEvent', {
      ...blankOrderEvent(),
      type: 'FILL',
      event_id: 'e',
      order_id: 'o',
      fill_id: 'f',
      price: decimal('43210.5'),
      quantity: decimal('0.000000000001'),
      fee: 0n,
      fee_asset: 'USDT',
      side: 'BUY',
      decided_at: T0,
      observed_at: T0,
    }),
    draft('market.v1', 'Candle', { ...blankCandle(), instrument: 'BTC-USDT', open_time: T0, close: decimal('1') }),
    draft('dead-letters.v1', 'DeadLetter', { ...blankDeadLetter(), dead_letter_id: 'd', version: 1, failed_at: T0 }),
    // No number: one letter, and the neighbours are stored.
    draft('trades.v1', 'Trade', {
      ...blankTrade(),
      trade_id: 'too-big',
      run_id: 'run-1',
      opened_at: T0,
      net: 1n,
      net_bps: Number.NaN,
    }),
    draft('trades.v1', 'Trade', { ...blankTrade(), trade_id: 'fits', run_id: 'run-1', opened_at: T0, net: decimal('89.4') }),
  ]);
  archive = await startArchive(settings, owner);
  await archive.drained();
}, 60_000);

afterAll(async () => {
  await archive?.stop();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the archive', () => {
  it('has in each table exactly the declared columns, in order', async () => {
    const rows = await archive.query(
      'columns',
      "SELECT table, name, type FROM system.columns WHERE database = 'weir' ORDER BY table, position",
    );
    for (const table of TABLE_NAMES) {
      const stored = rows.filter((row) => row.table === table).map((row) => `${row.name} ${row.type}`);
      expect(stored, table).toEqual(columnsOf(table).map((column) => `${column.name} ${clickhouseType(column.code)}`));
    }
  });

  it('stores every kind of record', async () => {
    const { archive_positions, ...found } = await counts();
    expect(Object.entries(found).filter(([, n]) => n === 0)).toEqual([]);
    // On the embedded log they lie in a file.
    expect(archive_positions).toBe(0);
  });

  it('stores exact numbers, and a fill beside its event', async () => {
    const rows = await archive.query('fill', "SELECT price, quantity, side FROM weir.fills FINAL WHERE fill_id = 'f'");
    expect(rows).toEqual([{ price: '43210.5', quantity: '0.000000000001', side: '1' }]);
  });

  it('reads a signal that came as JSON; what is none is kept as bytes alone', async () => {
    const rows = await archive.query(
      'signal',
      "SELECT signal_id, run_id, mode FROM weir.signals FINAL WHERE source = 'my_bot:general' OR source LIKE 'unknown:my_bot%'",
    );
    expect(rows).toMatchObject([{ run_id: 'run-1', mode: 'paper' }]);
    const raw = await archive.query('raw', "SELECT count() AS n FROM weir.records FINAL WHERE record = '?'");
    expect(raw).toEqual([{ n: '2' }]);
  });

  it('gives a row that no column holds to the dead letters, and stores its neighbour', async () => {
    expect(letters).toEqual([
      {
        type: 'letter',
        id: 1,
        topic: 'trades.v1',
        partition: 0,
        offset: expect.any(Number),
        reason: 'ARCHIVE_ROW_REFUSED: column net_bps: NaN does not fit Nullable(Float64)',
      },
    ]);
    const rows = await archive.query('trades', "SELECT trade_id, net FROM weir.trades FINAL WHERE run_id = 'run-1'");
    expect(rows).toEqual([{ trade_id: 'fits', net: '89.4' }]);
    const raw = await archive.query('raw', "SELECT count() AS n FROM weir.records FINAL WHERE _topic = 'trades.v1'");
    expect(Number(raw[0]?.n)).toBe(log.endNow('trades.v1', 0));
  });

  it('chains the raw rows: each proves all before it', async () => {
    const rows = await archive.query(
      'chain',
      "SELECT chain FROM weir.records FINAL WHERE _topic = 'journal.v1' ORDER BY _offset",
    );
    expect(rows.length).toBe(log.endNow('journal.v1', 0));
    expect(new Set(rows.map((row) => row.chain)).size).toBe(rows.length);
  });

  it.each([
    ['lost', () => rmSync(offsets)],
    ['cut short by a loss of power', () => truncateSync(offsets, 9)],
  ])('stores nothing twice when its committed offsets are %s and everything is read again', async (_how, damage) => {
    const before = await counts();
    await archive.stop();
    damage();
    archive = await startArchive(settings, owner);
    await archive.drained();
    expect(await counts()).toEqual(before);
  });

  it('stores what is appended later', async () => {
    await log.append([draft('trades.v1', 'Trade', { ...blankTrade(), trade_id: 'later', run_id: 'run-1', opened_at: T0 })]);
    await archive.drained();
    const rows = await archive.select("SELECT trade_id FROM weir.trades FINAL WHERE trade_id = 'later'");
    expect(rows).toEqual([{ trade_id: 'later' }]);
  });

  it('lets people read, never write', async () => {
    await expect(archive.select('DROP TABLE weir.trades')).rejects.toThrow(/readonly/i);
  });
});
