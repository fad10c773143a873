// SHA-256: the only module of the pure code that may import node:crypto.
import { hash } from 'node:crypto';

/** Lower-case hex SHA-256 of bytes, or of the UTF-8 form of a text. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
