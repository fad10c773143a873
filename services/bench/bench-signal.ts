// The signals of the Kafka benches: one line of JSON each, as an outside producer sends it, spread over some instruments.
import { formatTime, SECOND } from '../../schemas/time.ts';
import { wallClock } from '../market/live/clock.ts';

export interface BenchSignal {
  readonly key: string;
  readonly value: Buffer;
}

/** Spread over the partitions of a topic that has a few. */
export const BENCH_INSTRUMENTS = ['BTC', 'ETH', 'SOL', 'ADA', 'XRP', 'DOT', 'LTC', 'LINK'].map((base) => `${base}-USDT-PERP`);

/** `run` keeps the signals of two runs apart. */
export function benchSignal(run: string, n: number): BenchSignal {
  const instrument = BENCH_INSTRUMENTS[n % BENCH_INSTRUMENTS.length] ?? '';
  const event_time = formatTime(Math.floor(wallClock() / SECOND) * SECOND);
  const value = JSON.stringify({
    instrument,
    direction: 'long',
    source: 'my_bot',
    event_time,
    signal_type: 'breakout',
    event_id: `${run}-${n}`,
    confidence: 0.8,
    strength: 0.7,
    thesis: 'close above the high of twenty bars on twice the usual volume',
    evidence: { window: '20', volume_ratio: '2.1' },
  });
  return { key: instrument, value: Buffer.from(value) };
}
