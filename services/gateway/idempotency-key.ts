// The header Idempotency-Key: what it may be, and the id under which the log remembers it.
import { idempotencyId } from '../../schemas/ids.ts';
import type { Answer } from './answer.ts';
import { problem } from './problem.ts';

/** Whoever may use the owner's socket is one and the same key. */
export const LOCAL_KEY_ID = 'local';

const VISIBLE = /^[\x21-\x7e]{1,255}$/;

export type KeyRoute = 'signals' | 'control';

/** Null: none was sent. */
export function readKey(header: string | undefined): { readonly key: string | null } | { readonly refused: Answer } {
  if (header === undefined) return { key: null };
  if (VISIBLE.test(header)) return { key: header };
  return { refused: problem('IDEMPOTENCY_KEY_INVALID', 'Idempotency-Key: expected 1 to 255 visible ASCII characters') };
}

export function keyId(key: string, route: KeyRoute): string {
  return idempotencyId({ key, key_id: LOCAL_KEY_ID, route });
}
