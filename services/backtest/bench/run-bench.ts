// Runs the benchmark bars through all stages on the memory log, and says what came of it.
import type { Money } from '../../../schemas/money.ts';
import type { AnyEnvelope } from '../../../topology/envelope.ts';
import { createMemoryLog } from '../../../topology/log/memory.ts';
import { createVirtualRuntime } from '../../../topology/runtime/virtual-runtime.ts';
import type { Stage } from '../../../topology/stage.ts';
import { markedNav } from '../../decision/ledger/equity.ts';
import type { Ledger } from '../../decision/ledger/ledger.ts';
import type { DecisionState } from '../../decision/state.ts';
import { stagesOf } from '../../deployment/pipeline.ts';
import { type BenchBars, benchEvent } from '../../market/bench-bars.ts';
import { beginningOf } from '../run.ts';
import { benchDeployment } from './bench-deployment.ts';
import { type FigureCounter, newFigures } from './figures.ts';

export interface BenchRun {
  readonly counter: FigureCounter;
  /** Cash, and the open position at the last close. */
  readonly equity: Money;
  readonly cash: Money;
}

export interface BenchRunOptions {
  /** After each bar, with the equity at its close. */
  readonly after_bar?: (bar: number, equity: Money) => void;
  /** Wraps the stages, to measure them. */
  readonly stages?: (stages: readonly Stage<unknown>[]) => readonly Stage<unknown>[];
  readonly observe?: (record: AnyEnvelope) => void;
}

const deployment = benchDeployment();
/** One set for all runs, as a process has one: what a run knows lies in the states that its runtime makes. */
const stages = stagesOf(deployment);

export function runBench(bars: BenchBars, options: BenchRunOptions = {}): BenchRun {
  const counter = newFigures();
  const { after_bar, observe } = options;
  const runtime = createVirtualRuntime({
    log: createMemoryLog({ retain: 'held' }),
    stages: options.stages?.(stages) ?? stages,
    ticks: 'sparse',
    observe:
      observe === undefined
        ? counter.add
        : (record) => {
            counter.add(record);
            observe(record);
          },
  });
  runtime.advance(beginningOf(deployment, benchEvent(bars, 0).at));
  for (let bar = 0; bar < bars.close.length; bar++) {
    runtime.advance(benchEvent(bars, bar));
    after_bar?.(bar, markedNav(ledgerOf(runtime.stateOf('decision', 0))));
  }
  runtime.finish();
  const ledger = ledgerOf(runtime.stateOf('decision', 0));
  return { counter, equity: markedNav(ledger), cash: ledger.cash };
}

function ledgerOf(state: unknown): Ledger {
  const [portfolio] = (state as DecisionState).portfolios.values();
  if (portfolio === undefined) throw new Error('bench: the portfolio was never begun');
  return portfolio.ledger;
}
