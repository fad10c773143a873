// Canonical instrument names: from whatever a sender wrote to BASE-QUOTE, BASE-QUOTE-PERP or chain:address, never by guessing at suffixes.
export type InstrumentKind = 'spot' | 'perp' | 'token';

export interface CatalogConfig {
  /** Canonical names of the configured instruments. */
  readonly instruments: readonly string[];
  readonly default_quote: string;
  readonly default_perp_quote: string;
  /** Exact spelling (after trimming) to canonical name. */
  readonly aliases: { readonly [spelling: string]: string };
  /** Lower-case chain names that make `chain:address` a token. */
  readonly chains: readonly string[];
}

/** The configuration with its look-up tables. */
export interface InstrumentCatalog {
  readonly default_quote: string;
  readonly default_perp_quote: string;
  readonly aliases: ReadonlyMap<string, string>;
  readonly chains: ReadonlySet<string>;
  readonly configured: ReadonlySet<string>;
  /** base + quote written together to the spot instruments it may mean. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** What was resolved before, by spelling. */
  readonly resolved: Map<string, ResolvedInstrument | InstrumentFault>;
}

export interface ResolvedInstrument {
  readonly instrument: string;
  readonly kind: InstrumentKind;
  /** The sender named it himself: no default quote was filled in. */
  readonly exact: boolean;
  readonly configured: boolean;
}
export type InstrumentFault = {
  readonly code: 'SIGNAL_INSTRUMENT_INVALID' | 'SIGNAL_INSTRUMENT_AMBIGUOUS';
  readonly expected: string;
};

/** No chain whose name is also a traded symbol: TON:USDT is a pair. */
export const CHAINS: readonly string[] = ['arbitrum', 'avalanche', 'base', 'bsc', 'ethereum', 'optimism', 'polygon', 'solana'];

export function instrumentCatalog(
  config: Partial<CatalogConfig> & { readonly instruments: readonly string[] },
): InstrumentCatalog {
  const words = new Map<string, string[]>();
  for (const name of config.instruments) {
    const [base, quote, perp] = name.split('-');
    if (base === undefined || quote === undefined || perp !== undefined) continue;
    words.set(base + quote, [...(words.get(base + quote) ?? []), name]);
  }
  return {
    default_quote: config.default_quote ?? 'USDT',
    default_perp_quote: config.default_perp_quote ?? 'USDC',
    aliases: new Map(Object.entries(config.aliases ?? {})),
    chains: new Set(config.chains ?? CHAINS),
    configured: new Set(config.instruments),
    words,
    resolved: new Map(),
  };
}

const PRINTABLE = /^[\x20-\x7e]+$/;
const SETTLED = /^([A-Za-z0-9]+)\/([A-Za-z0-9]+):([A-Za-z0-9]+)$/;
const TOKEN = /^([A-Za-z0-9]+):([A-Za-z0-9._:-]+)$/;
const PAIR = /^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}(-PERP)?$/;
const WORD = /^[A-Z0-9]{1,20}$/;
const SPACES = /^ +| +$/g;

/** Instruments are few, so each spelling is resolved once; a flood of invented names empties the memory. */
const RESOLVED_MAX = 1_000;

export function canonicalInstrument(raw: string, catalog: InstrumentCatalog): ResolvedInstrument | InstrumentFault {
  const known = catalog.resolved.get(raw);
  if (known !== undefined) return known;
  const resolved = resolve(raw, catalog);
  if (catalog.resolved.size >= RESOLVED_MAX) catalog.resolved.clear();
  catalog.resolved.set(raw, resolved);
  return resolved;
}

function resolve(raw: string, catalog: InstrumentCatalog): ResolvedInstrument | InstrumentFault {
  const text = raw.replace(SPACES, '');
  if (!PRINTABLE.test(text)) return invalid('printable ASCII');
  const alias = catalog.aliases.get(text);
  if (alias !== undefined) return named(alias, true, catalog);
  if (catalog.configured.has(text)) return named(text, true, catalog);

  const token = TOKEN.exec(text);
  const chain = token?.[1]?.toLowerCase() ?? '';
  if (catalog.chains.has(chain)) {
    const address = token?.[2] ?? '';
    return named(`${chain}:${/^0x/i.test(address) ? address.toLowerCase() : address}`, true, catalog);
  }

  const settled = SETTLED.exec(text.toUpperCase());
  if (settled !== null) {
    if (settled[2] !== settled[3]) return invalid('a perpetual settled in its quote currency');
    return pair(`${bitcoin(settled[1] ?? '')}-${settled[2]}-PERP`, true, catalog);
  }

  const parts = text.toUpperCase().replace(/[/_:]/g, '-').split('-').map(bitcoin);
  const [first = ''] = parts;
  if (parts.length === 2 && parts[1] === 'PERP') return pair(`${first}-${catalog.default_perp_quote}-PERP`, false, catalog);
  if (parts.length > 1) return pair(parts.join('-'), true, catalog);
  return word(first, catalog);
}

function bitcoin(part: string): string {
  return part === 'XBT' ? 'BTC' : part;
}

function word(text: string, catalog: InstrumentCatalog): ResolvedInstrument | InstrumentFault {
  if (!WORD.test(text)) return invalid('BASE-QUOTE, BASE-QUOTE-PERP or chain:address');
  const spelled = catalog.words.get(text) ?? [];
  if (spelled.length > 1) return { code: 'SIGNAL_INSTRUMENT_AMBIGUOUS', expected: `one of ${spelled.join(', ')}` };
  const [only] = spelled;
  if (only !== undefined) return named(only, true, catalog);
  const spot = `${text}-${catalog.default_quote}`;
  const perp = `${text}-${catalog.default_perp_quote}-PERP`;
  return named(!catalog.configured.has(spot) && catalog.configured.has(perp) ? perp : spot, false, catalog);
}

function pair(name: string, exact: boolean, catalog: InstrumentCatalog): ResolvedInstrument | InstrumentFault {
  return PAIR.test(name) ? named(name, exact, catalog) : invalid('BASE-QUOTE, BASE-QUOTE-PERP or chain:address');
}

function named(instrument: string, exact: boolean, catalog: InstrumentCatalog): ResolvedInstrument {
  return { instrument, kind: instrumentKind(instrument), exact, configured: catalog.configured.has(instrument) };
}

/** Kind of a canonical name. */
export function instrumentKind(instrument: string): InstrumentKind {
  if (instrument.includes(':')) return 'token';
  return instrument.endsWith('-PERP') ? 'perp' : 'spot';
}

function invalid(expected: string): InstrumentFault {
  return { code: 'SIGNAL_INSTRUMENT_INVALID', expected };
}
