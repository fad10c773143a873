// TRAILING_STOP: once the best return reached its arm, a stop that follows the best price.
import { type ExitRule, hasRisenTo, stopBehind, stopHit, tighter } from './rule.ts';

export const trailingStop: ExitRule = {
  name: 'TRAILING_STOP',
  policy_key: 'trailing_stop',
  urgency: 'URGENT',
  evaluate(view) {
    const { position } = view;
    if (position.trailing_from !== position.best) {
      if (position.trailing_stop === null && !hasRisenTo(position, position.best, position.trailing_arm)) return 'OK';
      const stop = stopBehind(position, position.best, position.trail_bps, view.track.tick);
      position.trailing_stop = tighter(position, position.trailing_stop, stop);
      position.trailing_from = position.best;
    }
    if (position.trailing_stop === null) return 'OK';
    return stopHit(view, position.trailing_stop) ? 'FIRED' : 'ARMED';
  },
};
