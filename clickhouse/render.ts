// Turns a migration file with tokens into the statements of one deployment: embedded, or a replicated cluster.

export interface Rendering {
  readonly database: string;
  /** null: plain tables of the embedded engine or a single server. */
  readonly cluster: string | null;
  /** Days by retention key, such as `backtest_d`. */
  readonly retention_days: Readonly<Record<string, number>>;
}

export const DEFAULT_RETENTION_DAYS: Readonly<Record<string, number>> = {
  backtest_d: 90,
  positions_d: 400,
  quotes_d: 60,
  dead_letters_d: 180,
};

const TS = "DateTime64(6, 'UTC')";
const WORD = 'LowCardinality(String)';
const HEAD = [`mode ${WORD}`, `run_id ${WORD}`, `portfolio ${WORD}`, `instrument ${WORD}`, `venue ${WORD}`, `ts ${TS}`];
const TAIL = [
  `_topic ${WORD}`,
  '_partition UInt64',
  '_offset UInt64',
  '_v UInt64',
  `produced_at ${TS}`,
  `ingested_at ${TS}`,
  'INDEX _offset_range _offset TYPE minmax',
];

function ttl(keys: string, rendering: Rendering): string {
  const rules = keys.split(',').map((key) => {
    const days = rendering.retention_days[key];
    if (days === undefined) throw new Error(`migration token {ttl:${key}}: no retention of that name`);
    const rule = `toDateTime(ingested_at) + INTERVAL ${days} DAY DELETE`;
    return key === 'backtest_d' ? `${rule} WHERE mode = 'backtest'` : rule;
  });
  return `TTL ${rules.join(', ')}`;
}

function engine(text: string, rendering: Rendering): string {
  return rendering.cluster === null ? text : `Replicated${text}`;
}

function distributed(table: string, shardKey: string, rendering: Rendering): string {
  if (rendering.cluster === null) return '';
  const { cluster, database } = rendering;
  return `CREATE TABLE IF NOT EXISTS ${database}.${table} ON CLUSTER ${cluster} AS ${database}.${table}_local ENGINE = Distributed(${cluster}, ${database}, ${table}_local, ${shardKey});`;
}

/** The statements of a migration file, in order, without their semicolons. Throws on a token it does not know. */
export function renderMigration(text: string, rendering: Rendering): string[] {
  const { cluster, database } = rendering;
  const rendered = text
    .replace(/^--.*$/gm, '')
    .replaceAll('{db}', database)
    .replaceAll('{local}', cluster === null ? '' : '_local')
    .replaceAll('{on_cluster}', cluster === null ? '' : ` ON CLUSTER ${cluster}`)
    .replaceAll('{head}', HEAD.join(',\n    '))
    .replaceAll('{tail}', TAIL.join(',\n    '))
    .replaceAll('{ts}', TS)
    .replaceAll('{dec}', 'Decimal(38, 12)')
    .replaceAll('{dedup}', cluster === null ? 'SETTINGS non_replicated_deduplication_window = 1000' : '')
    .replace(/\{ttl:([a-z_,]+)\}/g, (_, keys: string) => ttl(keys, rendering))
    .replace(/\{engine:([A-Za-z]+\([^}]*\))\}/g, (_, inner: string) => engine(inner, rendering))
    .replace(/\{distributed:([a-z_]+):([^}]+)\}/g, (_, table: string, key: string) => distributed(table, key, rendering));
  const left = /\{[a-z_]+(:[^}]*)?\}/.exec(rendered);
  if (left !== null) throw new Error(`unknown migration token ${left[0]}`);
  return rendered
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
