// A task over its inbox: whose fault an error is, and what stays of the records before it.
import { expect, it } from 'vitest';
import { blankAnalysis, blankLesson } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { type Draft, newDraft, placed } from '../log/draft.ts';
import type { Stage } from '../stage.ts';
import { topologyOf } from '../topology.ts';
import { put } from './inbox.ts';
import { StageStopped } from './stopped.ts';
import { takeInbox } from './take.ts';
import { createTask } from './task.ts';

const telling: Stage<unknown> = {
  name: 'learning',
  version: '1',
  init: () => ({}),
  step(_state, input, emit) {
    emit('journal.v1', 'Lesson', 'pf-1', blankLesson(), `of ${input.offset}`);
    if (input.offset === 7) throw new Error('broken');
  },
};

function record(offset: number, value: unknown): AnyEnvelope {
  const draft = newDraft('analyses.v1', 0, 'Analysis', 'k', blankAnalysis(), 0, `a${offset}`, '', '', null, '', null);
  return placed({ ...draft, offset, sequence: offset + 1, value: value as Draft['value'] });
}

/** What stays, and the error, of records taken at once. */
function taken(stage: Stage<unknown>, ...records: AnyEnvelope[]): { ids: string[]; error: unknown } {
  const task = createTask(stage, 0, topologyOf(3), false);
  for (const place of records.keys()) put(task.inbox, place);
  const out: Draft[] = [];
  let error: unknown;
  try {
    error = takeInbox(task, records, 0, out);
  } catch (thrown) {
    error = thrown;
  }
  return { ids: out.map(({ id }) => id), error };
}

it('a bug of the stage takes back what its step emitted, and nothing of the step before', () => {
  const { ids, error } = taken(telling, record(1, blankAnalysis()), record(7, blankAnalysis()), record(8, blankAnalysis()));
  expect(ids).toEqual(['of 1']);
  expect(error).toBeInstanceOf(StageStopped);
  expect(error).toMatchObject({ offset: 7, reason: 'EXCEPTION' });
});

it('a bug before the step is not the stage’s, and takes back nothing', () => {
  const { ids, error } = taken(telling, record(1, blankAnalysis()), record(2, null));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).not.toBeInstanceOf(StageStopped);
  expect(ids).toEqual(['of 1']);
});

it('of a step that ends in what cannot be emitted, nothing stays; of the step before, all', () => {
  const refusing: Stage<unknown> = {
    ...telling,
    step(_state, input, emit) {
      emit('journal.v1', 'Lesson', 'pf-1', blankLesson(), `of ${input.offset}`);
      if (input.offset === 7) emit('journal.v1', 'Lesson', Symbol('no key') as unknown as string, blankLesson());
    },
  };
  const { ids, error } = taken(refusing, record(1, blankAnalysis()), record(7, blankAnalysis()));
  expect(ids).toEqual(['of 1']);
  expect(error).toBeInstanceOf(StageStopped);
});
