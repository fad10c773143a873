// Begins intents: an entry by its route, an exit that supersedes slower ones and cancels the other side first.
import { intentId } from '../../../schemas/ids.ts';
import { type Decimal, mul, type Price, type Quantity } from '../../../schemas/money.ts';
import type { Tier } from '../../../schemas/records.generated.ts';
import { setDeadline } from './deadline.ts';
import {
  entryOf,
  exitOf,
  type InstrumentTerms,
  type Intent,
  isOpening,
  type OrdersContext,
  type OrdersOutput,
  type OrdersState,
  type PositionSide,
  type Reference,
  type Route,
  type StepKind,
} from './orders.ts';
import { cancelLive, endIntent, OTHER_SIDE_WAIT_US, placeAttempt, resume } from './walk.ts';

export interface EntryRequest {
  readonly decision_id: string;
  readonly signal_id: string | null;
  readonly kind: 'OPEN' | 'ADD';
  readonly instrument: string;
  readonly venue: string;
  readonly position_side: PositionSide;
  readonly position_id: string | null;
  readonly quantity: Quantity;
  readonly collar_price: Price;
  readonly reference: Reference;
  readonly terms: InstrumentTerms;
  readonly tier: Tier;
  readonly confidence_bps: number;
  /** Policy key execution.route. */
  readonly route: 'AUTO' | 'POST_ONLY_ONLY' | 'TAKER_ONLY';
  /** Policy key execution.market_only_notional_max, quote units: smaller orders go TAKER at once. */
  readonly market_only_notional_max: Decimal;
  readonly reason: string;
}

export interface ExitRequest {
  readonly decision_id: string;
  readonly signal_id: string | null;
  readonly kind: 'REDUCE' | 'CLOSE';
  readonly instrument: string;
  readonly venue: string;
  readonly position_side: PositionSide;
  readonly position_id: string;
  readonly quantity: Quantity;
  readonly route: 'PATIENT_EXIT' | 'URGENT';
  readonly reference: Reference | null;
  readonly terms: InstrumentTerms;
  readonly tier: Tier;
  /** The rule or code that closes. */
  readonly reason: string;
  /** An operator's close runs in HALTED too; default no. */
  readonly forced?: boolean;
  /** The venue does not enforce reduce_only (a spot holding): it waits until another exit's order has ended; default no. */
  readonly exclusive?: boolean;
}

const PATIENT: readonly StepKind[] = ['POST_ONLY', 'POST_ONLY', 'TAKER'];
const POST_ONLY: readonly StepKind[] = ['POST_ONLY', 'POST_ONLY'];
const TAKER: readonly StepKind[] = ['TAKER'];

function entrySteps(request: EntryRequest): readonly StepKind[] {
  if (request.route === 'TAKER_ONLY') return TAKER;
  if (request.route === 'POST_ONLY_ONLY') return POST_ONLY;
  return mul(request.quantity, request.collar_price) <= request.market_only_notional_max ? TAKER : PATIENT;
}

type Fixed = Pick<Intent, 'leg' | 'side' | 'route' | 'steps' | 'collar_price' | 'confidence_bps' | 'forced' | 'exclusive'>;

function newIntent(request: EntryRequest | ExitRequest, fixed: Fixed, context: OrdersContext): Intent {
  return {
    intent_id: intentId({ decision_id: request.decision_id, leg: fixed.leg }),
    decision_id: request.decision_id,
    signal_id: request.signal_id,
    kind: request.kind,
    leg: fixed.leg,
    instrument: request.instrument,
    venue: request.venue,
    side: fixed.side,
    position_side: request.position_side,
    position_id: request.position_id,
    route: fixed.route,
    steps: fixed.steps,
    reason: request.reason,
    tier: request.tier,
    confidence_bps: fixed.confidence_bps,
    collar_price: fixed.collar_price,
    reference: request.reference,
    terms: request.terms,
    policy_hash: context.policy_hash,
    started_at: context.now,
    quantity: request.quantity,
    filled: 0n,
    step: 0,
    attempt: 0,
    taker_attempts: 0,
    failures: 0,
    order_id: '',
    last_order_id: '',
    not_before: context.now,
    stopping: null,
    forced: fixed.forced,
    exclusive: fixed.exclusive,
    ended: false,
  };
}

/** Begins the opening intent of an approved entry. The caller has checked that none lives on this instrument. */
export function openEntry(state: OrdersState, request: EntryRequest, context: OrdersContext, out: OrdersOutput): Intent {
  const intent = newIntent(
    request,
    {
      leg: 'entry',
      side: request.position_side === 'LONG' ? 'BUY' : 'SELL',
      route: 'PATIENT',
      steps: entrySteps(request),
      collar_price: request.collar_price,
      confidence_bps: request.confidence_bps,
      forced: false,
      exclusive: false,
    },
    context,
  );
  state.intents = [...state.intents, intent];
  placeAttempt(state, intent, false, context, out);
  setDeadline(state);
  return intent;
}

/** Stops an opening intent: its order is cancelled, or it ends at once where none is live. */
function stopOpening(state: OrdersState, intent: Intent, reason: string, context: OrdersContext, out: OrdersOutput): void {
  intent.stopping ??= 'CANCELED';
  if (intent.order_id === '') endIntent(state, intent, intent.filled > 0n ? 'PARTIAL' : 'CANCELED', out);
  else cancelLive(state, intent, reason, context, out);
}

/** Cancels every opening intent (KILL, REDUCING), or those of one instrument. */
export function cancelOpenings(
  state: OrdersState,
  instrument: string | null,
  reason: string,
  context: OrdersContext,
  out: OrdersOutput,
): void {
  for (const intent of state.intents) {
    if (isOpening(intent) && (instrument === null || intent.instrument === instrument))
      stopOpening(state, intent, reason, context, out);
  }
  setDeadline(state);
}

/** True where a new exit by `route` would be faster than the one that lives, or none lives. */
export function supersedes(state: OrdersState, position_id: string, route: Route): boolean {
  const live = exitOf(state, position_id);
  return live === undefined || (route === 'URGENT' && live.route !== 'URGENT');
}

/**
 * Begins an exit. A slower exit of the position is cancelled, own entry orders of the instrument too; the exit is sent when
 * they have ended, or 2 s later. In HALTED it is held until `releaseHeld`.
 */
export function openExit(state: OrdersState, request: ExitRequest, context: OrdersContext, out: OrdersOutput): Intent {
  const slower = exitOf(state, request.position_id);
  const intent = newIntent(
    request,
    {
      leg: 'exit',
      side: request.position_side === 'LONG' ? 'SELL' : 'BUY',
      route: request.route,
      steps: request.route === 'URGENT' ? TAKER : PATIENT,
      collar_price: null,
      confidence_bps: 0,
      forced: request.forced ?? false,
      exclusive: request.exclusive ?? false,
    },
    context,
  );
  state.intents = [...state.intents, intent];
  if (slower !== undefined) {
    slower.stopping ??= 'SUPERSEDED';
    if (slower.order_id === '') endIntent(state, slower, 'SUPERSEDED', out);
    else cancelLive(state, slower, request.reason, context, out);
  }
  const entry = entryOf(state, request.instrument);
  if (entry !== undefined) stopOpening(state, entry, request.reason, context, out);
  if (otherOrdersLive(state, intent)) intent.not_before = context.now + OTHER_SIDE_WAIT_US;
  else placeAttempt(state, intent, false, context, out);
  setDeadline(state);
  return intent;
}

/** Nothing of a position is left: its exits have nothing to do, whatever closed it. */
export function positionClosed(state: OrdersState, position_id: string, context: OrdersContext, out: OrdersOutput): void {
  for (const intent of state.intents) {
    if (isOpening(intent) || intent.position_id !== position_id) continue;
    intent.quantity = intent.filled;
    if (intent.order_id === '') endIntent(state, intent, 'FILLED', out);
    else cancelLive(state, intent, 'NO_POSITION', context, out);
  }
  setDeadline(state);
}

/** True while another intent of the instrument still has an order at the venue. */
export function otherOrdersLive(state: OrdersState, intent: Intent): boolean {
  for (const other of state.intents) {
    if (
      other !== intent &&
      other.instrument === intent.instrument &&
      other.order_id !== '' &&
      (isOpening(other) || other.position_id === intent.position_id)
    )
      return true;
  }
  return false;
}

/** HALTED has been left, or an operator closes: exits that were held are sent. */
export function releaseHeld(state: OrdersState, context: OrdersContext, out: OrdersOutput): void {
  for (const intent of state.intents) {
    if (!isOpening(intent) && intent.not_before === Number.POSITIVE_INFINITY) resume(state, intent, context, out);
  }
  setDeadline(state);
}
