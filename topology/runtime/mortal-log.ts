// For tests: a log that dies at a chosen append, as a process does.
import { LogClosedError } from '../log/errors.ts';
import type { LocalLog } from '../log/log.ts';

/** The same log until `appends` appends were made; the next one throws. */
export function mortalLog(log: LocalLog, appends: number): LocalLog {
  let left = appends;
  return {
    ...log,
    appendNow(batch, owner) {
      if (left === 0) throw new LogClosedError('killed');
      left -= 1;
      log.appendNow(batch, owner);
    },
  };
}
