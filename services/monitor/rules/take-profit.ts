// TAKE_PROFIT: the plan's target from the average price; never in the bar that the position was entered in.
import { type ExitRule, hasRisenTo } from './rule.ts';

export const takeProfit: ExitRule = {
  name: 'TAKE_PROFIT',
  policy_key: 'take_profit',
  urgency: 'PATIENT_EXIT',
  evaluate: ({ position, price, entry_bar }) => (!entry_bar && hasRisenTo(position, price, position.target) ? 'FIRED' : 'OK'),
};
