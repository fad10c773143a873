// When a process on Kafka is ready: one row per thing that may be wrong with it.
import { expect, it } from 'vitest';
import { readinessOf, type StageHealth } from './stage-health.ts';

const stage: StageHealth['stages'][number] = {
  name: 'archive',
  assigned: [0, 1],
  owned: [{ partition: 0, current: true }],
  stopped: [],
  silent_ms: 100,
  session_ms: 10_000,
};
const well = { ending: false, stages: [stage], others: {} };

it.each<[string, StageHealth, 'ok' | 'unavailable', RegExp]>([
  ['all is well', well, 'ok', /^partitions 0, 1$/],
  ['it ends', { ...well, ending: true }, 'unavailable', /partitions/],
  ['no partitions yet', { ...well, stages: [{ ...stage, assigned: null }] }, 'unavailable', /not assigned yet/],
  ['nothing to do', { ...well, stages: [{ ...stage, assigned: [] }] }, 'ok', /partitions none/],
  ['its group is silent', { ...well, stages: [{ ...stage, silent_ms: 10_001 }] }, 'unavailable', /the group does not answer/],
  ['catching up', { ...well, stages: [{ ...stage, owned: [{ partition: 1, current: false }] }] }, 'ok', /catching up: 1/],
  ['a partition stands', { ...well, stages: [{ ...stage, stopped: ['stands at 7'] }] }, 'ok', /stands at 7/],
  ['its store is away', { ...well, stages: [{ ...stage, trouble: 'ClickHouse is away' }] }, 'unavailable', /ClickHouse is away/],
  ['what it needs is away', { ...well, others: { gateway: { ok: false, detail: 'x', needed: true } } }, 'unavailable', /part/],
  ['what it can do without', { ...well, others: { archive: { ok: false, detail: 'x', needed: false } } }, 'ok', /^x$/],
])('%s', (_, health, status, detail) => {
  const probe = readinessOf(health);
  expect(probe.status).toBe(status);
  expect(probe.checks.archive?.detail).toMatch(detail);
});
