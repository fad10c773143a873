// Backend SHADOW: everything but the call, and a record of what would have been sent.
import type { Quote } from '../../schemas/records.generated.ts';
import type { PlaceCommand } from './command.ts';
import { identityOf, orderEvent, publish } from './events.ts';
import type { Denial, Terms } from './last-look.ts';
import type { Portfolio, Step } from './state.ts';

export function shadowed(
  step: Step,
  portfolio: Portfolio,
  command: PlaceCommand,
  quote: Quote | null,
  terms: Terms | Denial,
): void {
  const event = orderEvent({ ...identityOf(command), events: 0 }, 'SHADOWED', step.now, 'LOCAL');
  const denied = 'reason' in terms ? terms : null;
  event.side = command.side;
  event.reason = denied?.reason ?? '';
  event.detail = denied?.detail ?? '';
  event.bid = quote?.bid ?? null;
  event.ask = quote?.ask ?? null;
  event.quote_at = quote?.event_time ?? null;
  event.shadow = {
    route: command.route ?? 'PATIENT',
    price: denied === null && 'price' in terms ? terms.price : null,
    quantity: denied === null && 'quantity' in terms ? terms.quantity : command.quantity,
    quote_age_us: quote === null ? null : step.now - quote.event_time,
    spread_ok: denied?.reason !== 'SPREAD_TOO_WIDE',
    depth_ok: denied?.reason !== 'DEPTH_TOO_THIN',
    would_place: denied === null,
    refusal_code: denied?.reason ?? null,
  };
  publish(step, portfolio, event);
}
