// Tries again with growing pauses while a broker is away, and gives up after a while with a named error.
import { LogAwayError, LogClosedError, LogRefusedError } from '../errors.ts';
import type { KafkaSettings } from './settings.ts';

interface KafkaError {
  readonly name?: string;
  readonly type?: string;
  readonly cause?: unknown;
}

/** Trying again does not help against these. */
const REFUSED = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
]);

export function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { name, type, cause } = error as KafkaError;
  if (type !== undefined && type !== '') return type;
  if (name === 'KafkaJSSASLAuthenticationError') return 'SASL_AUTHENTICATION_FAILED';
  return cause === undefined ? (name ?? '') : typeOf(cause);
}

export function isRefused(error: unknown): boolean {
  return REFUSED.has(typeOf(error));
}

export interface Patience {
  readonly settings: Pick<KafkaSettings, 'brokers' | 'away_ms'>;
  /** True once nobody waits for an answer any more. */
  closed(): boolean;
}

const PAUSE_FIRST_MS = 50;
const PAUSE_LAST_MS = 2_000;

/** `fatal`: what is thrown as it comes. Throws LogAwayError, LogRefusedError, LogClosedError. */
export async function retrying<T>(
  patience: Patience,
  work: () => Promise<T>,
  fatal: (error: unknown) => boolean = () => false,
): Promise<T> {
  const { brokers, away_ms } = patience.settings;
  const since = performance.now();
  for (let pause = PAUSE_FIRST_MS; ; pause = Math.min(2 * pause, PAUSE_LAST_MS)) {
    if (patience.closed()) throw new LogClosedError('by its owner');
    try {
      return await work();
    } catch (error) {
      if (fatal(error) || error instanceof LogClosedError) throw error;
      const where = brokers.join(', ');
      if (isRefused(error)) throw new LogRefusedError(where, error);
      const waited = Math.round(performance.now() - since);
      if (waited + pause > away_ms) throw new LogAwayError(where, waited, error);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
