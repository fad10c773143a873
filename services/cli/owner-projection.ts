// What the gateway of this deployment reads signals with, and what it remembers of the log.
import type { Micros } from '../../schemas/time.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { enrichmentConfigOf } from '../deployment/pipeline.ts';
import type { SignalReader } from '../gateway/ports.ts';
import { loadProjection, newProjection, type Projection, windowOf } from '../gateway/projection.ts';
import { wallClock } from '../market/live/clock.ts';
import { canonicalInstrument, instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { checkSignal, parseSignal } from '../signals/validator.ts';
import { violation } from '../signals/violation.ts';

export function signalReader(deployment: Deployment): SignalReader {
  const config = enrichmentConfigOf(deployment);
  const catalog = instrumentCatalog(config.catalog);
  const sources = sourceTable(config.sources);
  return {
    parse: (bytes) => parseSignal(bytes, catalog, sources, config.bytes_max),
    check: (signal) => checkSignal(signal, catalog, sources),
    instrument(text) {
      const resolved = canonicalInstrument(text, catalog);
      return 'code' in resolved ? violation(resolved.code, 'instrument', text, resolved.expected) : resolved;
    },
  };
}

/** When the log last took records of anybody, and of the market. */
export interface Times {
  committed_at: Micros;
  market_at: Micros;
}

/** Caught up with the log, and from then on with it. */
export function openProjection(log: LocalLog, deployment: Deployment, signals: SignalReader, times: Times): Projection {
  const window_us = windowOf(deployment.mode);
  const projection = newProjection({ parse: signals.parse, check: signals.check, window_us });
  loadProjection(projection, log, wallClock() - window_us);
  log.subscribe((records) => {
    times.committed_at = wallClock();
    for (const record of records) {
      if (record.topic === 'market.v1') times.market_at = record.at;
      else projection.observe(record);
    }
  });
  return projection;
}
