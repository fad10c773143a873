// The file of the sqlite log: its tables, its pragmas, its statements, and what its errors mean.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { TOPICS, type TopicName } from '../topics.ts';
import { LogFullError } from './errors.ts';

export type Durability = 'power' | 'process';

export interface SqliteFile {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly insert: StatementSync;
  readonly readPartition: StatementSync;
  /** Records of these topics above a sequence: what is of others is passed over where it lies. */
  readonly readMerged: (topics: readonly number[]) => StatementSync;
  readonly end: StatementSync;
  readonly start: StatementSync;
  readonly forget: StatementSync;
  readonly trim: StatementSync;
  readonly keepEnd: StatementSync;
  readonly topicId: ReadonlyMap<TopicName, number>;
  readonly topicName: ReadonlyMap<number, TopicName>;
}

/** Columns of a record in the order of a row. */
const COLUMNS = 'seq, topic, part, off, key, at, id, cause, trace, source, retry_of, headers, value';

const TABLES = `
CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, incarnation TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS records (
  seq INTEGER PRIMARY KEY,
  topic INTEGER NOT NULL, part INTEGER NOT NULL, off INTEGER NOT NULL,
  key TEXT NOT NULL, at INTEGER NOT NULL,
  id TEXT NOT NULL, cause TEXT NOT NULL, trace TEXT NOT NULL, source TEXT, retry_of TEXT NOT NULL, headers TEXT,
  value BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS by_offset ON records (topic, part, off);
CREATE TABLE IF NOT EXISTS owners (
  stage TEXT NOT NULL, part INTEGER NOT NULL, number INTEGER NOT NULL, taken INTEGER NOT NULL, PRIMARY KEY (stage, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ends (
  topic INTEGER NOT NULL, part INTEGER NOT NULL, off INTEGER NOT NULL, PRIMARY KEY (topic, part)
) STRICT, WITHOUT ROWID;
`;

export function openSqliteFile(
  path: string,
  durability: Durability,
  readonly: boolean,
  maxPages: number | undefined,
): SqliteFile {
  const database = new DatabaseSync(path, { readOnly: readonly, timeout: 5_000 });
  if (!readonly) {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    database.exec('PRAGMA wal_autocheckpoint = 4000');
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    database.exec(TABLES);
    const add = database.prepare('INSERT OR IGNORE INTO topics (name, incarnation) VALUES (?, ?)');
    for (const topic of TOPICS) add.run(topic.name, crypto.randomUUID());
  }
  database.exec('PRAGMA cache_size = -32000');
  const topicId = new Map<TopicName, number>();
  const topicName = new Map<number, TopicName>();
  for (const topic of TOPICS) {
    const row = database.prepare('SELECT id FROM topics WHERE name = ?').get(topic.name);
    const id = Number(row?.id);
    topicId.set(topic.name, id);
    topicName.set(id, topic.name);
  }
  const rows = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const merged = new Map<string, StatementSync>();
  return {
    database,
    path,
    topicId,
    topicName,
    insert: database.prepare(`INSERT INTO records (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    readPartition: rows(`SELECT ${COLUMNS} FROM records WHERE topic = ? AND part = ? AND off >= ? ORDER BY off LIMIT ?`),
    readMerged(topics) {
      const list = topics.join(', ');
      let statement = merged.get(list);
      if (statement === undefined) {
        statement = rows(`SELECT ${COLUMNS} FROM records NOT INDEXED WHERE seq > ? AND topic IN (${list}) ORDER BY seq LIMIT ?`);
        merged.set(list, statement);
      }
      return statement;
    },
    end: rows(
      'SELECT max(coalesce((SELECT max(off) + 1 FROM records WHERE topic = ?1 AND part = ?2), 0), coalesce((SELECT off FROM ends WHERE topic = ?1 AND part = ?2), 0))',
    ),
    start: rows('SELECT min(off) FROM records WHERE topic = ? AND part = ?'),
    trim: database.prepare('DELETE FROM records WHERE topic = ? AND part = ? AND off < ?'),
    keepEnd: database.prepare(
      'INSERT INTO ends (topic, part, off) VALUES (?, ?, ?) ON CONFLICT (topic, part) DO UPDATE SET off = excluded.off',
    ),
    forget: database.prepare('DELETE FROM records WHERE topic = ? AND part = ? AND key = ?'),
  };
}

const SQLITE_FULL = 13;
const SQLITE_IOERR_WRITE = 778;

/** A full disk, page limit or file size limit gets its name; everything else stays what it was. */
export function namedError(path: string, error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : null;
  if (code === SQLITE_FULL || code === SQLITE_IOERR_WRITE) return new LogFullError(path, error);
  return error;
}
