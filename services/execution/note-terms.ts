// What was decided at sending, beside what was seen then: the same for an order that is sent and for one that only would be.
import { toNumber } from '../../schemas/money.ts';
import type { OrderEvent } from '../../schemas/records.generated.ts';
import type { PlaceCommand } from './command.ts';
import type { Terms } from './last-look.ts';

export function noteTerms(event: OrderEvent, command: PlaceCommand, terms: Terms): void {
  const { quote, cost } = terms;
  event.reason = terms.note;
  event.side = command.side;
  event.price = terms.price;
  event.stop_price = terms.stop_price;
  event.quantity = terms.quantity;
  event.bid = quote?.bid ?? null;
  event.ask = quote?.ask ?? null;
  event.bid_size = quote?.bid_size ?? null;
  event.ask_size = quote?.ask_size ?? null;
  event.quote_at = quote?.event_time ?? null;
  event.spread_bps = toNumber(cost.spread_bps);
  event.expected_slippage_bps = toNumber(cost.slippage_bps);
  event.expected_fee_bps = toNumber(cost.fee_bps);
}
