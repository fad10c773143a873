// What the gateway remembers does not hang on the order in which partitions come: they have none in common on a shared log.
import { describe, expect, it, test } from 'vitest';
import { blankControl, blankDeadLetter, blankDecision, type Decision } from '../../schemas/records.generated.ts';
import { HOUR } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { newDraft, placed } from '../../topology/log/draft.ts';
import { examplePorts, NOW, signalText } from './example.ts';
import type { Projection } from './projection.ts';

const { signals } = examplePorts().ports;
const bytes = new TextEncoder().encode(signalText());
const read = signals.parse(bytes);
const signal_id = 'violations' in read ? '' : read.signal_id;

function record(topic: AnyEnvelope['topic'], type: AnyEnvelope['type'], value: object, at = NOW): AnyEnvelope {
  return placed(newDraft(topic, 0, type, 'k', value as never, at, '', '', '', null, '', null));
}

function decision(changes: Partial<Decision>, at = NOW): AnyEnvelope {
  return record('decisions.v1', 'Decision', { ...blankDecision(), ...changes }, at);
}

function permutations<T>(of: readonly T[]): T[][] {
  if (of.length < 2) return [[...of]];
  return of.flatMap((first, i) => permutations([...of.slice(0, i), ...of.slice(i + 1)]).map((rest) => [first, ...rest]));
}

function projected(records: readonly AnyEnvelope[]): Projection {
  const { projection } = examplePorts();
  for (const one of records) projection.observe(one);
  return projection;
}

describe('whatever comes first', () => {
  const ofSignal = [
    record('signals.v1', 'Raw', bytes),
    record('journal.v1', 'EnrichedSignal', { signal_id }),
    decision({ subject_type: 'signal', subject_id: signal_id }),
  ];
  it.each(permutations(ofSignal).map((order) => [order.map(({ type }) => type).join(', '), order] as const))(
    'a signal ends DECIDED: %s',
    (_, order) => expect(projected(order).signal(signal_id)?.status).toBe('DECIDED'),
  );

  const control = { ...blankControl(), control_id: 'c', portfolio: 'paper-1', issued_at: NOW };
  const ofControl = [
    record('journal.v1', 'Control', control),
    decision({ subject_type: 'control', subject_id: 'c', action: 'SKIP', decision_id: 'refused', decided_at: NOW }),
    decision({ subject_type: 'control', subject_id: 'c', action: 'EXECUTE', decision_id: 'moved', decided_at: NOW }),
  ];
  it.each(
    permutations(ofControl).map(
      (order) => [order.map(({ value }) => ('action' in value ? value.action : 'Control')).join(', '), order] as const,
    ),
  )('a control that moved something is APPLIED: %s', (_, order) =>
    expect(projected(order).control('c')).toMatchObject({ status: 'APPLIED', decision_id: 'moved' }),
  );
});

test('a decision about what never comes is forgotten after the window', () => {
  const early = decision({ subject_type: 'control', subject_id: 'c', action: 'EXECUTE' }, NOW - 25 * HOUR);
  const later = { ...blankControl(), control_id: 'other', portfolio: 'paper-1', issued_at: NOW };
  const known = { ...later, control_id: 'c' };
  const projection = projected([early, record('journal.v1', 'Control', later), record('journal.v1', 'Control', known)]);
  expect(projection.control('c')?.status).toBe('PENDING');
});

test('where a fold stands its letter says, until it is resolved', () => {
  const letter = {
    ...blankDeadLetter(),
    dead_letter_id: 'd',
    version: 1,
    status: 'OPEN' as const,
    error_class: 'FOLD_STOPPED' as const,
    stage: 'decision',
    topic: 'journal.v1',
    partition: 3,
    offset: 7,
    message: 'why',
  };
  const other = { ...letter, dead_letter_id: 'e', error_class: 'DECODE_FAILED' as const };
  const open = [record('dead-letters.v1', 'DeadLetter', letter), record('dead-letters.v1', 'DeadLetter', other)];
  expect(projected(open).standing()).toEqual([
    { stage: 'decision', topic: 'journal.v1', partition: 3, offset: 7, error_class: 'FOLD_STOPPED', message: 'why' },
  ]);
  const resolved = record('dead-letters.v1', 'DeadLetter', { ...letter, version: 2, status: 'RESOLVED' });
  const projection = projected([...open, resolved, ...open]);
  expect([projection.standing(), projection.openLetters()]).toEqual([[], 1]);
});
