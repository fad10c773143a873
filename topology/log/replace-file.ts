// A small file that is replaced whole: whatever happens, a loss of power included, it is the old one or the new one.
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** `mode`: as of open(2), before the umask. */
export function replaceFile(path: string, text: string, mode = 0o666): void {
  writeFileSync(`${path}.new`, text, { mode, flush: true });
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
