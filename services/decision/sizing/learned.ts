// What the portfolio has learned so far: the newest rows of its Lessons, by strategy and regime, and by source.
import type { Lesson, LessonBandit, LessonPayoff, LessonSource } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';

/** One arm in one regime. */
export interface ArmRecord {
  readonly bandit: LessonBandit;
  /** null until a trade had a payoff. */
  readonly payoff: LessonPayoff | null;
  /** Close of the newest trade it learned from. */
  readonly last_at: Micros;
}

export interface Learned {
  /** By `<strategy>|<regime>`. */
  readonly arms: Map<string, ArmRecord>;
  /** By canonical source. */
  readonly sources: Map<string, LessonSource>;
  /** Of the newest Lesson; 0 before the first. */
  lesson_seq: number;
}

export function newLearned(): Learned {
  return { arms: new Map(), sources: new Map(), lesson_seq: 0 };
}

export function armOf(learned: Learned, strategy: string, regime: string): ArmRecord | null {
  return learned.arms.size === 0 ? null : (learned.arms.get(armKey(strategy, regime)) ?? null);
}

function armKey(strategy: string, regime: string): string {
  return `${strategy}|${regime}`;
}

/** Rows are absolute, so folding a Lesson is assignment. Throws on a gap in lesson_seq: nothing may be decided on half of what was learned. */
export function onLesson(learned: Learned, lesson: Lesson): void {
  if (lesson.lesson_seq !== learned.lesson_seq + 1) {
    throw new Error(`LESSON_GAP: lesson_seq ${lesson.lesson_seq}, expected ${learned.lesson_seq + 1}`);
  }
  learned.lesson_seq = lesson.lesson_seq;
  if (!lesson.applied) return;
  const { bandit, payoff, source } = lesson;
  if (bandit !== null) {
    const key = armKey(bandit.strategy, bandit.regime);
    learned.arms.set(key, { bandit, payoff: payoff ?? learned.arms.get(key)?.payoff ?? null, last_at: lesson.closed_at });
  }
  if (source !== null) learned.sources.set(source.source, source);
}
