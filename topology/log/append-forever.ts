// For tests, run as a process of its own: appends until it is killed or the disk is full, and prints what was acknowledged.
import { writeSync } from 'node:fs';
import { tickDraft } from './conformance-draft.ts';
import { LogFullError } from './errors.ts';
import { openSqliteLog } from './sqlite.ts';

const [path, from] = process.argv.slice(2);
const log = openSqliteLog({ path: path ?? '' });
try {
  for (let i = Number(from); ; i++) {
    await log.append([tickDraft(i), tickDraft(i, 0, 'orders.v1')]);
    writeSync(1, `${i}\n`);
  }
} catch (error) {
  writeSync(2, error instanceof Error ? error.message : String(error));
  process.exit(error instanceof LogFullError ? 7 : 1);
}
