// What an outside producer sends into the demo: a signal, the same again, and one that is none.
import { formatTime, type Micros, SECOND } from '../../schemas/time.ts';
import type { SourceEvent } from '../../topology/runtime/source.ts';

const encoder = new TextEncoder();

function sent(at: Micros, text: string): SourceEvent {
  return { at, records: [{ topic: 'signals.v1', type: 'Raw', key: '', value: encoder.encode(text) }] };
}

/** `at` is not on a minute, so that nothing else happens then. */
export function demoSignals(instrument: string, at: Micros): SourceEvent[] {
  const good = JSON.stringify({
    instrument,
    direction: 'long',
    source: 'my_bot',
    event_time: formatTime(at),
    signal_type: 'breakout',
    confidence: 0.8,
    strength: 0.7,
  });
  const bad = JSON.stringify({
    instrument,
    direction: 'up',
    source: 'my_bot',
    event_time: formatTime(at),
    signal_type: 'breakout',
  });
  return [sent(at, good), sent(at + 2 * SECOND, good), sent(at + 3 * SECOND, bad)];
}
