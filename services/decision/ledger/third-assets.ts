// Assets that are neither the currency nor a position: fee coins, with the value at which they were booked.
import { type Money, mul, type Price } from '../../../schemas/money.ts';
import type { Ledger, ThirdAsset } from './ledger.ts';

export function thirdAsset(l: Ledger, asset: string): ThirdAsset {
  const known = l.third.get(asset);
  if (known !== undefined) return known;
  const fresh: ThirdAsset = { amount: 0n, booked: 0n, rate: null };
  l.third.set(asset, fresh);
  return fresh;
}

/** At the newest rate; at the booked value until one is known. */
export function thirdValue(asset: ThirdAsset): Money {
  return asset.rate === null ? asset.booked : mul(asset.amount, asset.rate);
}

/** Takes a new rate, and corrects what was estimated on open positions for want of one. */
export function setRate(l: Ledger, name: string, rate: Price): void {
  const asset = thirdAsset(l, name);
  if (asset.rate === rate) return;
  const first = asset.rate === null;
  l.third_value -= thirdValue(asset);
  asset.rate = rate;
  if (first) correctEstimates(l, name, asset, rate);
  l.third_value += thirdValue(asset);
}

function correctEstimates(l: Ledger, name: string, asset: ThirdAsset, rate: Price): void {
  for (const position of l.positions.values()) {
    if (!position.estimated.some((fee) => fee.asset === name)) continue;
    let difference = 0n;
    for (const fee of position.estimated) {
      if (fee.asset !== name) continue;
      const change = mul(fee.amount, rate) - fee.value;
      if (fee.leg === 'ENTRY') position.entry.fees += change;
      else position.exits.fees += change;
      difference += change;
    }
    position.estimated = position.estimated.filter((fee) => fee.asset !== name);
    position.fee_estimated = position.fees_unknown || position.estimated.length > 0;
    // What is not shared out yet bears all of the correction: closes that were booked stay as they are.
    position.fees += difference;
    position.fees_open += difference;
    asset.booked -= difference;
    l.fees += difference;
    l.bookings += 1;
  }
}
