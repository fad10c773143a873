// What the universe is judged by: limits per tier, lists of bases, ceilings, themes, compliance lists.

import type { InstrumentKind } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';

/** Tiers that an instrument can reach, best first. */
export const TIERS = ['T1', 'T2', 'T3'] as const;
export type UniverseTier = (typeof TIERS)[number];

export interface TierLimits {
  readonly volume_min: number;
  readonly spread_bps_max: number;
  /** Within ±20 bps of mid, both sides together. */
  readonly depth_min: number;
}

/** A list of bases that some authority allows. */
export interface ComplianceList {
  readonly authority: string;
  readonly reviewed_at: Micros;
  readonly expires_at: Micros;
  readonly bases: readonly string[];
  readonly kinds_allowed: readonly InstrumentKind[];
  readonly short_allowed: boolean;
}

export interface UniverseConfig {
  readonly limits: Readonly<Record<UniverseTier, TierLimits>>;
  /** Ceiling per base; wins over the market cap. */
  readonly ceilings: Readonly<Record<string, UniverseTier>>;
  /** Consecutive evaluations that a rise or a fall needs. */
  readonly confirm: number;
  readonly cycle_s: number;
  /** Symbols, and addresses of tokens. */
  readonly stablecoins: readonly string[];
  readonly never_trade: readonly string[];
  /** Bases capped at T3 whatever their market cap. */
  readonly memes: readonly string[];
  /** First theme that lists the base. */
  readonly themes: Readonly<Record<string, readonly string[]>>;
  readonly compliance: {
    /** Lists that a base must be on; null stands for a list that could not be read. */
    readonly require: readonly string[];
    readonly lists: Readonly<Record<string, ComplianceList | null>>;
  };
}

function ceilings(tier: UniverseTier, bases: string): [string, UniverseTier][] {
  return bases.split(' ').map((base) => [base, tier]);
}

export const STANDARD_UNIVERSE: UniverseConfig = {
  limits: {
    T1: { volume_min: 10_000_000, spread_bps_max: 20, depth_min: 100_000 },
    T2: { volume_min: 8_000_000, spread_bps_max: 35, depth_min: 25_000 },
    T3: { volume_min: 5_000_000, spread_bps_max: 60, depth_min: 10_000 },
  },
  ceilings: Object.fromEntries([
    ...ceilings('T1', 'BTC ETH SOL'),
    ...ceilings('T2', 'DOGE XRP ADA AVAX DOT LINK UNI ATOM ALGO XLM HBAR'),
  ]),
  confirm: 3,
  cycle_s: 300,
  stablecoins: ['USDT', 'USDC', 'DAI', 'BUSD', 'TUSD', 'FDUSD', 'USDP', 'PYUSD', 'USDE'],
  never_trade: ['USDT', 'USDC', 'DAI', 'BUSD', 'PUMP', 'USELESS', 'FARTCOIN'],
  memes: ['DOGE', 'SHIB', 'PEPE', 'KPEPE'],
  themes: {
    DEFI: ['UNI', 'LINK', 'AAVE', 'SUSHI'],
    LAYER1: ['BTC', 'ETH', 'SOL', 'AVAX', 'DOT', 'ATOM'],
    LAYER2: ['OP', 'ARB'],
    MEME: ['DOGE', 'SHIB', 'PEPE', 'KPEPE'],
  },
  compliance: {
    require: [],
    // The mechanism only: an example without a single base, to be filled in by whoever is the authority.
    lists: {
      halal: {
        authority: 'none: an example, to be replaced',
        reviewed_at: 0,
        expires_at: 0,
        bases: [],
        kinds_allowed: ['spot'],
        short_allowed: false,
      },
    },
  },
};

export function themeOf(base: string, config: UniverseConfig): string {
  for (const [theme, bases] of Object.entries(config.themes)) if (bases.includes(base)) return theme;
  return 'OTHER';
}

const CAP_T1 = 20_000_000_000;
const CAP_T2 = 50_000_000;

/** Best tier that an instrument of this base may reach; an unknown cap is a small one. */
export function ceilingOf(base: string, marketCap: number | null, config: UniverseConfig): UniverseTier {
  const set = config.ceilings[base];
  if (set !== undefined) return set;
  if (config.memes.includes(base) || marketCap === null || marketCap < CAP_T2) return 'T3';
  return marketCap > CAP_T1 ? 'T1' : 'T2';
}
