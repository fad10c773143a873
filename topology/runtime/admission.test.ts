// Which records have effect: watermarks of folds, first ids of the others, ticks by their second, copies of a retry once.
import { describe, expect, it } from 'vitest';
import { blankAnalysis, blankTick, type RecordName } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { newDraft, placed, type RecordValue } from '../log/draft.ts';
import type { TopicName } from '../topics.ts';
import { admit, newTrack } from './admission.ts';
import { newIdTable } from './id-table.ts';

interface Given {
  readonly topic?: TopicName;
  readonly type?: RecordName;
  readonly key?: string;
  readonly id?: string;
  readonly at?: number;
  /** stage/partition/offset/index of the weir-source. */
  readonly from?: string;
  readonly retry_of?: string;
  readonly value?: RecordValue;
}

function record(given: Given): AnyEnvelope {
  const [stage = '', partition = '', offset = '', index = ''] = given.from?.split('/') ?? [];
  const source =
    given.from === undefined
      ? null
      : { stage, topic: 'trades.v1', partition: Number(partition), offset: Number(offset), index: Number(index) };
  return placed(
    newDraft(
      given.topic ?? 'journal.v1',
      0,
      given.type ?? 'Lesson',
      given.key ?? 'pf-1',
      given.value ?? blankTick(),
      given.at ?? 0,
      given.id ?? '',
      '',
      '',
      source,
      given.retry_of ?? '',
      null,
    ),
  );
}

/** Which of the records have effect, in their order. */
function effects(...given: Given[]): boolean[] {
  const track = newTrack('journal.v1', 0);
  const ids = newIdTable();
  return given.map((one) => admit(track, ids, record(one)));
}

describe('a fold upstream', () => {
  it.each([
    ['in order', ['learning/0/1/0', 'learning/0/1/1', 'learning/0/2/0'], [true, true, true]],
    ['twice', ['learning/0/1/0', 'learning/0/1/0'], [true, false]],
    ['an older index', ['learning/0/1/1', 'learning/0/1/0'], [true, false]],
    ['an older offset with a higher index', ['learning/0/2/0', 'learning/0/1/9'], [true, false]],
    ['another partition', ['learning/0/5/0', 'learning/1/1/0'], [true, true]],
    ['another stage', ['learning/0/5/0', 'decision/0/1/0'], [true, true]],
    [
      'a zombie repeating a run',
      ['learning/0/1/0', 'learning/0/2/0', 'learning/0/1/0', 'learning/0/2/0', 'learning/0/3/0'],
      [true, true, false, false, true],
    ],
  ])('%s', (_case, from, expected) => {
    expect(effects(...from.map((source) => ({ from: source })))).toEqual(expected);
  });
});

describe('a merge point or effect upstream', () => {
  const twice = (first: Given, second: Given): boolean[] => effects(first, second);
  it.each([
    [
      'the same event again, from another position',
      { type: 'OrderEvent', id: 'a', from: 'execution/0/1/0' },
      { type: 'OrderEvent', id: 'a', from: 'execution/0/9/0' },
      false,
    ],
    [
      'another event at an older position',
      { type: 'OrderEvent', id: 'a', from: 'execution/0/9/0' },
      { type: 'OrderEvent', id: 'b', from: 'execution/0/1/0' },
      true,
    ],
    [
      'one signal, the same portfolio',
      { type: 'EnrichedSignal', id: 's', key: 'pf-1' },
      { type: 'EnrichedSignal', id: 's', key: 'pf-1' },
      false,
    ],
    [
      'one signal, two portfolios',
      { type: 'EnrichedSignal', id: 's', key: 'pf-1' },
      { type: 'EnrichedSignal', id: 's', key: 'pf-2' },
      true,
    ],
    ['one trigger twice', { type: 'ExitTrigger', id: 't' }, { type: 'ExitTrigger', id: 't' }, false],
    ['one verdict twice', { type: 'Verdict', id: 'v' }, { type: 'Verdict', id: 'v' }, false],
    ['one control twice', { type: 'Control', id: 'c' }, { type: 'Control', id: 'c' }, false],
    ['one policy twice', { type: 'PolicyActivated', id: 'p' }, { type: 'PolicyActivated', id: 'p' }, false],
    ['one cash flow twice', { type: 'CashFlow', id: 'f' }, { type: 'CashFlow', id: 'f' }, false],
    ['a mark repeats by nature', { type: 'Mark', from: 'monitor/0/1/0' }, { type: 'Mark', from: 'monitor/0/1/0' }, true],
    ['a signal is for enrichment to judge', { type: 'Signal', id: 's' }, { type: 'Signal', id: 's' }, true],
    ['a call in two phases', analysis('INTENT'), analysis('RESULT'), true],
    ['one phase of a call twice', analysis('RESULT'), analysis('RESULT'), false],
  ] as const)('%s', (_case, first, second, counts) => {
    expect(twice(first, second)).toEqual([true, counts]);
  });
});

function analysis(phase: 'INTENT' | 'RESULT'): Given {
  return { type: 'Analysis', id: 'call', value: { ...blankAnalysis(), phase } };
}

describe('ticks', () => {
  const tick = (tick_at: number): Given => ({ type: 'Tick', value: { ...blankTick(), tick_at } });
  it('count once per second, and an older one not at all', () => {
    expect(effects(tick(5), tick(5), tick(4), tick(6))).toEqual([true, false, false, true]);
  });
});

describe('a retried letter', () => {
  it('passes the watermark that would drop its old position, once per attempt', () => {
    const from = 'learning/0/1/0';
    expect(
      effects(
        { from },
        { from: 'gateway/0/9/0', retry_of: 'letter/1' },
        { from: 'gateway/0/9/0', retry_of: 'letter/1' },
        { from: 'gateway/0/11/0', retry_of: 'letter/2' },
      ),
    ).toEqual([true, true, false, true]);
  });

  it('has no effect where its id had one before', () => {
    expect(effects({ type: 'OrderEvent', id: 'a' }, { type: 'OrderEvent', id: 'a', retry_of: 'letter/1' })).toEqual([
      true,
      false,
    ]);
  });
});
