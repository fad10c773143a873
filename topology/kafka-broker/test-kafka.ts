// What test files use of Kafka: a suite that needs it, the broker that all share, and names that no other test has.
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, inject } from 'vitest';
import type { DeskAnswer } from './vitest-desk.ts';

/** A `describe` that needs a broker of whatever kind: left out, by name, only if WEIR_TEST_NO_KAFKA=1. */
export function describeKafka(name: string, tests: () => void): void {
  if (process.env.WEIR_TEST_NO_KAFKA !== '1') {
    describe(name, tests);
    return;
  }
  appendFileSync(inject('kafka_left_out'), `${name}\n`);
  describe.skip(`${name} (left out: WEIR_TEST_NO_KAFKA=1)`, tests);
}

/** Addresses of the broker that all test files share; the first to ask waits until it has started. */
export async function sharedKafka(): Promise<readonly string[]> {
  const said = await new Promise<string>((resolve, reject) => {
    let text = '';
    const connection = connect(inject('kafka_desk'));
    connection.on('data', (chunk) => {
      text += chunk.toString();
    });
    connection.once('end', () => resolve(text));
    connection.once('error', reject);
  });
  const answer: DeskAnswer = JSON.parse(said);
  if ('error' in answer) throw new Error(answer.error);
  return answer.brokers;
}

/** A prefix of topic and group names that nothing else on the broker has. */
export function freshPrefix(): string {
  return `t${randomBytes(5).toString('hex')}.`;
}
