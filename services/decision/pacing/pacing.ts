// Pacing of entries: how often, how soon again and after what losses; plain data on journal time, in rolling windows.
import type { Money } from '../../../schemas/money.ts';
import { DAY, HOUR, type Micros, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { judgeStrategy, newStrategyRecord, type StrategyRecord } from './strategy-record.ts';
import { countMessage, type Throttle } from './throttle.ts';

/** Times are µs; -1 = never. */
export interface SymbolPacing {
  last_entry_at: Micros;
  last_fill_at: Micros;
  last_entry_fill_at: Micros;
  cooldown_until: Micros;
  /** Losing closes within the quarantine window, oldest first. */
  losses: Micros[];
  /** Adds to an open position in the last 24 h, oldest first. */
  adds: Micros[];
}

export interface Pacing {
  /** Entry decisions of the last 24 h and some older ones, oldest first. */
  entries: Micros[];
  last_entry_at: Micros;
  readonly symbols: Map<string, SymbolPacing>;
  /** Last BLOCK by `<instrument>|<source>`. */
  readonly blocks: Map<string, Micros>;
  /** Last EXECUTE by content of the signal. */
  readonly executed: Map<string, Micros>;
  losses: number;
  /** End of the pause after losses running, portfolio wide; -1 = none. */
  pause_until: Micros;
  readonly strategies: Map<string, StrategyRecord>;
  readonly throttle: Throttle;
  /** First fills of entry orders by `<strategy>|<instrument>|<side>`, oldest first. */
  readonly attempts: Map<string, { readonly order_id: string; readonly at: Micros }[]>;
}

export function newPacing(): Pacing {
  return {
    entries: [],
    last_entry_at: -1,
    symbols: new Map(),
    blocks: new Map(),
    executed: new Map(),
    losses: 0,
    pause_until: -1,
    strategies: new Map(),
    throttle: new Map(),
    attempts: new Map(),
  };
}

function symbolOf(p: Pacing, instrument: string): SymbolPacing {
  let symbol = p.symbols.get(instrument);
  if (symbol === undefined) {
    symbol = { last_entry_at: -1, last_fill_at: -1, last_entry_fill_at: -1, cooldown_until: -1, losses: [], adds: [] };
    p.symbols.set(instrument, symbol);
  }
  return symbol;
}

function strategyOf(p: Pacing, strategy: string): StrategyRecord {
  let record = p.strategies.get(strategy);
  if (record === undefined) {
    record = newStrategyRecord();
    p.strategies.set(strategy, record);
  }
  return record;
}

/** How many of the ascending times lie in (now − window, now]. */
export function countSince(times: readonly Micros[], now: Micros, windowUs: number): number {
  const since = now - windowUs;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? since) > since) high = middle;
    else low = middle + 1;
  }
  return times.length - low;
}

function dropBefore(times: Micros[], start: Micros): void {
  let gone = 0;
  while (gone < times.length && (times[gone] ?? start) <= start) gone += 1;
  if (gone > 0) times.splice(0, gone);
}

/** Drops times up to `start` once they are half of a long list, so that forgetting costs nothing per entry. */
function forgetOldHalf(times: Micros[], start: Micros): void {
  const half = times.length >> 1;
  if (half >= 32 && (times[half] ?? 0) <= start) times.splice(0, half + 1);
}

/** Keeps a map of last times bounded: entries that no window can reach any more go, oldest first. */
function touch(map: Map<string, Micros>, key: string, now: Micros, keepUs: number): void {
  map.delete(key);
  map.set(key, now);
  for (const [old, at] of map) {
    if (at > now - keepUs) break;
    map.delete(old);
  }
}

export interface EntryDecided {
  readonly instrument: string;
  readonly venue: string;
  /** Content of the signal, from `duplicateKey`. */
  readonly duplicate_key: string;
  /** The entry grows an open position. */
  readonly add: boolean;
}

/** An EXECUTE entry: it counts from now on, filled or not. */
export function onEntryDecided(p: Pacing, entry: EntryDecided, policy: Policy, now: Micros): void {
  // Moving the list for each entry that grows old would cost more than looking past it.
  forgetOldHalf(p.entries, now - DAY);
  p.entries.push(now);
  p.last_entry_at = now;
  const symbol = symbolOf(p, entry.instrument);
  symbol.last_entry_at = now;
  if (entry.add) {
    dropBefore(symbol.adds, now - DAY);
    symbol.adds.push(now);
  }
  touch(p.executed, entry.duplicate_key, now, policy.entry.duplicate_s * SECOND);
  countMessage(p.throttle, entry.venue, policy.throttle, now);
}

/** An entry that was BLOCKed. */
export function onEntryBlocked(p: Pacing, instrument: string, source: string, policy: Policy, now: Micros): void {
  if (policy.pacing.rejection_s === 0) return;
  touch(p.blocks, blockKey(instrument, source), now, policy.pacing.rejection_s * SECOND);
}

export function blockKey(instrument: string, source: string): string {
  return `${instrument}|${source}`;
}

/** Two signals are the same content when all of these are equal. */
export function duplicateKey(of: {
  readonly instrument: string;
  readonly direction: string;
  readonly source: string;
  readonly signal_type: string | null;
  readonly thesis: string | null;
}): string {
  return `${of.instrument}|${of.direction}|${of.source}|${of.signal_type ?? ''}|${of.thesis ?? ''}`;
}

/** Any other command to a venue (a new attempt, an exit, a cancel): counted, never held back. */
export function onCommand(p: Pacing, venue: string, policy: Policy, now: Micros): void {
  countMessage(p.throttle, venue, policy.throttle, now);
}

export interface PacedFill {
  readonly instrument: string;
  readonly strategy: string;
  readonly side: 'LONG' | 'SHORT';
  readonly order_id: string;
  /** The order's purpose: entries alone count towards repeated execution. */
  readonly entry: boolean;
}

/** Returns true when the limit of repeated executions is reached by this fill: the condition is due. */
export function onFill(p: Pacing, fill: PacedFill, policy: Policy, now: Micros): boolean {
  const symbol = symbolOf(p, fill.instrument);
  symbol.last_fill_at = now;
  if (!fill.entry) return false;
  symbol.last_entry_fill_at = now;
  if (policy.pacing.repeated === null) return false;
  const key = attemptKey(fill.strategy, fill.instrument, fill.side);
  let attempts = p.attempts.get(key);
  if (attempts === undefined) {
    attempts = [];
    p.attempts.set(key, attempts);
  }
  while ((attempts[0]?.at ?? now) <= now - HOUR) attempts.shift();
  for (const attempt of attempts) if (attempt.order_id === fill.order_id) return false;
  attempts.push({ order_id: fill.order_id, at: now });
  return attempts.length >= policy.pacing.repeated;
}

function attemptKey(strategy: string, instrument: string, side: string): string {
  return `${strategy}|${instrument}|${side}`;
}

/** Distinct entry orders with fills in the last hour, of one strategy, symbol and side. */
export function repeatedExecutions(p: Pacing, strategy: string, instrument: string, side: 'LONG' | 'SHORT', now: Micros): number {
  let n = 0;
  for (const attempt of p.attempts.get(attemptKey(strategy, instrument, side)) ?? []) if (attempt.at > now - HOUR) n += 1;
  return n;
}

/** A human resumed after REPEATED_EXECUTION: counting starts anew. */
export function forgetAttempts(p: Pacing): void {
  p.attempts.clear();
}

export interface ClosedTrade {
  readonly instrument: string;
  readonly strategy: string;
  readonly net: Money;
  /** The exit reason was a stop loss. */
  readonly stopped: boolean;
  /** A verdict called the trade catastrophic. */
  readonly catastrophic: boolean;
}

/** A round trip that ended with the flat fill at `now`. Partial closes do not come here. */
export function onTradeClosed(p: Pacing, trade: ClosedTrade, policy: Policy, now: Micros): void {
  const { cooldown } = policy;
  const symbol = symbolOf(p, trade.instrument);
  let seconds = trade.net >= 0n ? cooldown.win_s : cooldown.loss_s;
  if (trade.stopped && cooldown.stop_s > seconds) seconds = cooldown.stop_s;
  if (trade.catastrophic && cooldown.catastrophic_s > seconds) seconds = cooldown.catastrophic_s;
  coolDown(symbol, now + seconds * SECOND);
  if (trade.net < 0n && cooldown.quarantine !== null) {
    dropBefore(symbol.losses, now - cooldown.quarantine.window_s * SECOND);
    symbol.losses.push(now);
    if (symbol.losses.length >= cooldown.quarantine.losses) coolDown(symbol, now + cooldown.quarantine.pause_s * SECOND);
  }
  countLoss(p, trade.net, policy, now);
  judgeStrategy(strategyOf(p, trade.strategy), { at: now, net: trade.net }, policy, trade.strategy);
}

/** A catastrophic verdict on a trade already closed. */
export function onCatastrophicVerdict(p: Pacing, instrument: string, policy: Policy, now: Micros): void {
  coolDown(symbolOf(p, instrument), now + policy.cooldown.catastrophic_s * SECOND);
}

/** A gate closed the symbol on evidence of manipulation. */
export function banSymbol(p: Pacing, instrument: string, until: Micros): void {
  coolDown(symbolOf(p, instrument), until);
}

function coolDown(symbol: SymbolPacing, until: Micros): void {
  if (until > symbol.cooldown_until) symbol.cooldown_until = until;
}

/** The longest row that the losses running reach pauses entries from the close; a profit ends streak and pause. */
function countLoss(p: Pacing, net: Money, policy: Policy, now: Micros): void {
  if (net > 0n) {
    p.losses = 0;
    p.pause_until = -1;
    return;
  }
  if (net === 0n) return;
  p.losses += 1;
  for (const pause of policy.streak.pauses) {
    const until = now + pause.pause_s * SECOND;
    if (p.losses >= pause.losses && until > p.pause_until) p.pause_until = until;
  }
}

/** Operators' controls over strategies. */
export function pauseStrategy(p: Pacing, strategy: string, until: Micros | null): void {
  strategyOf(p, strategy).held_until = until ?? Number.POSITIVE_INFINITY;
}

export function retireStrategy(p: Pacing, strategy: string): void {
  strategyOf(p, strategy).retired = true;
}

/** A new start: judged by new trades only. */
export function resumeStrategy(p: Pacing, strategy: string): void {
  p.strategies.set(strategy, newStrategyRecord());
}

/** Shortest time a position of the instrument is held against verdicts; closing signals, triggers and operators are obeyed at once. */
export function minHoldUs(policy: Policy, instrument: string): number {
  return (policy.symbols[instrument]?.min_hold_s ?? policy.min_hold_s) * SECOND;
}
