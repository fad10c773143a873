// A Lesson: what the last closed trade changed in what is known of its arm and its source.
import type { Lesson } from '../../schemas/records.generated.ts';
import { onLesson } from './sizing/learned.ts';
import type { PortfolioState } from './state.ts';

/** Folding is assignment. A gap is a bug: nothing may be decided on half of what was learned. */
export function foldLesson(p: PortfolioState, lesson: Lesson): void {
  onLesson(p.learned, lesson);
}
