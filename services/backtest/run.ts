// Runs recorded or synthetic market data through all stages under a virtual clock: the backtest, and the demo.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import type { SourceEvent } from '../../topology/runtime/source.ts';
import { createVirtualRuntime, type VirtualRuntime } from '../../topology/runtime/virtual-runtime.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { firstRecords } from '../deployment/first-records.ts';
import { stagesOf } from '../deployment/pipeline.ts';

export interface RunOptions {
  readonly deployment: Deployment;
  readonly log: LocalLog;
  /** Market events in order of time. */
  readonly market: Iterable<SourceEvent>;
  /** Records of outside producers, in order of time: signals that a user sends into the run. */
  readonly sent?: readonly SourceEvent[];
  readonly ticks?: 'sparse' | 'dense';
  /** Virtual time between snapshots; only durable logs need any. */
  readonly snapshot_every_us?: Micros;
  /** Every record once, in append order. */
  readonly observe?: (record: AnyEnvelope) => void;
  /** After each market event. */
  readonly progress?: (at: Micros) => void;
}

const LEAD_US = 1_000_000;
/** Events between two breaths of the process: signals and other processes are heard then. */
const BREATH_EVENTS = 256;

/** The portfolios' first records, a second before the market's first event. */
export function beginningOf(deployment: Deployment, market_from: Micros): SourceEvent {
  const at = market_from - LEAD_US;
  return { at, records: firstRecords(deployment, at) };
}

/** All events of a run: the first records a second before the market, then market and sent records by time (market first). */
export function* eventsOf(options: Pick<RunOptions, 'deployment' | 'market' | 'sent'>): Generator<SourceEvent> {
  const sent = [...(options.sent ?? [])];
  let begun = false;
  for (const event of options.market) {
    if (!begun) yield beginningOf(options.deployment, event.at);
    begun = true;
    for (let first = sent[0]; first !== undefined && first.at < event.at; first = sent[0]) {
      sent.shift();
      yield first;
    }
    yield event;
  }
  yield* sent;
}

/** All stages of the deployment on the log, recovered and waiting for events. */
export function openRun(options: Omit<RunOptions, 'market' | 'sent' | 'progress'>): VirtualRuntime {
  return createVirtualRuntime({
    log: options.log,
    stages: stagesOf(options.deployment),
    ticks: options.ticks ?? 'sparse',
    ...(options.observe === undefined ? {} : { observe: options.observe }),
    ...(options.snapshot_every_us === undefined ? {} : { snapshot_every_us: options.snapshot_every_us }),
  });
}

/** Runs to the end of the market data and returns the runtime at rest. A killed run on the same log goes on where it was. */
export function runVirtual(options: RunOptions): VirtualRuntime {
  const runtime = openRun(options);
  for (const event of eventsOf(options)) {
    runtime.advance(event);
    options.progress?.(event.at);
  }
  runtime.finish();
  return runtime;
}

/** As runVirtual, but lets the process breathe, and ends early (whole) when `stopped` says so. Resolves to whether it reached the end. */
export async function runVirtualBreathing(options: RunOptions, stopped: () => boolean): Promise<boolean> {
  const runtime = openRun(options);
  let events = 0;
  let ended = true;
  for (const event of eventsOf(options)) {
    runtime.advance(event);
    options.progress?.(event.at);
    events += 1;
    if (events % BREATH_EVENTS !== 0) continue;
    await breathe();
    if (!stopped()) continue;
    ended = false;
    break;
  }
  runtime.finish();
  return ended;
}
