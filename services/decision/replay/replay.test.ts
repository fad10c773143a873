// A decision can be recomputed from the state before it and its record, and the first field that differs is named.
import { describe, expect, it } from 'vitest';
import { blankDecision, type Decision } from '../../../schemas/records.generated.ts';
import { decisions, enrichedSignal, envelope, fold, policyWith, trading } from '../example.ts';
import { decisionStage } from '../stage.ts';
import { firstDifference } from './difference.ts';
import { replayDecision } from './replay.ts';
import { POLICY_FIELDS, underPolicy } from './under-policy.ts';

function decided() {
  const s = trading();
  const before = structuredClone(s.state);
  const value = enrichedSignal(s);
  const record = envelope(s, 'EnrichedSignal', value, value.signal_id);
  const [recorded] = decisions(fold(s, record));
  if (recorded === undefined) throw new Error('not decided');
  return { s, before, record, recorded };
}

describe('replay', () => {
  it('gives the same decision', () => {
    const { s, before, record, recorded } = decided();
    expect(replayDecision(s.stage, before, record, recorded).difference).toBeNull();
  });

  it('names the first field that differs, with both values', () => {
    const { s, before, record, recorded } = decided();
    const forged: Decision = { ...recorded, reference_mid: 1n };
    expect(replayDecision(s.stage, before, record, forged).difference).toEqual({
      field: 'reference_mid',
      recorded: '0.000000000001',
      replayed: '50000',
    });
  });

  it('another stage version is named, not hidden', () => {
    const { before, record, recorded } = decided();
    const other = decisionStage({ stage_version: 'other', currency: 'USDT', paper_backend: 'SIMULATED', candle_interval_us: 0 });
    expect(replayDecision(other, before, record, recorded).difference).toMatchObject({
      field: 'stage_version',
      recorded: 'test',
      replayed: 'other',
    });
  });

  it('a decision that is not made is a difference', () => {
    const { s, before, record, recorded } = decided();
    expect(replayDecision(s.stage, before, record, { ...recorded, decision_id: 'x' }).difference?.field).toBe('decision_id');
  });

  it('under the same policy another hash alone is no difference', () => {
    const { s, before, record, recorded } = decided();
    underPolicy(before, { ...policyWith(), profile: 'renamed' }, 0);
    expect(replayDecision(s.stage, structuredClone(before), record, recorded).difference?.field).toBe('profile');
    expect(replayDecision(s.stage, before, record, recorded, POLICY_FIELDS).difference).toBeNull();
  });

  it('under a stricter policy it shows what would have been decided', () => {
    const { s, before, record, recorded } = decided();
    underPolicy(before, policyWith({ conviction: { min: 0.49 }, trust: { min: 90 } }), 0);
    const replayed = replayDecision(s.stage, before, record, recorded, POLICY_FIELDS);
    expect(replayed.difference).toMatchObject({ field: 'action', recorded: 'EXECUTE', replayed: 'SKIP' });
    expect(replayed.decision?.reason_code).toBe('TRUST_LOW');
  });
});

describe('the first difference', () => {
  const base = { ...blankDecision(), warnings: ['A'], order_ids: ['1', '2'] };
  it.each([
    ['none', base, { ...base }, null],
    ['a scalar', base, { ...base, trace: 't' }, 'trace'],
    ['the earlier of two', base, { ...base, portfolio: 'p', trace: 't' }, 'portfolio'],
    ['in a list', base, { ...base, order_ids: ['1', '3'] }, 'order_ids.1'],
    ['a longer list', base, { ...base, warnings: ['A', 'B'] }, 'warnings.1'],
    ['a shorter list', base, { ...base, warnings: [] }, 'warnings.0'],
    ['nested', base, { ...base, state: { ...base.state, positions: 7 } }, 'state.positions'],
    ['null against a record', base, { ...base, plan: {} }, 'plan'],
  ])('%s', (_, a, b, field) => {
    expect(firstDifference(a, b)?.field ?? null).toBe(field);
  });

  it('what is ignored is not compared, nor what lies under it', () => {
    expect(
      firstDifference(base, { ...base, policy_hash: 'x', state: { ...base.state, nav: 1n } }, ['policy_hash', 'state']),
    ).toBeNull();
  });
});
