// An EnrichedSignal: an opening one is judged by the gates, a closing or opposite one is a reduction.
import type { EnrichedSignal, PositionSide } from '../../schemas/records.generated.ts';
import { takeOnce } from './decided.ts';
import { enter } from './entry/enter.ts';
import { noteInstrument } from './entry/instrument-facts.ts';
import { closePosition } from './exits/close-position.ts';
import { type Fold, sideOf } from './fold.ts';
import type { OpenPosition } from './ledger/ledger.ts';
import { decide } from './record/decision-record.ts';
import type { PortfolioState } from './state.ts';

export function foldEnrichedSignal(fold: Fold, p: PortfolioState, enriched: EnrichedSignal): void {
  if (!takeOnce(p, enriched.signal_id)) return;
  noteInstrument(fold, p, enriched);
  const { signal } = enriched;
  switch (signal.direction) {
    case 'close_long':
      return close(fold, p, enriched, 'LONG');
    case 'close_short':
      return close(fold, p, enriched, 'SHORT');
    case 'long':
    case 'short': {
      const held = p.ledger.positions.get(signal.instrument);
      const opposite = held !== undefined && sideOf(held) === (signal.direction === 'long' ? 'SHORT' : 'LONG');
      const closes = opposite && p.policy?.policy.on_opposite === 'close' && p.policy.policy.exits.rules.signal_close;
      if (closes && enriched.admission.verdict === 'admit' && held.opened_at <= signal.event_time) {
        return reduce(fold, p, enriched, held, `opposite signal ${signal.direction}`);
      }
      return enter(fold, p, enriched);
    }
  }
}

/** A closing signal never touches a position that was opened after it. */
function close(fold: Fold, p: PortfolioState, enriched: EnrichedSignal, side: PositionSide): void {
  const { signal, admission } = enriched;
  if (admission.verdict === 'refuse') return skip(fold, p, enriched, side, admission.reasons[0] ?? 'SIGNAL_REFUSED');
  const held = p.ledger.positions.get(signal.instrument);
  if (held === undefined || sideOf(held) !== side || held.opened_at > signal.event_time)
    return skip(fold, p, enriched, side, 'NO_POSITION');
  reduce(fold, p, enriched, held, '');
}

function reduce(fold: Fold, p: PortfolioState, enriched: EnrichedSignal, position: OpenPosition, detail: string): void {
  const { signal } = enriched;
  const closing = signal.direction === 'close_long' || signal.direction === 'close_short';
  const decision = closePosition(fold, p, position, { type: 'signal', id: enriched.signal_id }, '', {
    reason: 'SIGNAL_CLOSE',
    route: 'PATIENT_EXIT',
    quantity: closing ? signal.size : null,
    signal_id: enriched.signal_id,
    signal_mid: enriched.signal_mid,
    signal_at: signal.event_time,
    operator: false,
    detail,
  });
  decision.source = signal.source;
  decision.signal_type = signal.signal_type;
  decision.signal_ts = signal.event_time;
  decision.enriched_ts = enriched.enriched_at;
  decision.reference_mid = enriched.mid ?? decision.reference_mid;
  decision.max_input_age_us = enriched.max_input_age_us;
}

function skip(fold: Fold, p: PortfolioState, enriched: EnrichedSignal, side: PositionSide, reason_code: string): void {
  const { signal } = enriched;
  const decision = decide(fold, p, { type: 'signal', id: enriched.signal_id }, '', { kind: 'EXIT', action: 'SKIP', reason_code });
  decision.signal_id = enriched.signal_id;
  decision.source = signal.source;
  decision.signal_type = signal.signal_type;
  decision.strategy = signal.strategy;
  decision.instrument = signal.instrument;
  decision.side = side;
  decision.signal_ts = signal.event_time;
  decision.enriched_ts = enriched.enriched_at;
  decision.reference_mid = enriched.mid;
  decision.max_input_age_us = enriched.max_input_age_us;
}
