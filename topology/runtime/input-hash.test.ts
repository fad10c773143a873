// The running hash of the input tells two inputs apart, and two runs over the same input do not differ.
import { expect, it } from 'vitest';
import { newDraft, placed } from '../log/draft.ts';
import { addToHash, hashText, newInputHash } from './input-hash.ts';

interface Given {
  readonly offset?: number;
  readonly key?: string;
  readonly id?: string;
  readonly at?: number;
}

function hashOf(...records: Given[]): string {
  const hash = newInputHash();
  for (const { offset = 0, key = 'pf-1', id = 'a', at = 0 } of records) {
    const draft = newDraft('journal.v1', 0, 'Tick', key, new Uint8Array(), at, id, '', '', null, '', null);
    draft.offset = offset;
    addToHash(hash, placed(draft));
  }
  return hashText(hash);
}

it('is 16 hex digits, the same for the same records', () => {
  expect(hashOf({}, { offset: 1 })).toBe(hashOf({}, { offset: 1 }));
  expect(hashOf({})).toMatch(/^[0-9a-f]{16}$/);
});

it('does not depend on when a record was appended', () => {
  expect(hashOf({ at: 1 })).toBe(hashOf({ at: 2 }));
});

it.each<[string, Given[], Given[]]>([
  ['another order', [{ id: 'a' }, { id: 'b' }], [{ id: 'b' }, { id: 'a' }]],
  ['one record more', [{}], [{}, {}]],
  ['another offset', [{ offset: 1 }], [{ offset: 2 }]],
  ['an offset beyond 32 bits', [{ offset: 1 }], [{ offset: 1 + 2 ** 32 }]],
  ['another key', [{ key: 'pf-1' }], [{ key: 'pf-2' }]],
  ['letters moved from key to id', [{ key: 'ab', id: 'c' }], [{ key: 'a', id: 'bc' }]],
])('%s gives another hash', (_case, one, other) => {
  expect(hashOf(...one)).not.toBe(hashOf(...other));
});
