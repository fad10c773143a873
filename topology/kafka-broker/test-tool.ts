// For tests: a tool of the outside world that a suite runs; where it cannot be had, what is left out is said at the end.
import { appendFileSync } from 'node:fs';
import { inject } from 'vitest';

/** What `find` finds; null if it throws, after noting what is left out and why. With WEIR_TEST_STRICT=1 it throws. */
export function testTool<T>(leftOut: string, find: () => T): T | null {
  try {
    return find();
  } catch (error) {
    if (process.env.WEIR_TEST_STRICT === '1') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    appendFileSync(inject('tools_left_out'), `${leftOut}: ${reason.replaceAll('\n', ' ').slice(0, 500)}\n`);
    return null;
  }
}
