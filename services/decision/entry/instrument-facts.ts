// Keeps the newest facts of an instrument: what exits, late fills and adopted holdings need later.
import type { EnrichedSignal } from '../../../schemas/records.generated.ts';
import { noteRegime } from '../exits/regime-tighten.ts';
import type { Fold } from '../fold.ts';
import type { PortfolioState } from '../state.ts';

export function noteInstrument(fold: Fold, p: PortfolioState, enriched: EnrichedSignal): void {
  if (enriched.regime !== null) noteRegime(fold, p, enriched.regime.tag);
  const { info } = enriched;
  if (info === null) return;
  const known = p.instruments.get(enriched.signal.instrument);
  if (known !== undefined && known.offset >= info.offset) return;
  const { filters } = info;
  p.instruments.set(enriched.signal.instrument, {
    venue: info.venue,
    kind: info.kind,
    base: info.base,
    chain: info.chain ?? '',
    terms: { tick: filters.tick, step: filters.step, min_qty: filters.min_qty ?? 0n, min_notional: filters.min_notional ?? 0n },
    taker_bps: info.fees.taker_bps,
    offset: info.offset,
  });
}
