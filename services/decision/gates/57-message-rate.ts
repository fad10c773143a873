// Gate 57 MESSAGE_RATE: the venue's message budget has room for an entry.
import { entryWaitUs } from '../pacing/throttle.ts';
import { change } from './flip-to.ts';
import { fail, type Gate, gate, NO, none, off, secondsOf } from './gate.ts';

export const messageRate: Gate = gate({
  number: 57,
  name: 'MESSAGE_RATE',
  class: 'B',
  unit: 's',
  policy_key: 'throttle.messages',
  evaluate: (e) => {
    if (e.policy.throttle.messages === null) return off(messageRate);
    const wait = entryWaitUs(e.in.pacing.throttle, e.venue, e.policy.throttle, e.now);
    return wait <= 0 ? none(messageRate) : fail(messageRate, 'MESSAGE_RATE_EXCEEDED', secondsOf(Math.ceil(wait)), NO);
  },
  flip: change('throttle.messages', 'room'),
});
