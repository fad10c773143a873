// Folding Lessons is assignment, in order, without a gap.
import { expect, test } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { blankLesson, type Lesson } from '../../../schemas/records.generated.ts';
import { armOf, newLearned, onLesson } from './learned.ts';

function lesson(lesson_seq: number, change: Partial<Lesson> = {}): Lesson {
  const row = { strategy: 's', regime: 'chop_normal' };
  return {
    ...blankLesson(),
    lesson_seq,
    applied: true,
    closed_at: lesson_seq,
    bandit: { ...row, wins: lesson_seq, losses: 0, penalty: 0, n: lesson_seq, alpha: lesson_seq + 1, beta: 1 },
    payoff: { ...row, n_win: lesson_seq, n_loss: 0, sum_win_ret: decimal('0.1'), sum_loss_ret: 0n },
    source: { source: 'weir:s', n: lesson_seq, wins: lesson_seq, penalty: 0, score: 100, ucb: 100, grade: 'C' },
    ...change,
  };
}

test('the newest row stands', () => {
  const learned = newLearned();
  onLesson(learned, lesson(1));
  onLesson(learned, lesson(2));
  expect(armOf(learned, 's', 'chop_normal')).toMatchObject({ bandit: { wins: 2 }, payoff: { n_win: 2 }, last_at: 2 });
  expect(armOf(learned, 's', 'bull_normal')).toBeNull();
  expect(learned.sources.get('weir:s')?.n).toBe(2);
});

test('a Lesson that changes no payoff leaves it, one that was not applied changes nothing', () => {
  const learned = newLearned();
  onLesson(learned, lesson(1));
  onLesson(learned, lesson(2, { payoff: null }));
  expect(armOf(learned, 's', 'chop_normal')).toMatchObject({ bandit: { wins: 2 }, payoff: { n_win: 1 } });
  onLesson(learned, lesson(3, { applied: false }));
  expect(armOf(learned, 's', 'chop_normal')?.bandit.wins).toBe(2);
});

test.each([0, 1, 3])('after 1 comes 2, not %i', (seq) => {
  const learned = newLearned();
  onLesson(learned, lesson(1));
  expect(() => onLesson(learned, lesson(seq))).toThrow(`LESSON_GAP: lesson_seq ${seq}, expected 2`);
});
