// POSITION_LOSS_EXTREME: a loss of 30 % of the average price, whatever the position's own stop.
import { type ExitRule, hasFallenTo } from './rule.ts';

export const EXTREME_LOSS_BPS = 3_000;

export const positionLossExtreme: ExitRule = {
  name: 'POSITION_LOSS_EXTREME',
  policy_key: 'position_loss_extreme',
  urgency: 'URGENT',
  evaluate: ({ position, price }) => (hasFallenTo(position, price, position.extreme) ? 'FIRED' : 'OK'),
};
