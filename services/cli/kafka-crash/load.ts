// For tests: an open loop of signals as an outside producer sends them, one line of JSON each, again until it is acknowledged.
import { setTimeout as wait } from 'node:timers/promises';
import { quietClient } from '../../../topology/kafka-broker/quiet-client.ts';
import { CRASH_INSTRUMENTS, signalText } from '../../gateway/example.ts';
import { wallClock } from '../../market/live/clock.ts';

export interface Load {
  /** Event ids and when they were due (monotonic ms), in order. */
  readonly due: ReadonlyMap<string, number>;
  /** Resolves with the event ids when each signal was acknowledged. */
  stop(): Promise<readonly string[]>;
}

/** Positions are held for a while, so that prices may end them; then a signal closes what is left. */
const CYCLE = 15;

export async function startLoad(brokers: readonly string[], topic: string, per_second: number): Promise<Load> {
  const producer = quietClient(brokers, { retry: { retries: 3, initialRetryTime: 100 } }).producer({
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  const due = new Map<string, number>();
  const waiting: number[] = [];
  let running = true;

  async function send(i: number): Promise<void> {
    const instrument = CRASH_INSTRUMENTS[i % CRASH_INSTRUMENTS.length] ?? '';
    const direction = Math.floor(i / CRASH_INSTRUMENTS.length) % CYCLE === CYCLE - 1 ? 'close_long' : 'long';
    const value = signalText({ event_id: `e${i}`, instrument, direction, signal_type: `test_${i % 7}` }, wallClock());
    // Without a key it lands anywhere, and enrichment has to send it on.
    const message = i % 2 === 0 ? { value } : { key: instrument, value };
    for (;;) {
      try {
        await producer.send({ topic, acks: -1, messages: [message] });
        return;
      } catch {
        await wait(200);
      }
    }
  }

  async function takeTurns(): Promise<void> {
    const begun = performance.now();
    for (let i = 0; running; i++) {
      due.set(`e${i}`, performance.now());
      waiting.push(i);
      await wait(Math.max(0, begun + ((i + 1) * 1_000) / per_second - performance.now()));
    }
  }

  /** One at a time; what became due meanwhile has its time all the same. */
  async function sendAll(): Promise<void> {
    while (running || waiting.length > 0) {
      const next = waiting.shift();
      if (next === undefined) await wait(5);
      else await send(next);
    }
  }

  const loops = [takeTurns(), sendAll()];

  return {
    due,
    async stop() {
      running = false;
      await Promise.all(loops);
      await producer.disconnect();
      return [...due.keys()];
    },
  };
}
