// PROGRESSIVE_24H: about a day in, losing without recovery, or losing a little while volume and price fade.
import { below, progressive, quarterInputs, volumeFades } from './progressive.ts';
import type { ExitRule } from './rule.ts';

export const progressive24h: ExitRule = {
  name: 'PROGRESSIVE_24H',
  policy_key: 'progressive_24h',
  urgency: 'PATIENT_EXIT',
  evaluate: (view) =>
    progressive(
      view,
      24,
      (result, momentum, quarters) =>
        (below(result, -300) && below(momentum, -100)) || (below(result, -200) && volumeFades(quarters) && below(momentum, 0)),
    ),
  inputs: quarterInputs,
};
