// Where a leveraged position is liquidated: the model of the simulated exchange, as a share of the entry price.

/** Distance from entry to liquidation over the entry price; 1 = never. Maintenance margin is 50 bps of the notional. */
export function liquidationShare(long: boolean, leverage: number): number {
  return long ? 1 - (1 - 1 / leverage) / 0.995 : (1 + 1 / leverage) / 1.005 - 1;
}
