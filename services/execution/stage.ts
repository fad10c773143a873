// The execution stage: order commands in, order events out, the simulated venue answering inside the step.
import { isDerived } from '../../schemas/derived-quote.ts';
import type { Control, OrderEvent, PolicyActivated, Quote } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Stage } from '../../topology/stage.ts';
import { drain, onCommand, portfolioOf, registerAgain, traceOf, waitsNoMore } from './commands.ts';
import { endedOrder } from './ended-orders.ts';
import { ended } from './events.ts';
import { evolve } from './evolve.ts';
import { onHourlyBar } from './market.ts';
import { isEnded } from './order.ts';
import { beginReconciling, completeStart, planReconcile, reconcile } from './reconcile.ts';
import { refreshDue, startAgainAt } from './schedule.ts';
import { settingsOf } from './settings.ts';
import { applyFlow } from './simulated/account.ts';
import { onBaseCandle } from './simulated/candle-mode.ts';
import { onTime, place } from './simulated/exchange.ts';
import { onDerivatives } from './simulated/funding.ts';
import { onRealQuote } from './simulated/quote-mode.ts';
import { type ExecutionConfig, type ExecutionState, marketOf, newExecutionState, type Portfolio, type Step } from './state.ts';

export function executionStage(config: ExecutionConfig): Stage<ExecutionState> {
  let step: Step | null = null;
  const backtest = config.mode === 'backtest';
  return {
    name: 'execution',
    version: config.version,
    init: () => newExecutionState(config),
    step(state, input, emit, now) {
      step ??= { config, state, emit, now, market: null, portfolio: null };
      if (step.state !== state) {
        step.state = state;
        step.market = null;
        step.portfolio = null;
      }
      step.emit = emit;
      step.now = now;
      if (state.claim !== config.claim) restart(step);
      react(step, input);
      if (state.due_stale) refreshDue(state);
    },
    deadline: (state) => (backtest ? state.due : Math.min(state.due, state.reconcile_due)),
  };
}

function react(step: Step, input: AnyEnvelope): void {
  switch (input.type) {
    case 'OrderCommand':
      return onCommand(step, input.value, input.id === input.value.command_id ? input.trace : traceOf(input.value));
    case 'OrderEvent':
      return onOwnEvent(step, input.value);
    case 'Candle':
      return onCandle(step, input.value);
    case 'Quote':
      return onQuote(step, input.value);
    case 'InstrumentInfo':
      marketOf(step, input.value.instrument).info = input.value;
      return;
    case 'DerivativesState': {
      const market = marketOf(step, input.value.instrument);
      onDerivatives(step, market, input.value);
      market.derivatives = input.value;
      return;
    }
    case 'Tick':
      return onTick(step, input.value.tick_at);
    case 'CashFlow': {
      const portfolio = portfolioOf(step, input.value);
      applyFlow(portfolio.account, input.value.asset, input.value.amount);
      return;
    }
    case 'PolicyActivated':
      return onPolicy(step, input.value);
    case 'Control':
      return onControl(step, input.value);
    default:
      return;
  }
}

/** Another owner wrote this state: nothing is sent until everything it wrote has been read, which its own RECONCILING proves. */
function restart(step: Step): void {
  const { state, config } = step;
  state.claim = config.claim;
  for (const portfolio of state.portfolios.values()) {
    portfolio.claim = config.claim;
    portfolio.sequence = 0;
    beginReconciling(step, portfolio);
  }
}

/** The stage's own event, back from the journal. */
function onOwnEvent(step: Step, event: OrderEvent): void {
  const portfolio = portfolioOf(step, event);
  const echo = step.state.awaited.delete(event.event_id);
  if (!echo) relearn(step, portfolio, event);
  if (event.type === 'SUBMITTING' || event.type === 'DENIED' || event.type === 'SHADOWED')
    portfolio.unanswered.delete(event.order_id ?? '');
  switch (event.type) {
    case 'SUBMITTING':
      handOver(step, portfolio, event);
      return;
    case 'RECONCILING':
      if (event.claim === portfolio.claim && portfolio.phase === 'RECONCILING') {
        completeStart(step, portfolio);
        drain(step, portfolio);
      }
      return;
    default:
      return;
  }
}

/** An event written before this state existed: applied now, as it was then. */
function relearn(step: Step, portfolio: Portfolio, event: OrderEvent): void {
  const order_id = event.order_id ?? '';
  if (event.type === 'SUBMITTING' && !portfolio.orders.has(order_id)) {
    const command = portfolio.unanswered.get(order_id);
    if (command === undefined) {
      portfolio.early.set(order_id, [event]);
      return;
    }
    waitsNoMore(portfolio, command);
    registerAgain(step, portfolio, command, event, traceOf(command));
  }
  const early = portfolio.early.get(order_id);
  if (isKnown(portfolio, event)) return;
  if (early === undefined) evolve(step, portfolio, event, portfolio.orders.get(order_id));
  else early.push(event);
}

/** A second copy of what was applied: fills of an order come in order of time, at most one per market instant. */
function isKnown(portfolio: Portfolio, event: OrderEvent): boolean {
  const order = portfolio.orders.get(event.order_id ?? '');
  if (event.type === 'ACCEPTED') return order?.phase === 'WORKING';
  if (event.type !== 'FILL') return false;
  const filled_at = order?.filled_at ?? endedOrder(portfolio.ended, event.order_id ?? '')?.filled_at ?? 0;
  return (event.venue_at ?? 0) <= filled_at;
}

/** Only the very SUBMITTING that was written, read back in time, places its order. */
function handOver(step: Step, portfolio: Portfolio, event: OrderEvent): void {
  const order = portfolio.orders.get(event.order_id ?? '');
  if (order === undefined || order.phase !== 'SUBMITTING' || event.claim !== portfolio.claim) return;
  if (step.now >= order.send_deadline_at)
    ended(step, portfolio, order, 'DENIED', step.now, 'COMMAND_EXPIRED', 'send deadline passed');
  else place(step, portfolio, marketOf(step, order.instrument), order);
}

function onCandle(step: Step, candle: Extract<AnyEnvelope, { type: 'Candle' }>['value']): void {
  const market = marketOf(step, candle.instrument);
  if (candle.interval === '1h' && candle.revision === 0) onHourlyBar(market, candle);
  if (candle.interval !== step.config.base_interval || candle.history || candle.open_time <= market.candle_open_at) return;
  if (market.holders.length > 0) onBaseCandle(step, market, candle);
  market.candle_open_at = candle.open_time;
  market.candle_close_at = candle.close_time;
  market.last_close = candle.close;
  if (step.config.mode === 'backtest' && step.now >= step.state.reconcile_due) reconcileDue(step);
}

function onQuote(step: Step, quote: Quote): void {
  const market = marketOf(step, quote.instrument);
  if (market.newest !== null && quote.event_time < market.newest.event_time) return;
  if (isDerived(quote)) {
    market.newest = quote;
    return;
  }
  if (market.holders.length > 0) onRealQuote(step, market, quote);
  market.real = quote;
  market.newest = quote;
}

function onTick(step: Step, at: Micros): void {
  const { state, config } = step;
  if (at >= state.due) {
    for (const portfolio of state.portfolios.values()) {
      // A recovery may have dropped the first RECONCILING.
      if (portfolio.phase === 'RECONCILING' && startAgainAt(portfolio) <= at) beginReconciling(step, portfolio);
      if (portfolio.phase !== 'READY') continue;
      for (const order of [...portfolio.orders.values()]) {
        if (order.due <= at && !isEnded(order)) onTime(step, portfolio, marketOf(step, order.instrument), order, at);
      }
    }
    state.due_stale = true;
  }
  if (config.mode !== 'backtest' && at >= state.reconcile_due) reconcileDue(step);
}

function reconcileDue(step: Step): void {
  const { state, now } = step;
  state.reconcile_due = Number.POSITIVE_INFINITY;
  for (const portfolio of state.portfolios.values()) {
    if (portfolio.phase === 'READY' && portfolio.reconcile_at <= now) {
      const full = now - portfolio.full_at >= (portfolio.settings?.full_us ?? 0);
      reconcile(step, portfolio, full ? 'FULL' : 'LIGHT');
    } else state.reconcile_due = Math.min(state.reconcile_due, portfolio.reconcile_at);
  }
}

/** The fold refuses an activation that does not follow the policy in force; so does execution. */
function onPolicy(step: Step, activated: PolicyActivated): void {
  const portfolio = portfolioOf(step, activated);
  if (portfolio.settings !== null && activated.previous_hash !== portfolio.settings.policy_hash) return;
  const settings = settingsOf(activated.policy, activated.policy_hash);
  if (settings === null) return;
  portfolio.settings = settings;
  if (portfolio.phase === 'READY') planReconcile(step, portfolio);
}

/** The fold cancels; execution only stops letting openings through. */
function onControl(step: Step, control: Control): void {
  if (control.type !== 'KILL' && control.type !== 'RESUME') return;
  portfolioOf(step, control).halted = control.type === 'KILL';
}
