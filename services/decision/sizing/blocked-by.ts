// The gates whose unknown leaves sizing without something it needs.
/** By number. SIZE stands for a size that the signal should have carried. */
export const ON = {
  POLICY: 2,
  LEDGER: 3,
  LISTED: 10,
  QUOTE: 20,
  VOLATILITY: 24,
  DEPTH: 27,
  STRATEGY: 41,
  CONFIDENCE: 45,
  CONVICTION: 46,
  SIZE: 80,
} as const;
