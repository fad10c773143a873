// The size an entry asks for before any limit: the tier's base, scaled step by step, each step on record.
import type { Money } from '../../../schemas/money.ts';
import type { SizingFactor } from '../../../schemas/records.generated.ts';

export interface RequestedInput {
  readonly nav: Money;
  readonly base_bps: number;
  readonly size_factor: number;
  readonly risk_per_trade_bps: number;
  readonly stop_bps: number;
  /** Annualised volatility, %. */
  readonly volatility_pct: number;
  readonly confidence: number;
  readonly confidence_factor: number;
  readonly conviction_factor: number;
  readonly regime: number;
  readonly fast_market: boolean;
  readonly trial: number;
}

export interface Requested {
  readonly factors: SizingFactor[];
  readonly parity_bps: number;
  readonly notional: Money;
}

const PPB = 1_000_000_000n;

export function requestedSize(input: RequestedInput): Requested {
  const factors: SizingFactor[] = [];
  let bps = input.base_bps;
  const step = (name: string, value: number) => {
    bps *= value;
    factors.push({ name, value, after_bps: bps });
  };
  step('size_factor', input.size_factor);
  const volatility = Math.max(input.volatility_pct, 10);
  const parity_bps = ((input.risk_per_trade_bps / input.stop_bps) * 10_000 * 50) / volatility;
  if (parity_bps < bps) {
    factors.push({ name: 'parity', value: parity_bps / bps, after_bps: parity_bps });
    bps = parity_bps;
  }
  step('confidence', input.confidence);
  if (input.confidence_factor !== 1) step('confidence_factor', input.confidence_factor);
  step('conviction', input.conviction_factor);
  step('regime', input.regime);
  if (input.fast_market) step('fast_market', 0.5);
  if (input.trial !== 1) step('trial', input.trial);
  const ppb = Math.floor(bps * 1e5 + 0.5);
  return { factors, parity_bps, notional: (input.nav * BigInt(ppb)) / PPB };
}
