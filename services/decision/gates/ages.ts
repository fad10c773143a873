// How old the oldest input of a decision is, at the time of the decision.
import type { EntryContext } from './context.ts';

export interface OldestInput {
  readonly max_input_age_us: number;
  readonly oldest_input: string;
}

/** Ages are those of enrichment, plus the time since. */
export function oldestInput(e: EntryContext): OldestInput {
  const { input_ages_us, enriched_at } = e.enriched;
  const since = e.now > enriched_at ? e.now - enriched_at : 0;
  let oldest = -1;
  let name = '';
  for (const input in input_ages_us) {
    const age = input_ages_us[input] ?? 0;
    if (age > oldest) {
      oldest = age;
      name = input;
    }
  }
  return { max_input_age_us: oldest < 0 ? 0 : oldest + since, oldest_input: name };
}
