// Tests of the trust parts: provenance, and which claims can be checked and hold.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { readEvidence } from '../signals/evidence.ts';
import { canonicalSource, sourceTable } from '../signals/source.ts';
import { type Claims, trustPartsOf } from './trust-parts.ts';

const table = sourceTable();
const base: Claims = {
  source: canonicalSource('telegram', table),
  event_id: 'msg-1',
  instrument_exact: true,
  entry_price: null,
  evidence: readEvidence({}),
  mid: decimal('100'),
  change_1h_bps: 200,
  change_24h_bps: 1_000,
  volume_24h_usd: decimal('1000000'),
};
const claim = (values: { readonly [key: string]: string }): Partial<Claims> => ({ evidence: readEvidence(values) });

const rows: readonly (readonly [string, Partial<Claims>, string, number, number])[] = [
  [
    'event id, entry 40 bps off, 1 h of the other sign',
    { entry_price: decimal('100.4'), ...claim({ price_change_1h_bps: '-150' }) },
    'proven',
    2,
    3,
  ],
  ['no event id, no claims', { event_id: null }, 'missing', 1, 1],
  ['an unknown source', { source: canonicalSource('unknown:x', table) }, 'contradicted', 1, 1],
  ['an unknown part', { source: canonicalSource('telegram+x', table) }, 'contradicted', 1, 1],
  ['an enricher beside it', { source: canonicalSource('telegram+rugcheck', table) }, 'proven', 1, 1],
  ['a default quote', { instrument_exact: false }, 'proven', 0, 1],
  ['entry 100 bps off', { entry_price: decimal('101') }, 'proven', 2, 2],
  ['entry further off', { entry_price: decimal('101.000000000001') }, 'proven', 1, 2],
  ['entry without a mid', { entry_price: decimal('101'), mid: null }, 'proven', 1, 1],
  ['1 h within 100', claim({ price_change_1h_bps: '300' }), 'proven', 2, 2],
  ['1 h by the factor 2', claim({ price_change_1h_bps: '400' }), 'proven', 2, 2],
  ['1 h above the factor 2', claim({ price_change_1h_bps: '400.1' }), 'proven', 1, 2],
  ['1 h of other sign, but near', { ...claim({ price_change_1h_bps: '-40' }), change_1h_bps: 40 }, 'proven', 2, 2],
  ['1 h not measured', { ...claim({ price_change_1h_bps: '40' }), change_1h_bps: null }, 'proven', 1, 1],
  ['1 h measured as nothing', { ...claim({ price_change_1h_bps: '101' }), change_1h_bps: 0 }, 'proven', 1, 2],
  ['24 h within 300', claim({ price_change_24h_bps: '700' }), 'proven', 2, 2],
  ['24 h beyond', claim({ price_change_24h_bps: '1300.1' }), 'proven', 1, 2],
  ['half the volume', claim({ volume_24h_usd: '500000' }), 'proven', 2, 2],
  ['twice the volume', claim({ volume_24h_usd: '2000000' }), 'proven', 2, 2],
  ['more than twice', claim({ volume_24h_usd: '2000000.1' }), 'proven', 1, 2],
  ['less than half', claim({ volume_24h_usd: '499999' }), 'proven', 1, 2],
  ['volume not measured', { ...claim({ volume_24h_usd: '1' }), volume_24h_usd: null }, 'proven', 1, 1],
];
describe('trust parts', () => {
  for (const [name, change, provenance, verified, checkable] of rows) {
    test(name, () => expect(trustPartsOf({ ...base, ...change })).toMatchObject({ provenance, verified, checkable }));
  }
});

test('rug flags and sybil risk are carried', () => {
  const parts = trustPartsOf({ ...base, ...claim({ rug_flags: 'honeypot', identical_group_count: '3' }) });
  expect(parts).toMatchObject({ rug_flags: ['honeypot'], sybil: 'HIGH' });
  expect(trustPartsOf(base)).toMatchObject({ rug_flags: [], sybil: 'UNKNOWN' });
});
