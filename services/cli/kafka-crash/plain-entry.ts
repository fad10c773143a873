// For tests: a message as a plain kafkajs consumer has it, read as an entry of the log without anything of our driver.
import { decode } from '../../../schemas/codec.ts';
import { parseClaim } from '../../../topology/log/claims.ts';
import { newDraft, placed } from '../../../topology/log/draft.ts';
import type { LogEntry } from '../../../topology/log/shared-log.ts';
import { parseSource } from '../../../topology/log/sqlite-row.ts';
import type { TopicName } from '../../../topology/topics.ts';

type HeaderValue = Buffer | string | readonly (Buffer | string)[] | undefined;

export interface PlainMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

function textOf(message: PlainMessage, name: string): string | null {
  const value = message.headers?.[name];
  return value === undefined ? null : String(Array.isArray(value) ? value[0] : value);
}

export function plainEntry(topic: TopicName, partition: number, message: PlainMessage): LogEntry {
  const { value } = message;
  const claim = parseClaim(textOf(message, 'weir-claim'));
  const offset = Number(message.offset);
  const key = message.key?.toString() ?? '';
  const source = textOf(message, 'weir-source');
  const at = Number(textOf(message, 'weir-at') ?? Number(message.timestamp) * 1_000);
  return {
    topic,
    partition,
    offset,
    kind: value !== null ? 'RECORD' : claim === null ? 'EMPTY' : 'CLAIM',
    key,
    bytes: value?.length ?? 0,
    value,
    at,
    claim,
    source: source ?? '',
    record() {
      if (value === null) throw new TypeError(`${topic}/${partition} offset ${offset} has no value`);
      const decoded = decode(value);
      const type = 'error' in decoded ? 'Raw' : decoded.type;
      const content = 'error' in decoded ? new Uint8Array(value) : decoded.value;
      const [id, cause, trace, retry] = ['weir-id', 'weir-cause', 'weir-trace', 'weir-retry-of'].map(
        (name) => textOf(message, name) ?? '',
      );
      const draft = newDraft(
        topic,
        partition,
        type,
        key,
        content,
        at,
        id ?? '',
        cause ?? '',
        trace ?? '',
        parseSource(source),
        retry ?? '',
        null,
      );
      draft.offset = offset;
      draft.sequence = offset;
      return placed(draft);
    },
  };
}
