// How the owner's process ends: once, for the first reason, with everything closed in reverse order of its opening.
import { messageOf } from '../../topology/log/errors.ts';
import { EXIT } from './exit-codes.ts';
import type { OwnerLog } from './owner-events.ts';

export interface Closing {
  /** What is opened last is closed first. */
  add(close: () => Promise<void> | void): void;
  /** Closes all of it, whatever happens; returns the first thing that went wrong, or null. */
  all(): Promise<unknown>;
}

export function newClosing(): Closing {
  const open: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => void open.push(close),
    async all() {
      let failure: unknown = null;
      for (const close of open.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          failure ??= error;
        }
      }
      return failure;
    },
  };
}

export interface Ending {
  end(reason: string, exit?: number): void;
  /** Everything that has to be closed is open: what was asked for meanwhile is done now. */
  ready(): void;
  begun(): boolean;
  readonly ended: Promise<number>;
}

/** The first reason to end counts; a stage that stands, or something that does not close, makes a good end a failure. */
export function newEnding(tell: OwnerLog, closing: Closing, failed: () => boolean): Ending {
  const { promise, resolve } = Promise.withResolvers<number>();
  let asked: { readonly reason: string; readonly exit: number } | null = null;
  let ready = false;
  async function close({ reason, exit }: { readonly reason: string; readonly exit: number }): Promise<void> {
    tell({ event: 'stopping', reason });
    const failure = await closing.all();
    if (failure !== null) tell({ event: 'close-failed', message: messageOf(failure) });
    const code = exit === EXIT.OK && (failed() || failure !== null) ? EXIT.FAILURE : exit;
    tell({ event: 'stopped', exit: code });
    resolve(code);
  }
  return {
    end(reason, exit = EXIT.OK) {
      if (asked !== null) return;
      asked = { reason, exit };
      if (ready) void close(asked);
    },
    ready() {
      ready = true;
      if (asked !== null) void close(asked);
    },
    begun: () => asked !== null,
    ended: promise,
  };
}
