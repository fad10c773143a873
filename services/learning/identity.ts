// The identity a Trade must satisfy before anything is learned from it: net is its legs, and gross with fees and funding.
import { formatDecimal } from '../../schemas/money.ts';
import type { Trade } from '../../schemas/records.generated.ts';

/** null if it holds, else the field, its value and what was expected. */
export function faultOf(trade: Trade): string | null {
  const legs =
    trade.leg_edge +
    trade.leg_opportunity +
    trade.leg_decision_delay +
    trade.leg_send_latency +
    trade.leg_entry_slippage +
    trade.leg_exit_delay +
    trade.leg_exit_slippage +
    trade.leg_fees +
    trade.leg_funding;
  if (legs !== trade.net) return `net: ${formatDecimal(trade.net)}: expected the sum of its legs, ${formatDecimal(legs)}`;
  const parts = trade.gross + trade.leg_fees + trade.leg_funding;
  if (parts !== trade.net) return `net: ${formatDecimal(trade.net)}: expected gross + fees + funding, ${formatDecimal(parts)}`;
  if (trade.entry_notional <= 0n) return `entry_notional: ${formatDecimal(trade.entry_notional)}: expected more than 0`;
  return null;
}
