// PROGRESSIVE_12H: about twelve hours in, losing and still falling.
import { below, progressive, quarterInputs } from './progressive.ts';
import type { ExitRule } from './rule.ts';

export const progressive12h: ExitRule = {
  name: 'PROGRESSIVE_12H',
  policy_key: 'progressive_12h',
  urgency: 'PATIENT_EXIT',
  evaluate: (view) => progressive(view, 12, (result, momentum) => below(result, -250) && below(momentum, -300)),
  inputs: quarterInputs,
};
