// Gate 43 SOURCE: the source has a good enough grade (A 4 … F 0), and does not only promote or enrich.
import type { Grade } from '../../../schemas/records.generated.ts';
import { fail, type Gate, gate, passWith, whole } from './gate.ts';

const POINTS: Readonly<Record<Grade, number>> = { A: 4, B: 3, C: 2, D: 1, F: 0 };

/** Variants that somebody pays for. */
function isPromotional(name: string): boolean {
  return name.endsWith(':boost') || name.endsWith(':community_takeover');
}

export const source: Gate = gate({
  number: 43,
  name: 'SOURCE',
  class: 'S',
  unit: 'count',
  policy_key: 'source.min_grade',
  evaluate: (e) => {
    if (e.enriched.source_class === 'enricher' || e.signal.source === 'unknown:enricher_only')
      return fail(source, 'SOURCE_PROMOTIONAL_ONLY');
    if (isPromotional(e.signal.source) && e.enriched.corroboration.count <= 1) return fail(source, 'SOURCE_PROMOTIONAL_ONLY');
    const observed = whole(POINTS[e.grade]);
    const limit = whole(POINTS[e.policy.source.min_grade]);
    return observed >= limit ? passWith(source, observed, limit) : fail(source, 'SOURCE_GRADE_LOW', observed, limit);
  },
  flip: (e) => ({ policy_key: 'source.min_grade', from: e.policy.source.min_grade, to: e.grade, value: null }),
});
