// Order commands: checked, looked at once more, written as SUBMITTING; cancels at once; everything else waits its turn.
import { traceId } from '../../schemas/ids.ts';
import type { OrderCommand, OrderEvent } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import { checkOther, checkPlace, type PlaceCommand } from './command.ts';
import { type Ended, endedOrder, forgetEnded } from './ended-orders.ts';
import { deny, identityOf, orderEvent, publish } from './events.ts';
import { evolve, register } from './evolve.ts';
import { lastLook, type Terms } from './last-look.ts';
import { noteTerms } from './note-terms.ts';
import { isOpening, type Order } from './order.ts';
import { beginReconciling, reconcile } from './reconcile.ts';
import { shadowed } from './shadow.ts';
import { requestCancel } from './simulated/exchange.ts';
import { marketOf, newPortfolio, type Portfolio, portfolioNamed, type Step } from './state.ts';

/** A call not made this long after SUBMITTING is not made at all. */
const SEND_DEADLINE_US = 3 * SECOND;
const WAITING_OPENINGS_MAX = 10_000;

/** The portfolio of a record; a new one begins by reconciling. */
export function portfolioOf(step: Step, of: { portfolio: string; run_id: string; mode: Portfolio['mode'] }): Portfolio {
  let portfolio = portfolioNamed(step, of.portfolio);
  if (portfolio === undefined) {
    portfolio = newPortfolio(of, step.config.claim);
    step.state.portfolios.set(of.portfolio, portfolio);
    beginReconciling(step, portfolio);
  }
  return portfolio;
}

/** `trace`: that of the order it may make. */
export function onCommand(step: Step, command: OrderCommand, trace: string): void {
  const portfolio = portfolioOf(step, command);
  const problem = checkOther(command);
  if (problem !== null)
    return deny(step, portfolio, command, 'ORDER_COMMAND_INVALID', `${problem.field}: expected ${problem.expected}`);
  const known = command.action === 'PLACE' ? endedOrder(portfolio.ended, command.order_id ?? '') : undefined;
  if (command.action === 'PLACE' && command.order_id !== null) {
    if (isAnswered(known) || meetEarly(step, portfolio, command, command.order_id, trace)) return;
    if (!portfolio.orders.has(command.order_id)) portfolio.unanswered.set(command.order_id, command);
  }
  if (portfolio.phase !== 'READY') return enqueue(step, portfolio, command);
  switch (command.action) {
    case 'PLACE':
      return place(step, portfolio, command, known, trace);
    case 'CANCEL':
      return cancel(step, portfolio, command);
    case 'CANCEL_ALL':
      return cancelAll(step, portfolio, command);
    case 'RECONCILE':
      return reconcile(step, portfolio, 'FULL');
  }
}

/** Denied by an earlier life, which was read back before the command: it has its answer. */
function isAnswered(ended: Ended | undefined): boolean {
  if (ended?.command_due !== true) return false;
  ended.command_due = false;
  return true;
}

/** Own events of this order were read before its command: the order is made from them, not from the command. */
function meetEarly(step: Step, portfolio: Portfolio, command: OrderCommand, order_id: string, trace: string): boolean {
  if (portfolio.early.size === 0) return false;
  const events = portfolio.early.get(order_id);
  if (events === undefined) return false;
  portfolio.early.delete(order_id);
  for (const event of events) {
    if (event.type === 'SUBMITTING') registerAgain(step, portfolio, command, event, trace);
    evolve(step, portfolio, event, portfolio.orders.get(order_id));
  }
  return true;
}

/** The order of a SUBMITTING that an earlier life of this stage wrote. */
export function registerAgain(step: Step, portfolio: Portfolio, command: OrderCommand, event: OrderEvent, trace: string): void {
  const checked = checkPlace(command);
  if ('problem' in checked) return;
  const terms = {
    order_type: command.order_type !== 'STOP' && event.price === null ? 'MARKET' : checked.place.order_type,
    price: event.price,
    stop_price: event.stop_price,
    quantity: event.quantity ?? 0n,
  };
  const order = orderOf(step, portfolio, checked.place, terms, trace);
  forgetEnded(portfolio.ended, order.order_id);
  register(step, portfolio, {
    ...order,
    submitted_at: event.observed_at,
    send_deadline_at: event.send_deadline_at ?? event.observed_at,
    claim: event.claim ?? '',
  });
}

function isOpeningIntent(command: OrderCommand): boolean {
  return command.intent === 'OPEN' || command.intent === 'ADD';
}

function enqueue(step: Step, portfolio: Portfolio, command: OrderCommand): void {
  const opening = command.action === 'PLACE' && isOpeningIntent(command);
  if (opening && portfolio.waiting_openings >= WAITING_OPENINGS_MAX)
    return deny(step, portfolio, command, 'SEND_QUEUE_FULL', `${portfolio.waiting_openings} openings wait`);
  if (opening) portfolio.waiting_openings += 1;
  portfolio.waiting.push(command);
}

/** Its answer has come, from whomever. */
export function waitsNoMore(portfolio: Portfolio, command: OrderCommand): void {
  const at = portfolio.waiting.indexOf(command);
  if (at < 0) return;
  portfolio.waiting.splice(at, 1);
  if (isOpeningIntent(command)) portfolio.waiting_openings -= 1;
}

const TURN: Record<NonNullable<OrderCommand['intent']>, number> = { CLOSE: 1, REDUCE: 2, OPEN: 3, ADD: 3 };

function turnOf(command: OrderCommand): number {
  return command.action === 'PLACE' ? TURN[command.intent ?? 'OPEN'] : 0;
}

/** What waited for reconciliation goes out: cancels, then closings, then openings, in log order inside a class. What is answered stays so. */
export function drain(step: Step, portfolio: Portfolio): void {
  const waiting = portfolio.waiting.sort((a, b) => turnOf(a) - turnOf(b)).reverse();
  portfolio.waiting_openings = 0;
  for (;;) {
    const command = waiting.pop();
    if (command === undefined) return;
    const answered = command.order_id !== null && endedOrder(portfolio.ended, command.order_id) !== undefined;
    if (command.action === 'CANCEL' && !answered) cancel(step, portfolio, command);
    else if (command.action === 'CANCEL_ALL') cancelAll(step, portfolio, command);
    else if (command.action === 'PLACE' && !answered) place(step, portfolio, command, undefined, traceOf(command));
  }
}

/** `known`: the ended order of that id, which is not used again. */
function place(step: Step, portfolio: Portfolio, command: OrderCommand, known: Ended | undefined, trace: string): void {
  const checked = checkPlace(command);
  if ('problem' in checked) {
    const { field, expected } = checked.problem;
    return deny(
      step,
      portfolio,
      command,
      'ORDER_COMMAND_INVALID',
      `${field}: got ${String(command[field])}, expected ${expected}`,
    );
  }
  const placing = checked.place;
  if (portfolio.orders.has(placing.order_id)) return;
  if (known !== undefined) return deny(step, portfolio, command, 'ORDER_ID_REUSED', `order ${placing.order_id} has ended`);
  const { settings } = portfolio;
  if (settings === null) return deny(step, portfolio, command, 'POLICY_MISSING', 'no policy is active');
  const market = marketOf(step, placing.instrument);
  const look = { config: step.config, portfolio, settings, market, command: placing, opening: isOpening(placing), now: step.now };
  const terms = lastLook(look);
  if (placing.backend === 'SHADOW') return shadowed(step, portfolio, placing, market.newest, terms);
  if ('reason' in terms) return deny(step, portfolio, command, terms.reason, terms.detail);
  submit(step, portfolio, placing, terms, trace);
}

/** The intent is written before the venue hears of it: SUBMITTING goes out, and only its echo places the order. */
function submit(step: Step, portfolio: Portfolio, command: PlaceCommand, terms: Terms, trace: string): void {
  const order = orderOf(step, portfolio, command, terms, trace);
  register(step, portfolio, order);
  const event = orderEvent(order, 'SUBMITTING', step.now, 'LOCAL');
  noteTerms(event, command, terms);
  event.claim = order.claim;
  event.send_deadline_at = order.send_deadline_at;
  publish(step, portfolio, event, order);
}

/** A command that waited is not the input of this step any more; its signal still names the trace. */
export function traceOf(command: OrderCommand): string {
  return command.signal_id === null ? '' : traceId({ signal_id: command.signal_id });
}

/** The order a command and its resolved terms make; `at` and `claim` are those of its SUBMITTING. */
export function orderOf(
  step: Step,
  portfolio: Portfolio,
  command: PlaceCommand,
  terms: Pick<Terms, 'order_type' | 'price' | 'stop_price' | 'quantity'>,
  trace: string,
): Order {
  const info = marketOf(step, command.instrument).info;
  return {
    order_id: command.order_id,
    client_order_id: command.client_order_id,
    command_id: command.command_id,
    trace,
    decision_id: command.decision_id,
    signal_id: command.signal_id,
    decided_at: command.decided_at,
    portfolio: command.portfolio,
    run_id: command.run_id,
    mode: command.mode,
    account: command.account,
    venue: command.venue,
    instrument: command.instrument,
    kind: info?.kind ?? 'perp',
    base: info?.base ?? '',
    quote: info?.quote ?? '',
    side: command.side,
    intent: command.intent,
    leg: command.leg ?? '',
    reduce_only: command.reduce_only,
    order_type: terms.order_type,
    time_in_force: terms.order_type === 'MARKET' && command.order_type !== 'MARKET' ? 'IOC' : command.time_in_force,
    stop_source: command.stop_source,
    tier: command.tier,
    ttl_s: command.ttl_s,
    expires_at: command.expires_at,
    tick: info?.filters.tick ?? 1n,
    step: info?.filters.step ?? 1n,
    price: terms.price,
    worst_price: command.collar_price,
    stop_price: terms.stop_price,
    quantity: terms.quantity,
    submitted_at: step.now,
    send_deadline_at: step.now + SEND_DEADLINE_US,
    claim: portfolio.claim,
    phase: 'SUBMITTING',
    events: 0,
    filled: 0n,
    working_at: 0,
    cancel_requested_at: 0,
    unknown_at: 0,
    queries: 0,
    arrives_at: 0,
    fresh: true,
    triggered: false,
    filled_at: 0,
    reserved: 0n,
    due: Number.POSITIVE_INFINITY,
  };
}

function cancel(step: Step, portfolio: Portfolio, command: OrderCommand): void {
  const order_id = command.order_id ?? '';
  const order = portfolio.orders.get(order_id);
  if (order !== undefined) {
    if (order.cancel_requested_at === 0) requestCancel(step, portfolio, marketOf(step, order.instrument), order, command.reason);
    return;
  }
  if (dequeue(step, portfolio, (waiting) => waiting.order_id === order_id) > 0) return;
  rejectCancel(step, portfolio, command);
}

/** Nothing to cancel: the order has ended, or never came this way. */
function rejectCancel(step: Step, portfolio: Portfolio, command: OrderCommand): void {
  const known = endedOrder(portfolio.ended, command.order_id ?? '');
  const event = orderEvent({ ...identityOf(command), events: known?.events ?? 0 }, 'CANCEL_REJECTED', step.now, 'SIMULATED');
  event.reason = known === undefined ? 'ORDER_NOT_FOUND' : 'ORDER_ENDED';
  event.detail = known === undefined ? '' : known.type;
  publish(step, portfolio, event);
}

function cancelAll(step: Step, portfolio: Portfolio, command: OrderCommand): void {
  const { instrument, scope } = command;
  const meant = (of: { readonly instrument: string | null; readonly intent: OrderCommand['intent'] }): boolean =>
    (instrument === null || of.instrument === instrument) && (scope === 'ALL' || of.intent === 'OPEN' || of.intent === 'ADD');
  for (const order of [...portfolio.orders.values()]) {
    if (meant(order) && order.cancel_requested_at === 0)
      requestCancel(step, portfolio, marketOf(step, order.instrument), order, command.reason);
  }
  dequeue(step, portfolio, meant);
}

/** A command still waiting is answered without ever being sent. */
function dequeue(step: Step, portfolio: Portfolio, meant: (command: OrderCommand) => boolean): number {
  const gone = portfolio.waiting.filter((command) => command.action === 'PLACE' && meant(command));
  for (const command of gone) {
    waitsNoMore(portfolio, command);
    deny(step, portfolio, command, 'COMMAND_CANCELED', 'cancelled before it was sent');
  }
  return gone.length;
}
