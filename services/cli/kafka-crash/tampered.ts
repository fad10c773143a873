// For tests: final logs in which something is wrong, each made from logs in which nothing is; a verdict has to find every one.
import { encode } from '../../../schemas/codec.ts';
import type { OrderEvent, RecordName } from '../../../schemas/records.generated.ts';
import { HOUR } from '../../../schemas/time.ts';
import type { Envelope } from '../../../topology/envelope.ts';
import type { TopicName } from '../../../topology/topics.ts';
import type { FinalLogs } from './final-logs.ts';
import { type PlainMessage, plainEntry } from './plain-entry.ts';

type RecordOf<T extends RecordName> = Envelope<T>;

/** Messages of one partition, to be changed in place. */
type Change = (messages: PlainMessage[], at: number) => void;

/** A copy of the logs, changed at the first record of the type that is as wanted, or at the last. */
function changed<T extends RecordName>(
  logs: FinalLogs,
  topic: TopicName,
  type: T,
  wanted: (record: RecordOf<T>) => boolean,
  change: Change,
  which: 'first' | 'last' = 'first',
): FinalLogs {
  const copy = new Map([...logs].map(([name, partitions]) => [name, partitions.map((messages) => [...messages])] as const));
  for (const [partition, messages] of (copy.get(topic) ?? []).entries()) {
    const isWanted = (message: PlainMessage): boolean => {
      if (message.value === null) return false;
      const record = plainEntry(topic, partition, message).record();
      return record.type === type && wanted(record as RecordOf<T>);
    };
    const at = which === 'last' ? messages.findLastIndex(isWanted) : messages.findIndex(isWanted);
    if (at < 0) continue;
    change(messages, at);
    messages.forEach((message, offset) => {
      messages[offset] = { ...message, offset: String(offset) };
    });
    return copy;
  }
  throw new Error(`tampered: no ${type} to be changed stands in ${topic}`);
}

const whichever = (): boolean => true;

/** Appends a copy under the claim that is in force at the end, with other headers. */
function appendAgain(messages: PlainMessage[], at: number, headers: Readonly<Record<string, string>>): void {
  const message = messages[at];
  if (message === undefined) return;
  const slotOf = (of: PlainMessage): string => String(of.headers?.['weir-claim']).split('/').slice(0, 3).join('/');
  const claim = messages.findLast((of) => of.value === null && slotOf(of) === slotOf(message))?.headers?.['weir-claim'];
  messages.push({ ...message, headers: { ...message.headers, 'weir-claim': claim, ...headers } });
}

/** Under another position: what no watermark drops. */
function doubled(messages: PlainMessage[], at: number): void {
  const source = String(messages[at]?.headers?.['weir-source']).split('/');
  source[4] = String(Number(source[4]) + 50);
  appendAgain(messages, at, { 'weir-source': source.join('/') });
}

/** The same record with another value, encoded again. */
function withValue<T extends RecordName>(
  type: T,
  edit: (value: RecordOf<T>['value']) => RecordOf<T>['value'],
  topic: TopicName,
): Change {
  return (messages, at) => {
    const message = messages[at];
    if (message === undefined) return;
    const { value } = plainEntry(topic, 0, message).record() as RecordOf<T>;
    messages[at] = { ...message, value: Buffer.from(encode(type, edit(value) as never)) };
  };
}

/** One more event of an order that the venue has taken, made from its acceptance. */
function acceptedAgain(logs: FinalLogs, id: string, edit: (value: OrderEvent) => OrderEvent): FinalLogs {
  return changed(
    logs,
    'journal.v1',
    'OrderEvent',
    ({ value }) => value.type === 'ACCEPTED',
    (messages, at) => {
      appendAgain(messages, at, { 'weir-id': id });
      withValue('OrderEvent', edit, 'journal.v1')(messages, messages.length - 1);
    },
  );
}

export interface Tampering {
  readonly what: string;
  readonly logs: (logs: FinalLogs) => FinalLogs;
  /** What the verdict has to say among others. */
  readonly says: RegExp;
}

export const TAMPERED: readonly Tampering[] = [
  {
    what: 'an order under a second position',
    logs: (logs) => changed(logs, 'orders.v1', 'OrderCommand', ({ value }) => value.action === 'PLACE', doubled, 'last'),
    says: /^order \w{64} stands 2 times$/,
  },
  {
    what: 'a trade under a second position',
    logs: (logs) => changed(logs, 'trades.v1', 'Trade', whichever, doubled, 'last'),
    says: /^trade \w{64} stands 2 times$/,
  },
  {
    what: 'a decision that is not there',
    logs: (logs) =>
      changed(
        logs,
        'decisions.v1',
        'Decision',
        ({ value }) => value.subject_type === 'signal',
        (messages, at) => {
          messages.splice(at, 1);
        },
      ),
    says: /^signal \w{64} is decided 0 times for paper-\d+$/,
  },
  {
    what: 'one changed value in a position',
    logs: (logs) =>
      changed(
        logs,
        'positions.v1',
        'Position',
        whichever,
        withValue('Position', (value) => ({ ...value, qty: value.qty + 1n }), 'positions.v1'),
      ),
    says: /^positions\.v1\/\d of decision: Position .* has other bytes than a fold of the final input derives$/,
  },
  {
    what: 'a Lesson that counts one trade more',
    logs: (logs) =>
      changed(
        logs,
        'journal.v1',
        'Lesson',
        whichever,
        withValue('Lesson', (value) => ({ ...value, n_total: value.n_total + 1 }), 'journal.v1'),
      ),
    says: /^journal\.v1\/\d of learning: Lesson /,
  },
  {
    what: 'a fill that stands twice under two event ids',
    logs: (logs) =>
      changed(
        logs,
        'journal.v1',
        'OrderEvent',
        ({ value }) => value.type === 'FILL',
        (messages, at) => appendAgain(messages, at, { 'weir-id': 'fill again' }),
      ),
    says: /^fill \w{64} stands 2 times$/,
  },
  {
    what: 'an order that is two at the venue',
    logs: (logs) => acceptedAgain(logs, 'venue order again', (value) => ({ ...value, venue_order_id: 'other' })),
    says: /^order \w{64} is 2 orders at the venue$/,
  },
  {
    what: 'an order that the venue has, denied as if its intent had come too late',
    logs: (logs) =>
      acceptedAgain(logs, 'denied', (value) => ({
        ...value,
        type: 'DENIED',
        reason: 'COMMAND_EXPIRED',
        observed_at: value.observed_at + HOUR,
      })),
    says: /^order \w{64} was sent, and denied: COMMAND_EXPIRED /,
  },
  {
    what: 'a signal enriched twice for a portfolio under two ids',
    logs: (logs) =>
      changed(logs, 'journal.v1', 'EnrichedSignal', whichever, (messages, at) =>
        appendAgain(messages, at, { 'weir-id': 'signal again' }),
      ),
    says: /^signal \w{64} is enriched 2 times for paper-\d+$/,
  },
  {
    what: 'an EnrichedSignal that names a quote which does not stand there',
    logs: (logs) =>
      changed(
        logs,
        'journal.v1',
        'EnrichedSignal',
        ({ value }) => value.quote !== null,
        withValue(
          'EnrichedSignal',
          (value) => ({ ...value, quote: value.quote === null ? null : { ...value.quote, bid: value.quote.bid + 1n } }),
          'journal.v1',
        ),
      ),
    says: /^EnrichedSignal \w+: quote names offset \d+: bid is /,
  },
  {
    what: 'a bar that does not stand at its offset',
    logs: (logs) =>
      changed(
        logs,
        'journal.v1',
        'EnrichedSignal',
        ({ value }) => Object.keys(value.bars).length > 0,
        withValue(
          'EnrichedSignal',
          (value) => ({
            ...value,
            bars: Object.fromEntries(Object.entries(value.bars).map(([name, bar]) => [name, { ...bar, offset: bar.offset - 1 }])),
          }),
          'journal.v1',
        ),
      ),
    says: /^EnrichedSignal \w+: bar \w+ names offset \d+/,
  },
  {
    what: 'a trigger that names a price which does not stand there',
    logs: (logs) =>
      changed(
        logs,
        'journal.v1',
        'ExitTrigger',
        whichever,
        withValue(
          'ExitTrigger',
          (value) => ({
            ...value,
            inputs: value.inputs.map((input) => (input.name === 'ask' ? { ...input, value: (input.value ?? 0) + 1 } : input)),
          }),
          'journal.v1',
        ),
      ),
    says: /^ExitTrigger \w+: ask names offset \d+: ask is /,
  },
];

/** These hide others, so they are tried by themselves. */
export const HIDING: readonly Tampering[] = [
  {
    what: 'decisions after a Claim of somebody who wrote none of them',
    logs: (logs) =>
      changed(
        logs,
        'decisions.v1',
        'Decision',
        whichever,
        (messages, at) => {
          const claim = String(messages[at]?.headers?.['weir-claim']).replace(/[^/]+$/, 'stranger#1');
          messages.splice(at, 0, {
            offset: '',
            key: null,
            value: null,
            timestamp: '0',
            headers: { 'weir-claim': claim },
          });
        },
        'last',
      ),
    says: /^decisions\.v1\/\d of decision: a fold of the final input derives Decision \w+ of .*, there stands nothing$/,
  },
  {
    what: 'a hole',
    logs: (logs) => {
      const copy = new Map(logs);
      const [first = [], ...others] = logs.get('orders.v1') ?? [];
      copy.set('orders.v1', [first.filter((_, i) => i !== 1), ...others]);
      return copy;
    },
    says: /^orders\.v1\/0: offset 2 stands where 1 should$/,
  },
];
