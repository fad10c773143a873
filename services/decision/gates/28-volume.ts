// Gate 28 VOLUME: enough was traded in 24 hours.
import { exactAmount } from '../../costs/table.ts';
import { ON } from '../sizing/blocked-by.ts';
import { lower } from './flip-to.ts';
import { atLeast, dependent, type Gate, gate, notApplicable, off, unknown } from './gate.ts';

export const volume: Gate = gate({
  number: 28,
  name: 'VOLUME',
  class: 'S',
  unit: 'usd',
  policy_key: 'liquidity.min_volume',
  evaluate: (e) => {
    if (e.token) return notApplicable(volume);
    if (e.tier === null) return dependent(volume, ON.LISTED);
    const limit = e.policy.liquidity.min_volume[e.tier];
    if (limit === null) return off(volume);
    const traded = e.enriched.volume_24h_usd;
    if (traded === null) return unknown(volume, 'volume_24h_usd');
    return atLeast(volume, traded, exactAmount(limit), 'VOLUME_TOO_LOW', null, 'volume_24h_usd');
  },
  flip: lower((e) => `liquidity.min_volume.${e.tier ?? 'T1'}`),
});
