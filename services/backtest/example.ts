// For tests: a backtest in this process, with everything it wrote.

import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import type { DecisionState, PortfolioState } from '../decision/state.ts';
import { marketEvents } from '../market/market.ts';
import { runVirtual } from './run.ts';
import type { BacktestSetup } from './setup.ts';
import { type Summary, summaryOf } from './summary.ts';
import { addToTally, newTally } from './tally.ts';
import { newTopicHashes } from './topic-hashes.ts';

export interface Ran {
  readonly run_id: string;
  /** All but market data, in order. */
  readonly records: readonly AnyEnvelope[];
  readonly hashes: Readonly<Record<string, string>>;
  readonly summary: Summary;
  /** The only portfolio, as the fold left it. */
  readonly portfolio: PortfolioState;
}

export function runInMemory(setup: BacktestSetup, ticks: 'sparse' | 'dense' = 'sparse'): Ran {
  const records: AnyEnvelope[] = [];
  const hashes = newTopicHashes();
  const tally = newTally();
  const { deployment } = setup;
  const runtime = runVirtual({
    deployment,
    log: createMemoryLog({ retain: 'held' }),
    market: marketEvents(setup.series, setup.market),
    sent: setup.sent,
    ticks,
    observe: (record) => {
      if (record.topic !== 'market.v1') records.push(record);
      hashes.add(record);
      addToTally(tally, record);
    },
  });
  const state = runtime.stateOf('decision', 0) as DecisionState;
  const [portfolio] = state.portfolios.values();
  const cash = deployment.portfolios[0]?.cash;
  if (portfolio === undefined || cash === undefined) throw new Error('the run has no portfolio');
  return { run_id: deployment.run_id, records, hashes: hashes.digests(), summary: summaryOf(tally, cash), portfolio };
}

export function valuesOf<T extends RecordName>(ran: Ran, type: T): RecordTypes[T][] {
  return ran.records.filter((record) => record.type === type).map(({ value }) => value as RecordTypes[T]);
}
