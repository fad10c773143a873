// What goes on outside: prices, seconds, signals and operators' commands, until they are told to rest.
import type { ControlParams } from '../../schemas/records.generated.ts';
import { HOUR, SECOND } from '../../schemas/time.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import { firstRecords } from '../deployment/first-records.ts';
import { DEPLOYMENT, INSTRUMENTS, PARTITIONS } from './pipeline.ts';
import { candle, control, info, poison, quote, signal, tick } from './records.ts';
import { EPOCH, type World } from './world.ts';

export interface Outside {
  /** No more signals, commands and poison. */
  quiet(): void;
  /** No more prices and seconds. */
  rest(): void;
}

const FIRST_CANDLE = EPOCH - 3 * HOUR;
const DIRECTIONS = ['long', 'long', 'close_long', 'long', 'close_long'] as const;
const COMMANDS: readonly (readonly ['KILL' | 'CLOSE' | 'CANCEL', Partial<ControlParams>])[] = [
  ['KILL', { state: 'REDUCING' }],
  ['CLOSE', {}],
  ['CLOSE', {}],
  ['CANCEL', {}],
];

export function startOutside(world: World): Outside {
  const { chance, scheduler } = world;
  let resting = false;
  let quiet = false;
  const prices = new Map<string, number>(INSTRUMENTS.map((of) => [of, 50_000]));
  const market = world.source('market');
  const clock = world.source('clock');
  const users = world.source('users');
  const operator = world.source('operator');
  let minute = 0;
  let sent = 0;
  let commands = 0;

  /** A source goes on asking until its records are acknowledged: then they may stand twice. */
  async function insist(append: (records: readonly SourceRecord[]) => Promise<boolean>, records: readonly SourceRecord[]) {
    while (!(await append(records)))
      await new Promise<void>((resolve) => scheduler.after(chance.between(10, 200), null, resolve));
  }

  function every(ms: number, done: () => boolean, work: () => void): void {
    if (done()) return;
    work();
    scheduler.after(chance.between(ms * 0.7, ms * 1.3), null, () => every(ms, done, work));
  }

  function tellPrices(): void {
    const at = world.now();
    const records = INSTRUMENTS.flatMap((instrument) => {
      const price = Math.round((prices.get(instrument) ?? 0) * (1 + (chance.next() - 0.5) / 80));
      prices.set(instrument, price);
      const news = [quote(instrument, price, at)];
      if (chance.happens(0.5)) news.push(candle(instrument, minute, price, FIRST_CANDLE));
      return news;
    });
    minute += 1;
    void market(records);
  }

  function tellSecond(): void {
    const tick_at = Math.floor(world.now() / SECOND) * SECOND;
    void clock(Array.from({ length: PARTITIONS }, (_, partition) => tick(partition, tick_at)));
  }

  function sendSignal(): void {
    sent += 1;
    const instrument = chance.pick(INSTRUMENTS);
    const given = { event_id: `e${sent}`, instrument, direction: chance.pick(DIRECTIONS) };
    // Some users do not know where a key belongs, and some send a thing twice.
    const misplaced = chance.happens(0.2) ? chance.below(PARTITIONS) : undefined;
    const record = signal(given, world.now(), misplaced);
    void insist(users, chance.happens(0.1) ? [record, record] : [record]);
    if (chance.happens(0.08))
      void users([poison(chance.pick(['signals.v1', 'journal.v1', 'orders.v1']), chance.below(PARTITIONS), sent)]);
  }

  /** Sometimes only the first portfolio is told before the gateway dies; whoever gave the command gives it again. */
  function command(): void {
    commands += 1;
    const [type, params] = chance.pick(COMMANDS);
    const records = control(`command-${commands}`, type, params, world.now());
    const [first] = records;
    if (first !== undefined && chance.happens(0.5)) {
      void operator([first]);
      scheduler.after(chance.between(100, 2_000), null, () => void insist(operator, records));
    } else void insist(operator, records);
    if (type !== 'KILL') return;
    const resume = control(`command-${commands}-resumed`, 'RESUME', { baseline: 'new' }, world.now());
    scheduler.after(chance.between(500, 2_500), null, () => void insist(operator, resume));
  }

  const isQuiet = (): boolean => quiet;
  const isResting = (): boolean => resting;
  void insist(operator, firstRecords(DEPLOYMENT, EPOCH));
  void insist(
    market,
    INSTRUMENTS.map((instrument) => info(instrument, EPOCH)),
  );
  every(1_000, isResting, tellPrices);
  every(1_000, isResting, tellSecond);
  scheduler.after(2_500, null, () => every(1_200, isQuiet, sendSignal));
  scheduler.after(5_000, null, () => every(6_000, isQuiet, command));

  return {
    quiet() {
      quiet = true;
    },
    rest() {
      resting = true;
    },
  };
}
