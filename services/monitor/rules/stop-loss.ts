// STOP_LOSS: the plan's stop behind the average price; an add recomputes it and never loosens it.
import { type ExitRule, stopBehind, stopHit, tighter } from './rule.ts';

export const stopLoss: ExitRule = {
  name: 'STOP_LOSS',
  policy_key: 'stop_loss',
  urgency: 'URGENT',
  evaluate(view) {
    const { position } = view;
    if (position.stop_from !== position.avg) {
      position.stop_loss = tighter(
        position,
        position.stop_loss,
        stopBehind(position, position.avg, position.stop_bps, view.track.tick),
      );
      position.stop_from = position.avg;
    }
    return position.stop_loss !== null && stopHit(view, position.stop_loss) ? 'FIRED' : 'OK';
  },
};
