// The learning stage: one Lesson for each closed trade, with the absolute values of what it changed.
import { exp } from '../../schemas/exponential.ts';
import { contentHash, lessonId } from '../../schemas/ids.ts';
import { type Decimal, div, max, min, SCALE } from '../../schemas/money.ts';
import { ln } from '../../schemas/natural-log.ts';
import type { Lesson, Trade } from '../../schemas/records.generated.ts';
import type { Envelope } from '../../topology/envelope.ts';
import { letterFor } from '../../topology/runtime/letter.ts';
import type { Emit, Stage } from '../../topology/stage.ts';
import { faultOf } from './identity.ts';
import { learnBandit, learnPayoff, learnSource, newRows, type Outcome, type PortfolioRows } from './rows.ts';

/** Changes with every change of what this code derives from the same records. */
const CODE_VERSION = '1';
const ENRICHERS = ['solscan', 'rugcheck', 'helius'];
const ENRICHER_ONLY = 'unknown:enricher_only';

export interface LearningConfig {
  /** false: trades are passed over, no Lesson is written. Default true. */
  readonly enabled?: boolean;
  /** Providers that add to a signal and are no source of one. */
  readonly enrichers?: readonly string[];
  /** Trades after which what a bandit row learned counts half; 0 = off. */
  readonly half_life_trades?: number;
  /** Weight of a strategy's results in all regimes in each of them; 0 = off. */
  readonly shrinkage_kappa?: number;
}

export interface LearningState {
  readonly portfolios: Map<string, PortfolioRows>;
}

export function learningStage(config: LearningConfig = {}): Stage<LearningState> {
  const enabled = config.enabled ?? true;
  const enrichers = config.enrichers ?? ENRICHERS;
  const half_life = config.half_life_trades ?? 0;
  const kappa = config.shrinkage_kappa ?? 0;
  const decay = decayOf(half_life);
  const version = `${CODE_VERSION}-${contentHash({ enabled, enrichers: [...enrichers].sort(), half_life, kappa }).slice(0, 16)}`;

  /** The primary source, or null where there is none to learn about. */
  function sourceOf(trade: Trade): string | null {
    const provider = trade.source.split(':', 1)[0] ?? '';
    return trade.source === '' || trade.source === ENRICHER_ONLY || enrichers.includes(provider) ? null : trade.source;
  }

  function learn(rows: PortfolioRows, trade: Trade): Lesson {
    rows.lesson_seq += 1;
    const lesson: Lesson = {
      lesson_id: lessonId({ trade_id: trade.trade_id }),
      portfolio: trade.portfolio,
      run_id: trade.run_id,
      mode: trade.mode,
      trade_id: trade.trade_id,
      lesson_seq: rows.lesson_seq,
      applied: !trade.unpriced,
      skip_code: trade.unpriced ? 'LESSON_UNPRICED' : null,
      reward: null,
      win: null,
      propensity: trade.propensity,
      bandit: null,
      source: null,
      payoff: null,
      n_total: rows.n_total,
      closed_at: trade.closed_at,
    };
    if (trade.unpriced) return lesson;
    const outcome = outcomeOf(trade);
    lesson.reward = outcome.reward;
    lesson.win = outcome.win;
    if (trade.strategy !== '') {
      lesson.bandit = learnBandit(rows, trade.strategy, trade.regime, outcome, decay, kappa);
      lesson.payoff = learnPayoff(rows, trade.strategy, trade.regime, outcome);
    }
    const source = sourceOf(trade);
    if (source !== null) lesson.source = learnSource(rows, source, outcome);
    lesson.n_total = rows.n_total;
    return lesson;
  }

  function take(state: LearningState, input: Envelope<'Trade'>, emit: Emit): void {
    const trade = input.value;
    const rows = rowsOf(state, trade.portfolio);
    if (rows.retried.has(trade.trade_id)) return;
    const fault = faultOf(trade);
    if (fault !== null) {
      // The fold has no clock: the letter carries the trade's own time.
      const letter = letterFor(input, 'learning', version, 'VALIDATION_FAILED', fault, trade.closed_at);
      letter.reason_code = 'LESSON_TRADE_INVALID';
      emit('dead-letters.v1', 'DeadLetter', input.key, letter, letter.dead_letter_id);
      return;
    }
    if (input.retry_of !== '') rows.retried.add(trade.trade_id);
    const lesson = learn(rows, trade);
    emit('journal.v1', 'Lesson', trade.portfolio, lesson, lesson.lesson_id);
  }

  return {
    name: 'learning',
    version,
    init: () => ({ portfolios: new Map() }),
    step(state, input, emit) {
      if (enabled && input.type === 'Trade') take(state, input, emit);
    },
  };
}

/** 2^(−1/h), by the project's own functions: the same bits on every machine. */
export function decayOf(half_life_trades: number): number {
  return half_life_trades === 0 ? 1 : exp(-ln(2) / half_life_trades);
}

function rowsOf(state: LearningState, portfolio: string): PortfolioRows {
  const known = state.portfolios.get(portfolio);
  if (known !== undefined) return known;
  const fresh = newRows();
  state.portfolios.set(portfolio, fresh);
  return fresh;
}

/** A win is a net above 0, all costs paid; a synthetic verdict cannot make a catastrophe. */
function outcomeOf(trade: Trade): Outcome {
  const share: Decimal = div(trade.net, trade.entry_notional);
  return {
    win: trade.net > 0n,
    reward: max(-SCALE, min(SCALE, share)),
    catastrophic: trade.verdict?.catastrophic === true && !trade.verdict.synthetic,
  };
}
