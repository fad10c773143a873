// Measures how fast signals that lie in the log already go through enrichment and decision, and what each stage costs.
import { countEntry } from '../../topology/log/claims.ts';
import { newDraft } from '../../topology/log/draft.ts';
import { openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import type { Outgoing, SharedLog } from '../../topology/log/shared-log.ts';
import { partitionFor } from '../../topology/partition.ts';
import { readThrough } from '../../topology/runtime/claimed/read-through.ts';
import { wallClock } from '../market/live/clock.ts';
import { makeBed } from './bed.ts';
import { benchSignal } from './bench-signal.ts';
import type { Usage } from './child.ts';

export interface ThroughputOptions {
  readonly brokers: readonly string[] | null;
  readonly prefix: string;
  readonly partitions: number;
  readonly signals: number;
  /** Told what is done how often, of how many. */
  readonly progress: (what: string, done: number, total: number) => void;
}

export interface StageCost {
  readonly name: string;
  readonly cpu_s: number;
  /** The largest seen. */
  readonly resident_mb: number;
}

export interface ThroughputResult {
  readonly signals: number;
  readonly preload_s: number;
  /** From enrichment being ready to the last Decision. */
  readonly drain_s: number;
  readonly costs: readonly StageCost[];
  /** Signals with exactly one counted Decision, and with more. */
  readonly decided: number;
  readonly doubled: number;
  readonly reasons: ReadonlyMap<string, number>;
}

const BATCH = 1_000;
const LOOK_MS = 200;
const STALLED_MS = 60_000;

export async function measureThroughput(options: ThroughputOptions): Promise<ThroughputResult> {
  const { signals, progress } = options;
  const bed = await makeBed(options);
  try {
    const log = await openKafkaLog(bed.config);
    bed.closing.add(() => log.close());
    const run = `${Date.now()}`;
    const begun = performance.now();
    await preload(log, run, signals, (done) => progress('preloaded', done, signals));
    const preload_s = (performance.now() - begun) / 1_000;

    const decision = await bed.startStage('decision');
    const before = await decisionsOf(log);
    const enrichment = await bed.startStage('enrichment');
    const stages = [enrichment, decision];
    const first = stages.map((stage) => stage.usage());
    const from = performance.now();
    const peak = new Map<string, Usage>();
    let drained = from;
    for (let done = 0, moved = from; done < signals; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      bed.children.check();
      const now = performance.now();
      const found = (await decisionsOf(log)) - before;
      if (found > done) moved = now;
      if (now - moved > STALLED_MS)
        throw new Error(`decisions: ${found} of ${signals} after ${STALLED_MS / 1_000} s without one more`);
      done = found;
      drained = now;
      for (const stage of stages) {
        const usage = stage.usage();
        const known = peak.get(stage.name)?.resident_mb ?? 0;
        peak.set(stage.name, { ...usage, resident_mb: Math.max(known, usage.resident_mb) });
      }
      progress('decided', done, signals);
    }
    const costs = stages.map((stage, i) => ({
      name: stage.name,
      cpu_s: (peak.get(stage.name)?.cpu_s ?? 0) - (first[i]?.cpu_s ?? 0),
      resident_mb: peak.get(stage.name)?.resident_mb ?? 0,
    }));
    return { signals, preload_s, drain_s: (drained - from) / 1_000, costs, ...(await count(log)) };
  } finally {
    await bed.stop();
  }
}

async function preload(log: SharedLog, run: string, signals: number, told: (done: number) => void): Promise<void> {
  const partitions = log.topology.partitions['signals.v1'];
  for (let n = 0; n < signals; n += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, signals - n) }, (_, i): Outgoing => {
      const { key, value } = benchSignal(run, n + i);
      const partition = partitionFor('signals.v1', key, partitions);
      const draft = newDraft('signals.v1', partition, 'Raw', key, value, wallClock(), '', '', '', null, '', null);
      return { kind: 'RECORD', draft, claim: null };
    });
    await log.append(batch);
    told(n + batch.length);
  }
}

async function decisionsOf(log: SharedLog): Promise<number> {
  let decisions = 0;
  for (let partition = 0; partition < log.topology.partitions['decisions.v1']; partition++)
    decisions += await log.endOffset('decisions.v1', partition);
  return decisions;
}

type Count = Pick<ThroughputResult, 'decided' | 'doubled' | 'reasons'>;

/** Of the counted entry decisions. */
async function count(log: SharedLog): Promise<Count> {
  const times = new Map<string, number>();
  const reasons = new Map<string, number>();
  for (let partition = 0; partition < log.topology.partitions['decisions.v1']; partition++) {
    const table = new Map<string, string>();
    const end = await log.endOffset('decisions.v1', partition);
    await readThrough(log, { topic: 'decisions.v1', partition }, 0, end, (entry) => {
      if (countEntry(table, entry) !== 'counts') return;
      const record = entry.record();
      if (record.type !== 'Decision' || record.value.kind !== 'ENTRY') return;
      const { signal_id, reason_code } = record.value;
      times.set(signal_id ?? '', (times.get(signal_id ?? '') ?? 0) + 1);
      reasons.set(reason_code, (reasons.get(reason_code) ?? 0) + 1);
    });
  }
  let decided = 0;
  for (const n of times.values()) if (n === 1) decided += 1;
  return { decided, doubled: times.size - decided, reasons };
}
