// Backend SHADOW: everything but the call, and a record of what would have been sent.
import type { Quote } from '../../schemas/records.generated.ts';
import type { PlaceCommand } from './command.ts';
import { identityOf, orderEvent, publish } from './events.ts';
import type { Denial, Terms } from './last-look.ts';
import { noteTerms } from './note-terms.ts';
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
  const sent = 'reason' in terms ? null : terms;
  if (sent !== null) noteTerms(event, command, sent);
  if (denied !== null) {
    event.reason = denied.reason;
    event.detail = denied.detail;
  }
  event.shadow = {
    route: command.route ?? 'PATIENT',
    price: sent?.price ?? null,
    quantity: sent?.quantity ?? command.quantity,
    quote_age_us: quote === null ? null : step.now - quote.event_time,
    spread_ok: denied?.reason !== 'SPREAD_TOO_WIDE',
    depth_ok: denied?.reason !== 'DEPTH_TOO_THIN',
    would_place: denied === null,
    refusal_code: denied?.reason ?? null,
  };
  publish(step, portfolio, event);
}
