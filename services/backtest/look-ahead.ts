// The look-ahead check: what was written before a moment may not depend on anything after it.
import { sha256Hex } from '../../schemas/hash.ts';
import { U } from '../../schemas/ids.ts';
import type { Decision } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import type { SourceEvent } from '../../topology/runtime/source.ts';
import { createVirtualRuntime } from '../../topology/runtime/virtual-runtime.ts';
import type { Stage } from '../../topology/stage.ts';
import { type FieldDifference, firstDifference } from '../decision/replay/difference.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Series, SourceBar } from '../market/facts.ts';
import { lengthOf } from '../market/interval.ts';
import { type MarketOptions, marketEvents } from '../market/market.ts';
import { eventsOf } from './run.ts';
import { bytesOfRecord } from './topic-hashes.ts';

export interface LookAheadOptions {
  readonly deployment: Deployment;
  readonly series: readonly Series[];
  readonly market: MarketOptions;
  readonly sent: readonly SourceEvent[];
  /** Made anew for every run, from the data of that run. */
  readonly stages: (series: readonly Series[]) => readonly Stage<unknown>[];
  readonly cuts: number;
  readonly seed: number;
  readonly progress?: (done: number, total: number) => void;
}

export interface LookAheadFound {
  readonly cut: Micros;
  readonly change: 'removed' | 'absurd';
  readonly topic: string;
  readonly offset: number;
  /** The first decision that differs, where one does. */
  readonly decision_id: string | null;
  readonly field: string;
  readonly with_future: string;
  readonly without: string;
}

/** A record before the cut: enough to compare, and to say what differs. */
interface Seen {
  readonly at: Micros;
  readonly topic: string;
  readonly offset: number;
  readonly digest: string;
  readonly value: unknown;
  readonly decision: Decision | null;
}

function seenOf(record: AnyEnvelope): Seen {
  return {
    at: record.at,
    topic: `${record.topic}/${record.partition}`,
    offset: record.offset,
    digest: sha256Hex(bytesOfRecord(record)),
    value: record.value,
    decision: record.type === 'Decision' ? record.value : null,
  };
}

/** Everything written before `until`, given the bars of `series`. */
function recordsBefore(options: LookAheadOptions, series: readonly Series[], until: Micros): Seen[] {
  const seen: Seen[] = [];
  const runtime = createVirtualRuntime({
    log: createMemoryLog({ retain: 'held' }),
    stages: options.stages(series),
    ticks: 'sparse',
    observe: (record) => {
      if (record.at < until) seen.push(seenOf(record));
    },
  });
  const { deployment, sent } = options;
  for (const event of eventsOf({ deployment, market: marketEvents(series, options.market), sent })) {
    if (event.at >= until) break;
    runtime.advance(event);
  }
  runtime.advanceTo(until - 1);
  return seen;
}

function cutAt(series: Series, cut: Micros, after: (bar: SourceBar, i: number) => SourceBar | null): Series {
  const length = lengthOf(series.interval);
  return {
    ...series,
    bars: {
      *[Symbol.iterator]() {
        let i = 0;
        for (const bar of series.bars) {
          i += 1;
          const changed = bar.open_time + length < cut ? bar : after(bar, i);
          if (changed !== null) yield changed;
        }
      },
    },
  };
}

const removed = (): null => null;

/** Prices that no market has seen, in turn seven times too high and too low; still a bar. */
function absurd(bar: SourceBar, i: number): SourceBar {
  const scaled = (price: bigint): bigint => (i % 2 === 0 ? price * 7n : (price + 6n) / 7n);
  return {
    ...bar,
    open: scaled(bar.open),
    high: scaled(bar.high),
    low: scaled(bar.low),
    close: scaled(bar.close),
    volume: bar.volume * 1000n,
    quote: bar.quote === null ? null : { ...bar.quote, bid: scaled(bar.quote.bid), ask: scaled(bar.quote.ask) },
  };
}

function spanOf(options: LookAheadOptions): { first: Micros; last: Micros } {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { at } of marketEvents(options.series, options.market)) {
    first = Math.min(first, at);
    last = at;
  }
  return { first, last };
}

function compare(
  full: readonly Seen[],
  partial: readonly Seen[],
  cut: Micros,
  change: 'removed' | 'absurd',
): LookAheadFound | null {
  for (let i = 0; i < Math.max(full.length, partial.length); i++) {
    const a = full[i];
    const b = partial[i];
    if (a !== undefined && b !== undefined && a.topic === b.topic && a.digest === b.digest) continue;
    const at = a ?? b;
    const differing = decisionFrom(full, partial, i);
    const difference = differing === null ? recordDifference(a, b) : decisionDifference(differing.a, differing.b);
    return {
      cut,
      change,
      topic: at?.topic ?? '',
      offset: at?.offset ?? 0,
      decision_id: differing?.a?.decision_id ?? differing?.b?.decision_id ?? null,
      field: difference?.field ?? '',
      with_future: difference?.recorded ?? '',
      without: difference?.replayed ?? '',
    };
  }
  return null;
}

function recordDifference(a: Seen | undefined, b: Seen | undefined): FieldDifference | null {
  if (a === undefined || b === undefined || a.topic !== b.topic) {
    return { field: 'topic', recorded: a?.topic ?? 'no record', replayed: b?.topic ?? 'no record' };
  }
  return firstDifference(a.value, b.value);
}

function decisionDifference(a: Decision | null, b: Decision | null): FieldDifference | null {
  if (a !== null && b !== null) return firstDifference(a, b);
  return { field: 'decision_id', recorded: a?.decision_id ?? 'not decided', replayed: b?.decision_id ?? 'not decided' };
}

/** The first decision from record `from` on that the two runs do not share. */
function decisionFrom(
  full: readonly Seen[],
  partial: readonly Seen[],
  from: number,
): { a: Decision | null; b: Decision | null } | null {
  const of = (seen: readonly Seen[]): Decision[] => seen.slice(from).flatMap((s) => (s.decision === null ? [] : [s.decision]));
  const a = of(full);
  const b = of(partial);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const one = a[i] ?? null;
    const other = b[i] ?? null;
    if (firstDifference(one, other) !== null) return { a: one, b: other };
  }
  return null;
}

/** null: nothing before any of the cut points depends on what comes after it. */
export function findLookAhead(options: LookAheadOptions): LookAheadFound | null {
  const { first, last } = spanOf(options);
  const points = Array.from({ length: options.cuts }, (_, i) => {
    const u = U({ kind: 'draw', label: `cut-${i}`, order_id: String(options.seed), v: 1 });
    return Math.floor(first + u * (last - first));
  }).sort((a, b) => a - b);
  const end = points.at(-1);
  if (end === undefined) return null;
  const full = recordsBefore(options, options.series, end);
  let done = 1;
  const total = 1 + 2 * points.length;
  options.progress?.(done, total);
  for (const cut of points) {
    // Records come in the order of their time, so those before a cut are a prefix.
    const later = full.findIndex((record) => record.at >= cut);
    const prefix = later < 0 ? full : full.slice(0, later);
    for (const change of ['removed', 'absurd'] as const) {
      const series = options.series.map((s) => cutAt(s, cut, change === 'removed' ? removed : absurd));
      const found = compare(prefix, recordsBefore(options, series, cut), cut, change);
      if (found !== null) return found;
      done += 1;
      options.progress?.(done, total);
    }
  }
  return null;
}
