// Gate 55 LOSS_STREAK: no pause runs after losses in a row.
import { change } from './flip-to.ts';
import { type Gate, gate, pauseOver } from './gate.ts';

export const lossStreak: Gate = gate({
  number: 55,
  name: 'LOSS_STREAK',
  class: 'B',
  unit: 's',
  policy_key: 'streak.pauses',
  evaluate: (e) => {
    return pauseOver(lossStreak, e.now, e.in.pacing.pause_until, 'LOSS_STREAK_PAUSE');
  },
  flip: change('streak.pauses', 'over'),
});
