// The owner takes the halt files of its directory: at its start before anything else, then every second.
import { messageOf } from '../../topology/log/errors.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { PortfolioName } from '../gateway/ports.ts';
import { type FoundHalt, readHalts, removeHalt } from './halt-file.ts';
import type { OwnerLog } from './owner-events.ts';
import { controlOf } from './trading.ts';

const LOOK_MS = 1_000;

export interface HaltsOptions {
  readonly data: string;
  readonly portfolios: readonly PortfolioName[];
  /** Resolves when the log has acknowledged the records. */
  readonly append: (records: readonly SourceRecord[]) => Promise<unknown>;
  readonly tell: OwnerLog;
}

/** Resolves when what lay there has been taken; returns what ends the looking. */
export async function watchHalts({ data, portfolios, append, tell }: HaltsOptions): Promise<() => Promise<void>> {
  /** Files that are in the log and could not be removed: a permission is missing, or another took them away. */
  const taken = new Set<string>();

  async function take(halt: FoundHalt): Promise<void> {
    const { path, portfolio, state, reason, issued_at } = halt;
    if (taken.has(path)) return;
    const named = portfolios.filter((each) => each.portfolio === portfolio);
    const wanted = { type: 'KILL', params: { state } } as const;
    // A name that nobody has was meant for somebody: all of them are halted.
    await append((named.length > 0 ? named : portfolios).map((each) => controlOf(each, wanted, reason, issued_at)));
    taken.add(path);
    tell({ event: 'halt-file', path, portfolio, state, reason });
    removeHalt(halt);
    taken.delete(path);
  }

  async function look(): Promise<void> {
    try {
      for (const halt of readHalts(data)) await take(halt);
    } catch (error) {
      // It is looked for again: what the log did not take still lies there.
      tell({ event: 'halt-file-failed', message: messageOf(error) });
    }
  }

  let looking = look();
  await looking;
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    return looking;
  };
}
