// Tests of the verdicts on tokens.
import { describe, expect, test } from 'vitest';
import type { TokenSafety } from '../../schemas/records.generated.ts';
import { readEvidence } from '../signals/evidence.ts';
import { tokenSafetyOf } from './token-safety.ts';

type Row = readonly [string, { readonly [key: string]: string }, Partial<TokenSafety>];

const rows: readonly Row[] = [
  [
    'nothing known',
    {},
    { honeypot: 'UNKNOWN', rug: 'UNKNOWN', rug_score: null, sybil: 'UNKNOWN', holder_risk: 80, rugcheck_safe: null },
  ],
  // Honeypot
  ['a fee of 50 %', { transfer_fee_bps: '5000' }, { honeypot: 'UNKNOWN' }],
  ['a fee above 50 %', { transfer_fee_bps: '5001' }, { honeypot: 'HONEYPOT' }],
  ['a loss above 50 %', { roundtrip_loss_bps: '5001' }, { honeypot: 'HONEYPOT' }],
  ['no sale', { sell_quote_ok: 'false' }, { honeypot: 'HONEYPOT' }],
  ['named so', { rug_flags: 'honeypot' }, { honeypot: 'HONEYPOT' }],
  ['a loss of 50 %', { roundtrip_loss_bps: '5000' }, { honeypot: 'DANGER' }],
  ['a loss of 30 %', { roundtrip_loss_bps: '3000' }, { honeypot: 'CAUTION' }],
  ['a loss of 15 %, sale unknown', { roundtrip_loss_bps: '1500' }, { honeypot: 'UNKNOWN' }],
  ['a loss of 15 % and a sale', { roundtrip_loss_bps: '1500', sell_quote_ok: 'true' }, { honeypot: 'SAFE' }],
  ['a tax above 10 %', { roundtrip_loss_bps: '0', sell_quote_ok: 'true', tax_bps: '1001' }, { honeypot: 'CAUTION' }],
  ['a sale, loss unknown', { sell_quote_ok: 'true' }, { honeypot: 'UNKNOWN' }],
  // Rug
  ['mint, freeze, LP', { rug_flags: 'mint_authority_active,freeze_authority_active,lp_unlocked' }, { rug: 'RUG', rug_score: 75 }],
  ['mint, LP', { rug_flags: 'mint_authority_active', lp_locked_bps: '4999' }, { rug: 'DANGER', rug_score: 50 }],
  ['honeypot, no social', { rug_flags: 'honeypot', has_social: 'false' }, { rug: 'CAUTION', rug_score: 45 }],
  ['freeze', { rug_flags: 'freeze_authority_active' }, { rug: 'CAUTION', rug_score: 25 }],
  ['no flags, LP half locked', { rug_flags: '', lp_locked_bps: '5000' }, { rug: 'SAFE', rug_score: 0 }],
  ['no flags, LP unknown', { rug_flags: '' }, { rug: 'UNKNOWN', rug_score: null }],
  ['confirmed', { rug_flags: 'rug_confirmed' }, { rug: 'RUG' }],
  ['young and loud', { rug_flags: '', lp_locked_bps: '10000', token_age_s: '3599', volume_24h_usd: '100000' }, { rug_score: 15 }],
  ['young and quiet', { rug_flags: '', lp_locked_bps: '10000', token_age_s: '3599', volume_24h_usd: '99999' }, { rug_score: 0 }],
  ['an hour old', { rug_flags: '', lp_locked_bps: '10000', token_age_s: '3600', volume_24h_usd: '100000' }, { rug_score: 0 }],
  [
    'one holder, copycat',
    { rug_flags: 'copycat', lp_locked_bps: '10000', top_holder_bps: '5001' },
    { rug_score: 35, rug: 'CAUTION' },
  ],
  // Sybil
  ['five groups', { identical_group_count: '5' }, { sybil: 'CRITICAL' }],
  ['15 wallets', { identical_wallet_count: '15' }, { sybil: 'CRITICAL' }],
  ['three groups', { identical_group_count: '3' }, { sybil: 'HIGH' }],
  ['eight wallets', { identical_wallet_count: '8', identical_group_count: '0' }, { sybil: 'HIGH' }],
  ['one group', { identical_group_count: '1' }, { sybil: 'MEDIUM' }],
  ['three wallets', { identical_wallet_count: '3' }, { sybil: 'MEDIUM' }],
  ['none', { identical_group_count: '0', identical_wallet_count: '0' }, { sybil: 'LOW', holder_risk: 0 }],
  // Holders
  ['top 10 of 80 %', { top10_holder_bps: '8000' }, { holder_risk: 25 }],
  ['top 10 above 80 %', { top10_holder_bps: '8001' }, { holder_risk: 40 }],
  ['top 10 above 40 %', { top10_holder_bps: '4001' }, { holder_risk: 10 }],
  ['top 10 of 40 %', { top10_holder_bps: '4000' }, { holder_risk: 0 }],
  ['a developer above 20 %', { dev_holder_bps: '2001' }, { holder_risk: 30 }],
  ['a developer above 10 %', { dev_holder_bps: '1001' }, { holder_risk: 15 }],
  ['a developer above 5 %', { dev_holder_bps: '501' }, { holder_risk: 5 }],
  ['all at worst', { top10_holder_bps: '9000', dev_holder_bps: '3000', identical_group_count: '9' }, { holder_risk: 100 }],
  // Rugcheck
  ['score 30', { rugcheck_score: '30', rug_flags: '', lp_locked_bps: '5000' }, { rugcheck_safe: true }],
  ['score 29', { rugcheck_score: '29', rug_flags: '' }, { rugcheck_safe: false }],
  ['an active mint', { rugcheck_score: '90', rug_flags: 'mint_authority_active' }, { rugcheck_safe: false }],
  ['an active freeze', { rugcheck_score: '90', rug_flags: 'freeze_authority_active' }, { rugcheck_safe: false }],
  ['LP unlocked, score 49', { rugcheck_score: '49', rug_flags: '', lp_locked_bps: '4999' }, { rugcheck_safe: false }],
  ['LP unlocked, score 50', { rugcheck_score: '50', rug_flags: '', lp_locked_bps: '4999' }, { rugcheck_safe: true }],
  ['authorities unknown', { rugcheck_score: '90' }, { rugcheck_safe: null }],
];

describe('token safety', () => {
  for (const [name, evidence, verdict] of rows) {
    test(name, () => expect(tokenSafetyOf(readEvidence(evidence))).toMatchObject(verdict));
  }
});
