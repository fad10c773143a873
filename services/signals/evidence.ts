// The evidence dictionary: which keys a signal's evidence may use, and how each value reads.
import { type Decimal, parseDecimal, SCALE } from '../../schemas/money.ts';

/** Hard facts against a token, as `rug_flags` lists them. */
export const RUG_FLAGS: readonly string[] = [
  'honeypot',
  'blacklisted',
  'rug_confirmed',
  'mint_authority_active',
  'freeze_authority_active',
  'lp_unlocked',
  'copycat',
];

type Kind =
  | { readonly is: 'number'; readonly min: Decimal | null; readonly max: Decimal | null; readonly whole: boolean }
  | { readonly is: 'flag' }
  | { readonly is: 'text' }
  | { readonly is: 'rug_flags' };

function number(min: bigint | null, max: bigint | null, whole = false): Kind {
  return { is: 'number', min: min === null ? null : min * SCALE, max: max === null ? null : max * SCALE, whole };
}
const AMOUNT = number(null, null);
const POSITIVE = number(0n, null);
const COUNT = number(0n, null, true);
const SHARE = number(0n, 10_000n);
const PERCENT = number(0n, 100n);
/** A price can lose all of itself, not more. */
const CHANGE = number(-10_000n, null);
const FLAG: Kind = { is: 'flag' };

function keys(kind: Kind, names: string): [string, Kind][] {
  return names.split(' ').map((name) => [name, kind]);
}

const DICTIONARY: ReadonlyMap<string, Kind> = new Map([
  ...keys(CHANGE, 'price_change_5m_bps price_change_30m_bps price_change_1h_bps price_change_24h_bps'),
  ...keys(AMOUNT, 'volume_24h_usd liquidity_usd market_cap_usd fdv_usd whale_net_usd boost_amount'),
  ...keys(POSITIVE, 'volume_multiple buy_sell_ratio pair_age_s token_age_s'),
  ...keys(COUNT, 'buys_24h_count sells_24h_count trades_24h_count holder_count identical_group_count identical_wallet_count'),
  ...keys(COUNT, 'trending_rank whale_tx_count whale_alert_count'),
  ...keys(SHARE, 'top10_holder_bps top_holder_bps dev_holder_bps holder_hhi'),
  ...keys(SHARE, 'lp_locked_bps transfer_fee_bps roundtrip_loss_bps tax_bps creator_share_bps'),
  ...keys(number(0n, 1n), 'holder_gini'),
  ...keys(PERCENT, 'rugcheck_score social_score sentiment_score fear_greed'),
  ...keys(number(-100n, 100n), 'sentiment_shift'),
  ...keys(FLAG, 'sell_quote_ok has_social smart_money catalyst q_vwap q_higher_low q_rsi_cross q_bounce'),
  ...keys({ is: 'text' }, 'param_hash'),
  ...keys({ is: 'rug_flags' }, 'rug_flags'),
]);

/** Every key of the dictionary, for those who check names that refer to evidence. */
export const EVIDENCE_KEYS: readonly string[] = [...DICTIONARY.keys()];

/** Read evidence: a key is in exactly one of the collections. */
export interface Evidence {
  readonly numbers: ReadonlyMap<string, Decimal>;
  readonly flags: ReadonlyMap<string, boolean>;
  readonly texts: Readonly<Record<string, string>>;
  readonly rug_flags: readonly string[] | null;
  /** Known keys whose value does not read: dropped. */
  readonly invalid: readonly string[];
  /** Keys of no meaning here: kept as opaque text. */
  readonly unknown: readonly string[];
}

const NO_NUMBERS: ReadonlyMap<string, Decimal> = new Map();
const NO_FLAGS: ReadonlyMap<string, boolean> = new Map();

export function readEvidence(raw: { readonly [key: string]: string }): Evidence {
  // Most signals have evidence of one kind at most.
  let numbers: Map<string, Decimal> | null = null;
  let flags: Map<string, boolean> | null = null;
  const texts: Record<string, string> = {};
  const invalid: string[] = [];
  const unknown: string[] = [];
  let rug_flags: readonly string[] | null = null;
  for (const key in raw) {
    const text = raw[key] ?? '';
    const kind = DICTIONARY.get(key);
    if (kind === undefined) {
      unknown.push(key);
      texts[key] = text;
    } else if (kind.is === 'text') {
      texts[key] = text;
    } else if (kind.is === 'flag') {
      if (text === 'true' || text === 'false') flags = (flags ?? new Map()).set(key, text === 'true');
      else invalid.push(key);
    } else if (kind.is === 'rug_flags') {
      // A word we do not know must not hide the ones we do.
      const words = text.split(',').map((word) => word.trim());
      const known = RUG_FLAGS.filter((flag) => words.includes(flag));
      const empty = text.trim() === '';
      if (!empty && words.some((word) => !RUG_FLAGS.includes(word))) invalid.push(key);
      if (empty || known.length > 0) rug_flags = known;
    } else {
      const value = parseDecimal(text);
      if (value === null || !within(value, kind)) invalid.push(key);
      else numbers = (numbers ?? new Map()).set(key, value);
    }
  }
  return { numbers: numbers ?? NO_NUMBERS, flags: flags ?? NO_FLAGS, texts, rug_flags, invalid, unknown };
}

function within(value: Decimal, kind: Kind & { readonly is: 'number' }): boolean {
  if (kind.whole && value % SCALE !== 0n) return false;
  return (kind.min === null || value >= kind.min) && (kind.max === null || value <= kind.max);
}
