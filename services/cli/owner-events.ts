// What the owner's process tells of itself: one closed list of events, as JSON lines on stderr.
import { pino } from 'pino';

export type OwnerEvent =
  | { readonly event: 'starting'; readonly data: string; readonly run_id: string; readonly mode: string }
  | { readonly event: 'stages-starting'; readonly brokers: string; readonly stages: string; readonly run_id: string }
  | { readonly event: 'stage'; readonly stage: string; readonly what: string; readonly detail: string }
  | { readonly event: 'registry-away'; readonly message: string }
  | { readonly event: 'recovered'; readonly duration_ms: number; readonly records: number }
  | { readonly event: 'listening'; readonly socket: string }
  | { readonly event: 'gateway-listening'; readonly url: string }
  | { readonly event: 'archive-ready' }
  | { readonly event: 'archive-trouble'; readonly message: string }
  | {
      readonly event: 'archive-refused';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly reason: string;
    }
  | { readonly event: 'policy-differs'; readonly portfolio: string; readonly active: string; readonly configured: string }
  | {
      readonly event: 'partition-stopped';
      readonly stage: string;
      readonly partition: number;
      readonly reason: string;
      readonly topic: string;
      readonly topic_partition: number;
      readonly offset: number;
      readonly message: string;
    }
  | {
      readonly event: 'halt-file';
      readonly path: string;
      readonly portfolio: string;
      readonly state: string;
      readonly reason: string;
    }
  | { readonly event: 'halt-file-failed'; readonly message: string }
  | { readonly event: 'log-failed'; readonly message: string }
  | { readonly event: 'market-failed'; readonly message: string }
  | { readonly event: 'request-failed'; readonly route: string; readonly message: string }
  | { readonly event: 'close-failed'; readonly message: string }
  | { readonly event: 'stopping'; readonly reason: string }
  | { readonly event: 'stopped'; readonly exit: number };

export type OwnerLog = (event: OwnerEvent) => void;

const LEVEL = {
  starting: 'info',
  'stages-starting': 'info',
  stage: 'info',
  'registry-away': 'warn',
  recovered: 'info',
  listening: 'info',
  'gateway-listening': 'info',
  'archive-ready': 'info',
  'archive-trouble': 'warn',
  'archive-refused': 'warn',
  'policy-differs': 'warn',
  'partition-stopped': 'error',
  'halt-file': 'warn',
  'halt-file-failed': 'error',
  'log-failed': 'fatal',
  'market-failed': 'error',
  'request-failed': 'error',
  'close-failed': 'error',
  stopping: 'info',
  stopped: 'info',
} as const satisfies Readonly<Record<OwnerEvent['event'], string>>;

const options = {
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
};

/** Written at once, so that the last line before a crash is there. */
export function stderrLog(): OwnerLog {
  const logger = pino(options, pino.destination({ dest: 2, sync: true }));
  return (event) => logger[LEVEL[event.event]](event);
}
