// Gate 25 PUMP_DUMP: few enough signs of a pump.
import { raise } from './flip-to.ts';
import { atMost, type Gate, gate, unknown, whole } from './gate.ts';

export const pumpDump: Gate = gate({
  number: 25,
  name: 'PUMP_DUMP',
  class: 'B',
  unit: 'count',
  policy_key: 'pump.max_flags',
  evaluate: (e) => {
    if (e.enriched.change_1h_bps === null) return unknown(pumpDump, 'change_1h_bps');
    return atMost(pumpDump, whole(e.enriched.pump_flags.length), whole(e.policy.pump.max_flags), 'PUMP_DUMP_SUSPECTED');
  },
  flip: raise('pump.max_flags'),
});
