// What the tests of the gateway share: a deployment, a signal, and ports over a log in memory.
import { decimal } from '../../schemas/money.ts';
import { formatTime, HOUR, MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import { appendResultOf } from '../../topology/log/append-result.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import { draftOfSource, type SourceRecord } from '../../topology/runtime/source.ts';
import { type Deployment, EXAMPLE_SOURCES } from '../deployment/deployment.ts';
import { enrichmentConfigOf } from '../deployment/pipeline.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import { canonicalInstrument, instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { checkSignal, parseSignal } from '../signals/validator.ts';
import { violation } from '../signals/violation.ts';
import type { GatewayPorts } from './ports.ts';
import { newProjection, type Projection } from './projection.ts';

export const NOW: Micros = 1_767_607_620_000_000;

export function exampleDeployment(changes: Partial<Deployment> = {}): Deployment {
  return {
    run_id: 'paper',
    mode: 'paper',
    currency: 'USDT',
    partitions: 1,
    portfolios: [{ portfolio: 'paper-1', ordinal: 0, cash: decimal('10000'), policy: loadPolicy('paper') }],
    instruments: ['BTC-USDT-PERP'],
    venues: ['sim'],
    sources: EXAMPLE_SOURCES,
    strategies: [],
    base_interval: '1m',
    base_interval_us: MINUTE,
    candle_mode: false,
    learning: true,
    claim: 'test',
    ...changes,
  };
}

/** Under a policy that lets many orders through, so that a doubled one would be seen. */
export function crashDeployment(policy: string): Deployment {
  const portfolios = [{ portfolio: 'paper-1', ordinal: 0, cash: decimal('10000'), policy: loadPolicy(policy) }];
  return exampleDeployment({ portfolios, instruments: CRASH_INSTRUMENTS });
}

export const CRASH_INSTRUMENTS = ['BTC-USDT-PERP', 'ETH-USDT-PERP', 'SOL-USDT-PERP'] as const;

/** A complete signal as JSON text. */
export function signalText(changes: Readonly<Record<string, unknown>> = {}, at: Micros = NOW): string {
  return JSON.stringify({
    instrument: 'BTC-USDT-PERP',
    direction: 'long',
    source: 'my_bot',
    event_time: formatTime(Math.floor(at / SECOND) * SECOND),
    signal_type: 'breakout',
    ...changes,
  });
}

export interface ExamplePorts {
  readonly ports: GatewayPorts;
  readonly projection: Projection;
  /** Everything that was appended, in order. */
  readonly appended: SourceRecord[];
}

/** The log answers at once, and what it took stands in the projection, as with the real one. */
export function examplePorts(changes: Partial<GatewayPorts> = {}, deployment: Deployment = exampleDeployment()): ExamplePorts {
  const config = enrichmentConfigOf(deployment);
  const catalog = instrumentCatalog(config.catalog);
  const sources = sourceTable(config.sources);
  const log = createMemoryLog();
  const appended: SourceRecord[] = [];
  const signals: GatewayPorts['signals'] = {
    parse: (bytes) => parseSignal(bytes, catalog, sources),
    check: (signal) => checkSignal(signal, catalog, sources),
    instrument(text) {
      const resolved = canonicalInstrument(text, catalog);
      return 'code' in resolved ? violation(resolved.code, 'instrument', text, resolved.expected) : resolved;
    },
  };
  const projection = newProjection({ parse: signals.parse, check: signals.check, window_us: 24 * HOUR });
  log.subscribe((records) => {
    for (const record of records) projection.observe(record);
  });
  const ports: GatewayPorts = {
    now: () => NOW,
    append: async (records) => {
      appended.push(...records);
      const batch = records.map((record) => draftOfSource(record, NOW, 1));
      await log.append(batch);
      return appendResultOf(batch);
    },
    signals,
    projection,
    portfolios: deployment.portfolios.map(({ portfolio }) => ({ portfolio, run_id: deployment.run_id, mode: deployment.mode })),
    archive: () => null,
    behind: () => null,
    status: () => ({ issues: [] }),
    readiness: () => ({ ready: true, checks: {} }),
    failed: () => undefined,
    ...changes,
  };
  return { ports, projection, appended };
}
