// Canonical source names provider:variant, by exact alias only; what is not known stays visibly unknown.
import type { Grade, SourceClass } from '../../schemas/records.generated.ts';

export interface SourceRow {
  readonly provider: string;
  /** Alias to the variant it names; null where it names none. */
  readonly aliases: { readonly [alias: string]: string | null };
  readonly class: SourceClass;
  readonly grade: Grade;
  readonly score: number;
  readonly max_age_s: number;
  /** Variants with a prior or an age limit of their own. */
  readonly variants?: {
    readonly [variant: string]: { readonly grade: Grade; readonly score: number; readonly max_age_s: number };
  };
  /** Any variant text is accepted: the name of a strategy, the name of a model's vendor. */
  readonly open?: boolean;
}

export interface SourceTable {
  readonly rows: ReadonlyMap<string, SourceRow>;
  readonly aliases: ReadonlyMap<string, { readonly row: SourceRow; readonly variant: string | null }>;
  /** By raw text. */
  readonly resolved: Map<string, ResolvedSource>;
}

export interface ResolvedSource {
  /** provider:variant, unknown:<raw> or unknown:enricher_only. */
  readonly source: string;
  readonly provider: string;
  readonly variant: string;
  readonly known: boolean;
  /** One of several parts is unknown. */
  readonly unknown_part: boolean;
  readonly class: SourceClass;
  readonly grade: Grade;
  readonly score: number;
  readonly max_age_s: number;
}

export const VARIANTS: ReadonlySet<string> = new Set([
  'trending',
  'boost',
  'gainers',
  'whale_distribution',
  'whale_accumulation',
  'whale_alert',
  'new_listing',
  'community_takeover',
  'meme_radar',
  'volume_spike',
  'ta_signal',
  'general',
]);

/** What a source that no row names is worth. */
const UNKNOWN = { class: 'hype', grade: 'D', score: 35, max_age_s: 300 } as const;

function row(
  provider: string,
  aliases: string,
  kind: SourceClass,
  grade: Grade,
  score: number,
  max_age_s: number,
  more: Pick<SourceRow, 'variants' | 'open'> = {},
): SourceRow {
  const named = aliases.split(' ').map((alias) => [alias, VARIANTS.has(alias) ? alias : null] as const);
  return { provider, aliases: Object.fromEntries(named), class: kind, grade, score, max_age_s, ...more };
}

const binance = row('binance', 'binance bnb cex majors_scanner new_listing', 'evidence', 'C', 50, 300, {
  variants: { new_listing: { grade: 'A', score: 80, max_age_s: 7200 } },
});

/** The shipped providers with their prior grades. */
export const SOURCES: readonly SourceRow[] = [
  row('coingecko', 'coingecko cg gecko meme_radar', 'hype', 'B', 65, 1800),
  row('dexscreener', 'dexscreener dex screener', 'hype', 'B', 60, 1800),
  row('birdeye', 'birdeye bird', 'hype', 'C', 50, 1800),
  row('pumpfun', 'pumpfun pump pump.fun', 'hype', 'C', 45, 600),
  row('onchain', 'onchain whale_tracker whale_distribution whale_accumulation', 'evidence', 'C', 50, 3600),
  row('whale_alert', 'whale_alert', 'evidence', 'C', 45, 1800),
  row('smart_money', 'smart_money', 'evidence', 'C', 50, 1800),
  row('telegram', 'telegram tg ct', 'evidence', 'D', 30, 1800),
  row('sentiment', 'sentiment fud hype perplexity', 'evidence', 'C', 50, 3600),
  { ...binance, aliases: { ...binance.aliases, majors_scanner: 'ta_signal' } },
  row('weir', 'weir', 'evidence', 'C', 50, 300, { open: true }),
  row('manual', 'manual gateway operator', 'evidence', 'C', 50, 300),
  row('model', 'model', 'hype', 'D', 30, 300, { open: true }),
  row('solscan', 'solscan', 'enricher', 'D', 35, 300),
  row('rugcheck', 'rugcheck', 'enricher', 'D', 35, 300),
  row('helius', 'helius', 'enricher', 'D', 35, 300),
];

/** One row an operator adds under `sources.<provider>`; what is left out is the prior of an unknown source, as evidence. */
export interface SourceConfig {
  readonly aliases?: readonly string[];
  readonly class?: SourceClass;
  readonly grade?: Grade;
  readonly score?: number;
  readonly max_age_s?: number;
}

/** The shipped rows and the operator's; a row of the same provider replaces the shipped one. Throws on an alias of two providers. */
export function sourceTable(added: { readonly [provider: string]: SourceConfig } = {}): SourceTable {
  const own = Object.entries(added).map(([provider, config]): SourceRow => {
    const names = [provider, ...(config.aliases ?? [])].map((name) => name.toLowerCase());
    const { class: kind = 'evidence', grade = 'D', score = 35, max_age_s = 300 } = config;
    return row(provider, names.join(' '), kind, grade, score, max_age_s);
  });
  const rows = new Map<string, SourceRow>();
  for (const source of [...SOURCES, ...own]) rows.set(source.provider, source);
  const aliases = new Map<string, { row: SourceRow; variant: string | null }>();
  for (const source of rows.values()) {
    for (const [alias, variant] of Object.entries(source.aliases)) {
      const taken = aliases.get(alias);
      if (taken !== undefined) {
        throw new RangeError(
          `sources.${source.provider}: alias "${alias}": expected one provider, ${taken.row.provider} has it too`,
        );
      }
      aliases.set(alias, { row: source, variant });
    }
  }
  return { rows, aliases, resolved: new Map() };
}

interface Part {
  readonly row: SourceRow;
  readonly variant: string;
}

const GRADES = 'ABCDF';

/** Sources are few, so each is resolved once; a flood of invented names empties the memory. */
const RESOLVED_MAX = 1_000;

export function canonicalSource(raw: string, table: SourceTable): ResolvedSource {
  const known = table.resolved.get(raw);
  if (known !== undefined) return known;
  const resolved = resolve(raw, table);
  if (table.resolved.size >= RESOLVED_MAX) table.resolved.clear();
  table.resolved.set(raw, resolved);
  return resolved;
}

function resolve(raw: string, table: SourceTable): ResolvedSource {
  const text = raw.toLowerCase().trim();
  const parts = text
    .split(/[+&,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => resolvePart(part, table));
  const sources = parts.filter((part) => part?.row.class !== 'enricher');
  const [primary] = sources;
  if (sources.length === 0 && parts.length > 0) return unknown('enricher_only');
  if (primary === undefined || primary === null) return unknown(plain(text) || '_');
  // A chain is as strong as its weakest link: later parts can only lower the prior.
  let prior: { readonly grade: Grade; readonly score: number; readonly max_age_s: number } = priorOf(primary);
  for (const part of sources.slice(1)) {
    const other = part === null ? UNKNOWN : priorOf(part);
    if (other.score < prior.score) prior = { ...prior, grade: weaker(prior.grade, other.grade), score: other.score };
  }
  return {
    source: `${primary.row.provider}:${primary.variant}`,
    provider: primary.row.provider,
    variant: primary.variant,
    known: true,
    unknown_part: sources.includes(null),
    class: primary.row.class,
    ...prior,
  };
}

function resolvePart(part: string, table: SourceTable): Part | null {
  const colon = part.indexOf(':');
  const name = (colon < 0 ? part : part.slice(0, colon)).trim();
  const suffix = colon < 0 ? '' : part.slice(colon + 1).trim();
  const found = table.aliases.get(name);
  if (found === undefined) return null;
  if (found.row.open && suffix !== '') return { row: found.row, variant: plain(suffix) };
  return { row: found.row, variant: VARIANTS.has(suffix) ? suffix : (found.variant ?? 'general') };
}

function priorOf(part: Part): { readonly grade: Grade; readonly score: number; readonly max_age_s: number } {
  const { grade, score, max_age_s } = part.row.variants?.[part.variant] ?? part.row;
  return { grade, score, max_age_s };
}

function weaker(a: Grade, b: Grade): Grade {
  return GRADES.indexOf(a) > GRADES.indexOf(b) ? a : b;
}

function plain(text: string): string {
  return text.replace(/[^a-z0-9_.-]/g, '_').slice(0, 40);
}

function unknown(variant: string): ResolvedSource {
  return { source: `unknown:${variant}`, provider: 'unknown', variant, known: false, unknown_part: false, ...UNKNOWN };
}
