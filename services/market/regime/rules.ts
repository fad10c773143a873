// From the figures of both horizons to a label: crash, bear, chop or bull, with a confidence, before hysteresis.
export type Trend = 'crash' | 'bear' | 'chop' | 'bull';
export type VolatilityLabel = 'low' | 'normal' | 'high';

export interface Judgement {
  readonly trend: Trend;
  readonly confidence: number;
}

/** t: % change over 168 h; v: yearly volatility in %. */
export function fastTrend(t: number, v: number): Judgement {
  if (t < -10 || v > 100) return { trend: 'crash', confidence: t < -15 && v > 120 ? 0.9 : 0.7 };
  if (t >= 10 && v < 60) return { trend: 'bull', confidence: Math.min(0.9, 0.5 + (t - 10) / 50) };
  if (t <= -5) return { trend: 'bear', confidence: Math.min(0.8, 0.5 + Math.abs(t + 5) / 20) };
  return { trend: 'chop', confidence: Math.abs(t) < 5 ? 0.8 : 0.6 };
}

/** s: slope of the daily closes, % of their mean per day; d: % below the highest high. */
export function slowTrend(s: number, d: number): Judgement {
  const confidence = Math.min(0.95, 0.5 + Math.abs(s));
  if (s >= 0.15) return d >= 15 ? { trend: 'bear', confidence: 0.6 } : { trend: 'bull', confidence };
  return { trend: s <= -0.15 ? 'bear' : 'chop', confidence };
}

const CONTRADICTED = 0.8;

/** Both horizons together; the more cautious one names the trend. */
export function judge(fast: Judgement, slow: Judgement, fearGreed: number | null): Judgement {
  const trend = combined(fast.trend, slow.trend);
  let confidence = 0;
  for (const horizon of [fast, slow]) if (horizon.trend === trend) confidence = Math.max(confidence, horizon.confidence);
  if (opposite(fast.trend, slow.trend)) confidence *= CONTRADICTED;
  if (fearGreed !== null && ((trend === 'bull' && fearGreed < 35) || (trend === 'bear' && fearGreed > 65))) {
    confidence *= CONTRADICTED;
  }
  return { trend, confidence };
}

function combined(fast: Trend, slow: Trend): Trend {
  if (fast === 'crash') return 'crash';
  if (fast === 'bear' || slow === 'bear') return 'bear';
  return fast === 'bull' || slow === 'bull' ? 'bull' : 'chop';
}

function opposite(a: Trend, b: Trend): boolean {
  const falls = (trend: Trend): boolean => trend === 'bear' || trend === 'crash';
  return (a === 'bull' && falls(b)) || (b === 'bull' && falls(a));
}

/** a: daily ATR in % of the close. */
export function volatilityLabel(a: number): VolatilityLabel {
  return a >= 3.5 ? 'high' : a <= 1.5 ? 'low' : 'normal';
}
