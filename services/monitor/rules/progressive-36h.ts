// PROGRESSIVE_36H: about a day and a half in, losing and falling, or going nowhere on fading volume.
import { below, progressive, quarterInputs, volumeFades, within } from './progressive.ts';
import type { ExitRule } from './rule.ts';

export const progressive36h: ExitRule = {
  name: 'PROGRESSIVE_36H',
  policy_key: 'progressive_36h',
  urgency: 'PATIENT_EXIT',
  evaluate: (view) =>
    progressive(
      view,
      36,
      (result, momentum, quarters) =>
        (below(result, -200) && below(momentum, -150)) || (within(result, 150) && within(momentum, 50) && volumeFades(quarters)),
    ),
  inputs: quarterInputs,
};
