// Small measurements that all benches share: medians, memory, the name of the machine, time by stage.
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Stage } from '../../../topology/stage.ts';

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export function seconds(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1_000;
}

/** Peak resident memory of this process so far, in whole MB (10^6 bytes). */
export function peakMegabytes(): number {
  return Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);
}

export function machine(): string {
  const [first] = cpus();
  return `${first?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.version}`;
}

/** Stages that count the time spent in their steps into `spent_ms`, by name. Asking the clock twice a step costs time itself. */
export function timedStages(stages: readonly Stage<unknown>[], spent_ms: Map<string, number>): readonly Stage<unknown>[] {
  return stages.map((stage) => ({
    ...stage,
    step(state, input, emit, now) {
      const begun = performance.now();
      stage.step(state, input, emit, now);
      spent_ms.set(stage.name, (spent_ms.get(stage.name) ?? 0) + performance.now() - begun);
    },
  }));
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
