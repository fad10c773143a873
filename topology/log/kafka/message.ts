// A record as a Kafka message: the value is framed Avro, everything else is headers.
import { type Claim, claimText } from '../claims.ts';
import type { Draft } from '../draft.ts';
import type { Outgoing } from '../shared-log.ts';
import { bytesOf, sourceText } from '../sqlite-row.ts';

export interface Message {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
  readonly partition: number;
}

export function messageOf(outgoing: Outgoing): Message {
  switch (outgoing.kind) {
    case 'CLAIM':
      return { key: null, value: null, headers: { 'weir-claim': claimText(outgoing.claim) }, partition: outgoing.partition };
    case 'EMPTY':
      return { key: outgoing.key, value: null, headers: {}, partition: outgoing.partition };
    case 'RECORD': {
      const { draft } = outgoing;
      const bytes = bytesOf(draft);
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return {
        key: draft.key === '' ? null : draft.key,
        value,
        headers: headersOf(draft, outgoing.claim),
        partition: draft.partition,
      };
    }
  }
}

function headersOf(draft: Draft, claim: Claim | null): Record<string, string> {
  const headers: Record<string, string> = { ...(draft.headers ?? {}), 'weir-at': String(draft.at) };
  const source = sourceText(draft.source);
  if (source !== null) headers['weir-source'] = source;
  if (draft.id !== '') headers['weir-id'] = draft.id;
  if (draft.cause !== '') headers['weir-cause'] = draft.cause;
  if (draft.trace !== '') headers['weir-trace'] = draft.trace;
  if (draft.retry_of !== '') headers['weir-retry-of'] = draft.retry_of;
  if (claim !== null) headers['weir-claim'] = claimText(claim);
  return headers;
}
