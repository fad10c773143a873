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

/** The signals of a few seconds of event time: what they come to together, for windows that hold all of them. */
interface Slice {
  readonly from: Micros;
  /** In the order of their appends. */
  readonly heard: Numbered[];
  /** By provider, of either side the one appended last. */
  readonly up: Map<string, Numbered>;
  readonly down: Map<string, Numbered>;
}

interface Numbered extends Heard {
  /** Place among all signals of the instrument. */
  readonly n: number;
}

/** Of one instrument; plain data, so that a snapshot holds it. */
export interface HeardSignals {
  count: number;
  newest: Micros;
  readonly slices: Map<Micros, Slice>;
}

/** Longest age at which a signal is taken, and the window before it. */
const KEPT_US = 4 * HOUR;
const SLICE_US = 10 * SECOND;
const SWEEP_MIN = 1_024;
const BURST_US = 600 * SECOND;
const LEVEL_MAX = 4;
const HYPE_MAX = 2;

/** long and close_short expect a rise. */
export function isUp(direction: Direction): boolean {
  return direction === 'long' || direction === 'close_short';
}

/** Adds the signal to those of its instrument, which it returns; forgets what is too old to matter. */
export function hear(by_instrument: Map<string, HeardSignals>, instrument: string, signal: Heard): HeardSignals {
  const oldest = signal.appended_at - KEPT_US;
  let all = by_instrument.get(instrument);
  if (all === undefined) {
    all = { count: 0, newest: signal.appended_at, slices: new Map() };
    by_instrument.set(instrument, all);
    // Anybody can name new instruments: sweep whenever their number has doubled.
    if (by_instrument.size >= SWEEP_MIN && (by_instrument.size & (by_instrument.size - 1)) === 0) sweep(by_instrument, oldest);
  }
  const from = Math.floor(signal.event_time / SLICE_US) * SLICE_US;
  let slice = all.slices.get(from);
  if (slice === undefined) {
    for (const old of all.slices.values()) {
      forget(old, oldest);
      if (old.heard.length === 0) all.slices.delete(old.from);
    }
    slice = { from, heard: [], up: new Map(), down: new Map() };
    all.slices.set(from, slice);
  }
  all.count += 1;
  all.newest = signal.appended_at;
  const numbered = { ...signal, n: all.count };
  slice.heard.push(numbered);
  if (signal.provider !== '') (signal.up ? slice.up : slice.down).set(signal.provider, numbered);
  return all;
}

function forget(slice: Slice, oldest: Micros): void {
  let old = 0;
  for (let gone = slice.heard[0]; gone !== undefined && gone.appended_at < oldest; gone = slice.heard[old]) {
    old += 1;
    const side = gone.up ? slice.up : slice.down;
    if (side.get(gone.provider)?.n === gone.n) side.delete(gone.provider);
  }
  if (old > 0) slice.heard.splice(0, old);
}

function sweep(by_instrument: Map<string, HeardSignals>, oldest: Micros): void {
  for (const [name, { newest }] of by_instrument) if (newest < oldest) by_instrument.delete(name);
}

/** `signal` is the last that `all` has heard. */
export function corroborationOf(all: HeardSignals, signal: Heard, window_us: Micros): Corroboration {
  const last = new Map<string, Numbered>();
  for (const slice of all.slices.values()) {
    if (!reaches(slice, signal, window_us)) continue;
    forget(slice, signal.appended_at - KEPT_US);
    // The last of a provider may lie outside of the window while an earlier one of the slice lies inside.
    let missing: Set<string> | null = null;
    for (const other of (signal.up ? slice.up : slice.down).values()) {
      if (isWithin(other, signal, window_us)) note(last, other);
      else missing = (missing ?? new Set()).add(other.provider);
    }
    if (missing === null) continue;
    for (let i = slice.heard.length - 1; i >= 0 && missing.size > 0; i--) {
      const other = slice.heard[i];
      if (other === undefined || other.up !== signal.up || !missing.has(other.provider)) continue;
      if (!isWithin(other, signal, window_us)) continue;
      missing.delete(other.provider);
      note(last, other);
    }
  }
  const providers = [...last.keys()].sort();
  const hype = last.size > 1 && [...last.values()].every((of) => of.class === 'hype');
  const count = hype ? Math.min(last.size, HYPE_MAX) : last.size;
  return { count, level: Math.min(count, LEVEL_MAX), quality: hype ? 'WEAK' : 'STRONG', providers };
}

function note(last: Map<string, Numbered>, other: Numbered): void {
  if (other.n > (last.get(other.provider)?.n ?? 0)) last.set(other.provider, other);
}

/** Signals of the instrument, either side, in the ten minutes up to this one. */
export function burstOf(all: HeardSignals, signal: Heard): number {
  const { event_time } = signal;
  let count = 0;
  for (const slice of all.slices.values()) {
    if (!reaches(slice, signal, BURST_US)) continue;
    forget(slice, signal.appended_at - KEPT_US);
    if (slice.from > event_time - BURST_US && slice.from + SLICE_US - 1 <= event_time) count += slice.heard.length;
    else for (const other of slice.heard) if (isWithin(other, signal, BURST_US)) count += 1;
  }
  return count;
}

/** Whether the window before the signal touches the slice. */
function reaches(slice: Slice, { event_time }: Heard, window_us: Micros): boolean {
  return slice.from <= event_time && slice.from + SLICE_US > event_time - window_us;
}

/** Whether it was of the window before the signal. */
function isWithin(other: Heard, { event_time }: Heard, window_us: Micros): boolean {
  return other.event_time <= event_time && other.event_time > event_time - window_us;
}
