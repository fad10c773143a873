// RESTRICT and UNRESTRICT: an instrument is closed to entries for a while, or open again.
import type { Control } from '../../../schemas/records.generated.ts';
import { HOUR } from '../../../schemas/time.ts';
import type { Fold } from '../fold.ts';
import type { PortfolioState } from '../state.ts';
import { accept, refuse } from './refuse.ts';

/** An exploit, a regulator, a delisting or a vanished team keeps an instrument closed for a week. */
const RED_FLAGS: readonly string[] = ['exploit', 'regulatory', 'delisting', 'team-rug'];
const RED_FLAG_US = 168 * HOUR;

export function restrict(fold: Fold, p: PortfolioState, control: Control): void {
  const { instrument, until, flag } = control.params;
  if (instrument === null) return refuse(fold, p, control, 'CONTROL_INVALID', 'params.instrument null: expected an instrument');
  const red = flag !== null && RED_FLAGS.includes(flag);
  const end = red ? Math.max(until ?? 0, p.now + RED_FLAG_US) : until;
  p.restrictions.set(instrument, {
    code: 'INSTRUMENT_RESTRICTED',
    actor: control.actor,
    reason: flag ?? control.reason,
    until: end,
  });
  accept(fold, p, control, 'CONTROL_APPLIED', '', 'ADJUST').instrument = instrument;
}

export function unrestrict(fold: Fold, p: PortfolioState, control: Control): void {
  const { instrument } = control.params;
  if (instrument === null) return refuse(fold, p, control, 'CONTROL_INVALID', 'params.instrument null: expected an instrument');
  if (!p.restrictions.delete(instrument))
    return refuse(fold, p, control, 'CONTROL_INVALID', `${instrument}: no restriction of an operator runs`);
  accept(fold, p, control, 'CONTROL_APPLIED', '', 'ADJUST').instrument = instrument;
}
