// Who else said the same: independent providers of an instrument and side within the window before a signal.
import type { Corroboration, Direction, SourceClass } from '../../schemas/records.generated.ts';
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';

/** A valid, deduplicated signal, as those after it need it. */
export interface Heard {
  readonly event_time: Micros;
  readonly appended_at: Micros;
  readonly up: boolean;
  /** '' of an unknown source, which corroborates nothing. */
  readonly provider: string;
  readonly class: SourceClass;
}

/** Longest age at which a signal is taken, and the window before it. */
const KEPT_US = 4 * HOUR;
const SWEEP_MIN = 1_024;
const BURST_US = 600 * SECOND;
const LEVEL_MAX = 4;
const HYPE_MAX = 2;

/** long and close_short expect a rise. */
export function isUp(direction: Direction): boolean {
  return direction === 'long' || direction === 'close_short';
}

/** Adds the signal to those of its instrument, which it returns; forgets what is too old to matter. */
export function hear(by_instrument: Map<string, Heard[]>, instrument: string, signal: Heard): readonly Heard[] {
  const oldest = signal.appended_at - KEPT_US;
  let heard = by_instrument.get(instrument);
  if (heard === undefined) {
    heard = [];
    by_instrument.set(instrument, heard);
    // Anybody can name new instruments: sweep whenever their number has doubled.
    if (by_instrument.size >= SWEEP_MIN && (by_instrument.size & (by_instrument.size - 1)) === 0) sweep(by_instrument, oldest);
  }
  let old = 0;
  while (old < heard.length && (heard[old]?.appended_at ?? 0) < oldest) old += 1;
  if (old > 0) heard.splice(0, old);
  heard.push(signal);
  return heard;
}

function sweep(by_instrument: Map<string, Heard[]>, oldest: Micros): void {
  for (const [name, heard] of by_instrument) {
    const last = heard.at(-1);
    if (last !== undefined && last.appended_at < oldest) by_instrument.delete(name);
  }
}

/** `signal` is already among `heard`. */
export function corroborationOf(heard: readonly Heard[], signal: Heard, window_us: Micros): Corroboration {
  const providers = new Map<string, SourceClass>();
  for (const other of heard) {
    if (other.up !== signal.up || other.provider === '') continue;
    if (other.event_time > signal.event_time || other.event_time <= signal.event_time - window_us) continue;
    providers.set(other.provider, other.class);
  }
  const hype = providers.size > 1 && [...providers.values()].every((kind) => kind === 'hype');
  const count = hype ? Math.min(providers.size, HYPE_MAX) : providers.size;
  return {
    count,
    level: Math.min(count, LEVEL_MAX),
    quality: hype ? 'WEAK' : 'STRONG',
    providers: [...providers.keys()].sort(),
  };
}

/** Signals of the instrument, either side, in the ten minutes up to this one. */
export function burstOf(heard: readonly Heard[], signal: Heard): number {
  return heard.filter((other) => other.event_time <= signal.event_time && other.event_time > signal.event_time - BURST_US).length;
}
