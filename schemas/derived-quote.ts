// Quotes that no venue has given: made from the close of a bar, and flagged so.
import type { Quote } from './records.generated.ts';

export function isDerived({ flags }: Pick<Quote, 'flags'>): boolean {
  // It is the usual flag, and mostly the only one: no search for each quote.
  return flags.length > 0 && (flags[0] === 'DERIVED' || flags.includes('DERIVED'));
}
