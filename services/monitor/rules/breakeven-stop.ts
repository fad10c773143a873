// BREAKEVEN_STOP: once the best return was 5 %, a stop 10 bps behind the average price.
import { type ExitRule, hasRisenTo, stopBehind, stopHit, tighter } from './rule.ts';

export const BREAKEVEN_ARM_BPS = 500;
const BREAKEVEN_BPS = 10;

export const breakevenStop: ExitRule = {
  name: 'BREAKEVEN_STOP',
  policy_key: 'breakeven_stop',
  urgency: 'URGENT',
  evaluate(view) {
    const { position } = view;
    if (position.breakeven_from !== position.avg) {
      if (position.breakeven_stop === null && !hasRisenTo(position, position.best, position.breakeven_arm)) return 'OK';
      const stop = stopBehind(position, position.avg, BREAKEVEN_BPS, view.track.tick);
      position.breakeven_stop = tighter(position, position.breakeven_stop, stop);
      position.breakeven_from = position.avg;
    }
    return position.breakeven_stop !== null && stopHit(view, position.breakeven_stop) ? 'FIRED' : 'ARMED';
  },
};
