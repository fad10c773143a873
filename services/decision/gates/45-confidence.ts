// Gate 45 CONFIDENCE: the sender is confident enough.
import { scoreDecimal } from '../sizing/score.ts';
import { lowerExact } from './flip-to.ts';
import { atLeast, type Gate, gate, unknown } from './gate.ts';

export const confidence: Gate = gate({
  number: 45,
  name: 'CONFIDENCE',
  class: 'S',
  unit: 'ratio',
  policy_key: 'confidence.min',
  evaluate: (e) => {
    if (e.confidence === null) return unknown(confidence, 'signal.confidence');
    return atLeast(confidence, scoreDecimal(e.confidence), scoreDecimal(e.policy.confidence.min), 'CONFIDENCE_LOW');
  },
  flip: lowerExact('confidence.min'),
});
