// What each command prints with --json: the shape of its document and the version of that shape. `weir json-schema` tells it as JSON Schema.
import { z } from 'zod';

const text = z.string();
const count = z.int().min(0);
const amount = z
  .string()
  .regex(/^-?\d+(\.\d{1,12})?$/)
  .describe('exact decimal');
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .describe('RFC 3339, UTC');
/** As ClickHouse writes them: 64-bit numbers and decimals are text. */
const column = {
  time: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
    .describe('UTC'),
  whole: z.string().regex(/^\d+$/),
};
const row = z.record(text, z.unknown());

const summary = z.strictObject({
  bars: count,
  signals: count,
  enriched: count,
  dead_letters: z.array(z.strictObject({ reason_code: text, message: text })),
  decisions: z.record(text, count).describe('by "<kind> <action> <reason code>"'),
  strategies: z.array(text),
  refusals: z.array(text),
  orders: count,
  fills: count,
  trades: count,
  wins: count,
  losses: count,
  profit_factor: z.number().nullable().describe('null without a loss'),
  waterfall: z.record(text, amount).describe('legs of all closed trades'),
  net: amount,
  residual: amount.describe('legs less net; anything but 0 is a defect'),
  open_positions: count,
  unrealised: amount,
  cash_start: amount,
  nav_end: amount.nullable(),
  return_bps: z.number().nullable(),
  drawdown_bps: z.number(),
  buy_and_hold_bps: z.number().nullable(),
});

const portfolio = z.strictObject({
  portfolio: text,
  run_id: text,
  mode: text,
  at: time,
  state: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
  reason_code: text.describe('the worst condition; empty while ACTIVE'),
  profile: text,
  policy_hash: text,
  equity: z.strictObject({
    nav: amount.nullable(),
    unit_price: amount,
    hwm: amount,
    cash: amount,
    cash_free: amount,
    unrealised: amount,
    realised_day: amount,
  }),
  limits: z.array(
    z.strictObject({
      name: text,
      used: z.number(),
      limit: z.number(),
      unit: z.enum(['bps', 'count', 'quote']),
      ratio: z.number().describe('used ÷ limit'),
    }),
  ),
  cooldowns: z.array(z.strictObject({ what: text, seconds_left: z.number() })),
  conditions: z.array(
    z.strictObject({
      code: text,
      state: text,
      scope: text,
      who: text,
      why: text,
      since: time,
      until: time.nullable(),
      way_out: text,
    }),
  ),
  unknown_orders: z.array(z.strictObject({ order_id: text, instrument: text, since: time })),
  positions: count,
  open_orders: count,
  quarantine: count,
  new_baselines_today: count,
  last_decision: z.strictObject({ decision_id: hash, kind: text, action: text, reason_code: text, decided_at: time }).nullable(),
});

const status = {
  mode: text,
  run_id: text,
  portfolios: z.array(portfolio),
  issues: z.array(text),
  // Of a process that runs; a folder alone has none of it.
  time: time.optional(),
  stages: z
    .array(
      z.strictObject({
        stage: text,
        version: text,
        last_progress_age_s: z.number(),
        lag_records: count,
        stopped_partitions: z.array(z.strictObject({ partition: count, reason: text, at: text, message: text })),
      }),
    )
    .optional(),
  queued: count.optional(),
  archive: z.strictObject({ state: text, detail: text }).optional(),
  dead_letters_open: count.optional(),
};

export type ShownStatus = z.output<z.ZodObject<typeof status>>;

const outcome = z.strictObject({ action: text, reason_code: text });
const both = <T extends z.ZodType>(kind: T) => z.strictObject({ recorded: kind, replayed: kind });

const topicDifference = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('CREATE_TOPIC'),
    topic: z.strictObject({ name: text, partitions: count, replication: count, settings: z.record(text, text) }),
  }),
  z.strictObject({ kind: z.literal('ADD_PARTITIONS'), topic: text, from: count, to: count }),
  z.strictObject({ kind: z.literal('ALTER'), topic: text, setting: text, from: text, to: text }),
  z.strictObject({ kind: z.literal('REFUSED'), topic: text, what: text, why: text }),
]);
const permissionDifference = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ALLOW'),
    permission: z.strictObject({
      principal: text,
      resource: z.enum(['topic', 'group']),
      name: text,
      pattern: z.enum(['literal', 'prefixed']),
      operation: z.enum(['read', 'write', 'describe']),
    }),
  }),
  z.strictObject({ kind: z.literal('SURPLUS'), what: text }),
]);
const differences = { topics: z.array(topicDifference), permissions: z.array(permissionDifference) };
const cluster = { brokers: z.array(text), prefix: text, permissions_checked: z.boolean(), ...differences };

const schemaDifference = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('MISSING'), subject: text, id: count }),
  z.strictObject({ kind: z.literal('OTHER_ID'), subject: text, id: count, registry_id: count }),
  z.strictObject({ kind: z.literal('UNKNOWN_VERSION'), subject: text, registry_id: count, version: count }),
  z.strictObject({ kind: z.literal('INCOMPATIBLE'), subject: text, id: count, version: count, why: text }),
]);

export interface DocumentKind {
  /** Grows where a program that reads the version before would no longer understand it. */
  readonly version: number;
  readonly schema: z.ZodType;
}

function document(version: number, description: string, shape: z.ZodRawShape): DocumentKind {
  return { version, schema: z.strictObject({ version: z.literal(version), ...shape }).describe(description) };
}

/** By the words of the command. `run` and `completion` print none. */
const COMMANDS = {
  demo: document(1, 'what the demo did', {
    run_id: text,
    assumptions: z.array(text),
    summary,
    next: z.array(text).describe('commands to try'),
  }),
  'backtest run': document(1, 'what a backtest did', {
    run_id: text,
    seed: count,
    data_hash: text,
    assumptions: z.array(text),
    summary,
    hashes: z.record(text, hash).describe('by topic: SHA-256 of all its records'),
  }),
  'backtest check': document(1, 'no look-ahead was found; one that is found is an error', {
    run_id: text,
    cuts: count,
    seed: count,
    found: z.null(),
  }),
  'signal send': document(1, 'what became of the signal; with --validate, whether it would be accepted', {
    replayed: z.boolean().describe('answered as before: it was sent already'),
    signal_id: hash.nullable(),
    trace_id: text.optional(),
    event_id: text.nullable().optional(),
    received_at: time.optional(),
    status: text.optional(),
    valid: z.boolean().optional(),
    errors: z.array(z.looseObject({ code: text, field: text })).optional(),
  }),
  'decisions tail': document(1, 'one document a decision, one a line', {
    decision_id: hash,
    decided_at: time,
    portfolio: text,
    kind: z.enum(['ENTRY', 'EXIT']),
    action: text,
    reason_code: text,
    instrument: text.nullable(),
    side: text.nullable(),
    source: text.nullable(),
    strategy: text.nullable(),
  }),
  explain: document(1, 'why it was decided so', {
    decision_id: hash,
    decided_at: count.describe('µs since 1970'),
    action: text,
    reason_code: text,
    sections: z.array(z.strictObject({ name: text, title: text, lines: z.array(text) })),
    record: z.looseObject({}).describe('the decision as schemas/decision.avsc has it: times in µs, decimals as text'),
  }),
  replay: document(1, 'what recomputing gave', {
    decision_id: hash,
    equal: z.boolean(),
    difference: z.strictObject({ field: text, recorded: text, replayed: text }).nullable().describe('the first one'),
    journal: z.strictObject({ partition: count, offset: count, index: count, folded_from: count }),
    stage_version: both(text),
    policy_hash: both(text),
    recorded: outcome,
    replayed: outcome.nullable(),
  }),
  status: document(1, 'how each portfolio stands', status),
  positions: document(1, 'open positions', {
    rows: z.array(
      z.strictObject({
        portfolio: text,
        instrument: text,
        side: z.enum(['LONG', 'SHORT']),
        qty: amount,
        avg_price: amount,
        mark: amount.nullable(),
        unrealised: amount.nullable(),
        realised_net: amount,
        strategy: text,
        stop_price: amount.nullable(),
        stop_kind: text,
        opened_at: column.time.nullable(),
        hold_until: column.time.nullable(),
        position_id: hash,
      }),
    ),
  }),
  trades: document(1, 'closed round trips, newest first', {
    rows: z.array(
      z.strictObject({
        closed_at: column.time,
        instrument: text,
        strategy: text,
        position: z.enum(['LONG', 'SHORT']),
        qty_max: amount,
        entry_vwap: amount,
        exit_vwap: amount,
        net: amount,
        net_bps: z.number().nullable(),
        exit_reason: text,
        hold_s: column.whole,
        trade_id: hash,
      }),
    ),
  }),
  pnl: document(1, 'net of closed trades by slice, and the legs that made it', {
    rows: z.array(
      z.strictObject({
        slice: text,
        trades: column.whole,
        wins: column.whole,
        edge: amount,
        delay: amount,
        slippage: amount,
        fees: amount,
        funding: amount,
        net_bps: z.number().nullable(),
        net: amount,
      }),
    ),
  }),
  sql: document(1, 'rows by column name; 64-bit numbers and decimals are text', { rows: z.array(row) }),
  query: document(1, 'rows by column name; without a name, which queries there are', { rows: z.array(row) }),
  trading: document(1, 'how each portfolio took it', {
    rows: z.array(
      z.strictObject({
        portfolio: text,
        status: z.enum(['PENDING', 'APPLIED', 'REFUSED', 'IN_THE_LOG', 'IN_A_FILE']),
        reason: text.optional(),
        detail: text.optional(),
        control_id: hash.optional(),
        state: text.optional(),
        path: text.optional(),
      }),
    ),
  }),
  lag: document(1, 'records that each stage has still to take', {
    rows: z.array(
      z.strictObject({
        stage: text,
        topic: text,
        partition: count,
        taken: count.nullable().describe('next offset; null while the group has told none'),
        end: count,
        lag: count.nullable(),
      }),
    ),
  }),
  'topics plan': document(1, 'what differs', cluster),
  'topics apply': document(1, 'what was done, and what is left', {
    brokers: z.array(text),
    applied: z.strictObject(differences),
    left: z.strictObject(differences),
  }),
  'topics verify': document(1, 'what differs', cluster),
  'schemas register': document(1, 'the schemas and their ids', {
    url: text,
    schemas: z.array(z.strictObject({ subject: text, id: count, registry_id: count.nullable() })),
    added: count,
    map_file: text.nullable(),
  }),
  'schemas check': document(1, 'what the registry would refuse', {
    url: text,
    faults: z.array(schemaDifference),
    refused: z.array(text),
  }),
  'schemas diff': document(1, 'what differs between lock and registry', {
    url: text,
    map_file: text.nullable(),
    differences: z.array(schemaDifference),
  }),
  'config print': document(1, 'every variable', {
    rows: z.array(
      z.strictObject({ variable: text, value: text, from: z.enum(['environment', 'file', 'default', '']), meaning: text }),
    ),
  }),
  'json-schema': document(1, 'without a command: the documents that there are', {
    rows: z.array(z.strictObject({ command: text, version: count, prints: text })),
  }),
} as const;

export const DOCUMENTS: ReadonlyMap<string, DocumentKind> = new Map(Object.entries(COMMANDS));

/** Of any command that fails, on stdout like the document it stands for. */
export const ERROR_DOCUMENT: DocumentKind = document(1, 'of any command that fails', {
  error: z.strictObject({
    code: text,
    message: text,
    fix: text,
    docs: text.describe('where to read more'),
  }),
});

/** The document as it is printed: its version first. */
export function versioned({ version }: DocumentKind, body: object): object {
  return { version, ...body };
}
