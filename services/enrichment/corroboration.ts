// Who else said the same: independent providers of an instrument and side within the window before a signal.
import type { Corroboration, Direction, SourceClass } from '../../schemas/records.generated.ts';
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';

/** A valid, deduplicated signal, as those after it need it. */
export interface Heard {
  /** Place among all signals of the instrument; 0 until it is heard. */
  n: number;
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
  readonly heard: Heard[];
  /** Of either side the last of each provider. */
  readonly up: Heard[];
  readonly down: Heard[];
}

/** Of one instrument; plain data, so that a snapshot holds it. */
export interface HeardSignals {
  count: number;
  newest: Micros;
  /** In order of event time; what is too old to matter lies here until it is swept. */
  slices: Slice[];
  sweep_at: Micros;
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
    all = { count: 0, newest: signal.appended_at, slices: [], sweep_at: signal.appended_at + KEPT_US };
    by_instrument.set(instrument, all);
    // Anybody can name new instruments: sweep whenever their number has doubled.
    if (by_instrument.size >= SWEEP_MIN && (by_instrument.size & (by_instrument.size - 1)) === 0) sweep(by_instrument, oldest);
  }
  all.count += 1;
  all.newest = signal.appended_at;
  signal.n = all.count;
  if (signal.appended_at >= all.sweep_at) sweepSlices(all, signal.appended_at);
  const slice = sliceAt(all.slices, Math.floor(signal.event_time / SLICE_US) * SLICE_US);
  slice.heard.push(signal);
  if (signal.provider !== '') note(signal.up ? slice.up : slice.down, signal);
  return all;
}

/** The slice that starts then; signals come mostly in order of event time. */
function sliceAt(slices: Slice[], from: Micros): Slice {
  let place = slices.length;
  for (let last = slices[place - 1]; last !== undefined && last.from >= from; last = slices[place - 1]) {
    if (last.from === from) return last;
    place -= 1;
  }
  const slice = { from, heard: [], up: [], down: [] };
  slices.splice(place, 0, slice);
  return slice;
}

function sweepSlices(all: HeardSignals, appended_at: Micros): void {
  for (const slice of all.slices) forget(slice, appended_at - KEPT_US);
  all.slices = all.slices.filter(({ heard }) => heard.length > 0);
  all.sweep_at = appended_at + KEPT_US;
}

function forget(slice: Slice, oldest: Micros): void {
  let old = 0;
  for (let gone = slice.heard[0]; gone !== undefined && gone.appended_at < oldest; gone = slice.heard[old]) {
    old += 1;
    const side = gone.up ? slice.up : slice.down;
    const place = side.indexOf(gone);
    if (place >= 0) side.splice(place, 1);
  }
  if (old > 0) slice.heard.splice(0, old);
}

function sweep(by_instrument: Map<string, HeardSignals>, oldest: Micros): void {
  for (const [name, { newest }] of by_instrument) if (newest < oldest) by_instrument.delete(name);
}

/** `signal` is the last that `all` has heard. */
export function corroborationOf(all: HeardSignals, signal: Heard, window_us: Micros): Corroboration {
  const last: Heard[] = [];
  for (let i = all.slices.length - 1; i >= 0; i--) {
    const slice = all.slices[i];
    if (slice === undefined || ends(slice) <= signal.event_time - window_us) break;
    if (slice.from > signal.event_time) continue;
    forget(slice, signal.appended_at - KEPT_US);
    // The last of a provider may lie outside of the window while an earlier one of the slice lies inside.
    let missing: Set<string> | null = null;
    for (const other of signal.up ? slice.up : slice.down) {
      if (isWithin(other, signal, window_us)) note(last, other);
      else missing = (missing ?? new Set()).add(other.provider);
    }
    if (missing === null) continue;
    for (let k = slice.heard.length - 1; k >= 0 && missing.size > 0; k--) {
      const other = slice.heard[k];
      if (other === undefined || other.up !== signal.up || !missing.has(other.provider)) continue;
      if (!isWithin(other, signal, window_us)) continue;
      missing.delete(other.provider);
      note(last, other);
    }
  }
  const providers = last.map(({ provider }) => provider);
  if (providers.length > 1) providers.sort();
  const hype = last.length > 1 && last.every((of) => of.class === 'hype');
  const count = hype ? Math.min(last.length, HYPE_MAX) : last.length;
  return { count, level: Math.min(count, LEVEL_MAX), quality: hype ? 'WEAK' : 'STRONG', providers };
}

/** Keeps of each provider the one that was heard last; providers are few. */
function note(last: Heard[], other: Heard): void {
  for (let i = 0; i < last.length; i++) {
    const known = last[i];
    if (known?.provider !== other.provider) continue;
    if (other.n > known.n) last[i] = other;
    return;
  }
  last.push(other);
}

/** Signals of the instrument, either side, in the ten minutes up to this one. */
export function burstOf(all: HeardSignals, signal: Heard): number {
  const { event_time } = signal;
  let count = 0;
  for (let i = all.slices.length - 1; i >= 0; i--) {
    const slice = all.slices[i];
    if (slice === undefined || ends(slice) <= event_time - BURST_US) break;
    if (slice.from > event_time) continue;
    forget(slice, signal.appended_at - KEPT_US);
    if (slice.from > event_time - BURST_US && ends(slice) - 1 <= event_time) count += slice.heard.length;
    else for (const other of slice.heard) if (isWithin(other, signal, BURST_US)) count += 1;
  }
  return count;
}

function ends(slice: Slice): Micros {
  return slice.from + SLICE_US;
}

/** Whether it was of the window before the signal. */
function isWithin(other: Heard, { event_time }: Heard, window_us: Micros): boolean {
  return other.event_time <= event_time && other.event_time > event_time - window_us;
}
