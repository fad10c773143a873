// The manifest of recorded market data: what each instrument is, and how its files spell their bars.
import { z } from 'zod';
import { decimal, fromNumber, parseDecimal, SCALE } from '../../../schemas/money.ts';
import { blankFilters } from '../../../schemas/records.generated.ts';
import { parseTime } from '../../../schemas/time.ts';
import { STANDARD_COSTS } from '../../costs/standard.ts';
import type { Assumed, InstrumentFacts } from '../facts.ts';
import { INTERVALS } from '../interval.ts';
import { ceilingOf, STANDARD_UNIVERSE, TIERS, type UniverseConfig, type UniverseTier } from '../universe/config.ts';
import type { Layout } from './layout.ts';

/** Text, or a number by the digits it is written with. */
const amount = z.union([z.string(), z.number()]).transform((given, context) => {
  const value = typeof given === 'number' ? fromNumber(given) : parseDecimal(given);
  if (value !== null && value > 0n) return value;
  context.addIssue(`${given}: expected a decimal above 0 with at most 12 fractional digits`);
  return z.NEVER;
});
const instant = z.string().transform((text, context) => {
  const at = parseTime(text);
  if (at !== null) return at;
  context.addIssue(`"${text}": expected an ISO-8601 time with zone`);
  return z.NEVER;
});
const name = z.string().min(1).max(100);

const Filters = z.strictObject({
  tick: amount,
  step: amount,
  min_qty: amount.optional(),
  max_qty: amount.optional(),
  min_notional: amount.optional(),
  max_notional: amount.optional(),
});

const Data = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv'),
  interval: z.enum(INTERVALS),
  time: z.strictObject({ column: name, unit: name, marks: z.enum(['open', 'close']), zone: name }),
  columns: z
    .strictObject({ open: name, high: name, low: name, close: name, volume: name, bid: name.optional(), ask: name.optional() })
    .refine(({ bid, ask }) => (bid === undefined) === (ask === undefined), 'expected both bid and ask, or neither'),
  ignore: z.array(name).default([]),
  volume: z.enum(['base', 'quote']),
});

const Instrument = z.strictObject({
  instrument: name,
  venue: name,
  venue_symbol: name.optional(),
  kind: z.enum(['spot', 'perp']),
  base: name,
  quote: name,
  /** Best tier it may reach; absent = by base and market cap. */
  tier_ceiling: z.enum(TIERS).optional(),
  theme: name.optional(),
  filters: Filters,
  fees: z.strictObject({ maker_bps: z.number().min(-100).max(1000), taker_bps: z.number().min(0).max(1000) }),
  max_leverage: z.int().min(1).max(1000).default(1),
  contract_size: amount.default(SCALE),
  listed_at: instant.optional(),
  market_cap_usd: amount.optional(),
  /** What was not recorded: without it a file of candles alone cannot be traded, nor a touch without sizes. */
  assume: z.strictObject({ spread_bps: z.number().min(0).max(1000).optional(), depth_usd: amount.optional() }),
  data: Data,
  /** Relative to the manifest; in any order. */
  files: z.array(name).min(1),
});

export const ManifestSchema = z.strictObject({ name, instruments: z.array(Instrument).min(1) });

export interface RecordedInstrument {
  readonly facts: InstrumentFacts;
  readonly assumed: Assumed;
  readonly layout: Layout;
  readonly files: readonly string[];
}

export interface Manifest {
  readonly name: string;
  /** Folder that the files are named from; '' = the current one. */
  readonly folder: string;
  readonly instruments: readonly RecordedInstrument[];
}

/** Throws a RangeError with every field that does not fit. */
export function parseManifest(document: unknown, folder: string, universe: UniverseConfig = STANDARD_UNIVERSE): Manifest {
  const parsed = ManifestSchema.safeParse(document);
  if (!parsed.success) {
    const findings = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`);
    throw new RangeError(`market data manifest: ${findings.join('; ')}`);
  }
  const { instruments } = parsed.data;
  const twice = instruments.find((one, i) => instruments.findIndex((other) => other.instrument === one.instrument) !== i);
  if (twice !== undefined)
    throw new RangeError(`market data manifest: instrument "${twice.instrument}": listed twice, expected once`);
  return { name: parsed.data.name, folder, instruments: instruments.map((one) => recorded(one, universe)) };
}

function recorded(one: z.infer<typeof Instrument>, universe: UniverseConfig): RecordedInstrument {
  const { filters, assume } = one;
  const tier = one.tier_ceiling ?? ceilingOf(one.base, null, universe);
  return {
    facts: {
      instrument: one.instrument,
      venue: one.venue,
      venue_symbol: one.venue_symbol ?? one.instrument,
      kind: one.kind,
      base: one.base,
      quote: one.quote,
      chain: null,
      address: null,
      status: 'TRADING',
      filters: {
        ...blankFilters(),
        tick: filters.tick,
        step: filters.step,
        min_qty: filters.min_qty ?? null,
        max_qty: filters.max_qty ?? null,
        min_notional: filters.min_notional ?? null,
        max_notional: filters.max_notional ?? null,
      },
      fees: one.fees,
      max_leverage: one.max_leverage,
      contract_size: one.contract_size,
      listed_at: one.listed_at ?? null,
      market_cap_usd: one.market_cap_usd ?? null,
      ceiling: one.tier_ceiling ?? null,
      theme: one.theme ?? null,
    },
    assumed: {
      spread_bps: assume.spread_bps ?? STANDARD_COSTS.spread_bps[tier],
      depth_usd: assume.depth_usd ?? assumedDepth(tier, universe),
    },
    layout: one.data,
    files: one.files,
  };
}

/** Twice what the tier asks for. */
function assumedDepth(tier: UniverseTier, universe: UniverseConfig): bigint {
  return decimal(String(2 * universe.limits[tier].depth_min));
}
