// One position at one price: all its rules, the trigger of the first that fires, and the Mark.
import { exitTriggerId } from '../../schemas/ids.ts';
import { type Price, toNumber } from '../../schemas/money.ts';
import type { ExitTrigger, Mark } from '../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import type { Emit } from '../../topology/stage.ts';
import { midOf } from './price.ts';
import type { ExitRule, RuleView } from './rules/rule.ts';
import { RULES } from './rules/rules.ts';
import type { ExitSettings } from './settings.ts';
import type { Track } from './track.ts';
import { isBetter, moveStop, type Watched } from './watched.ts';

const MARK_EVERY_US: Micros = 10 * SECOND;
export const REPEAT_AFTER_US: Micros = 60 * SECOND;
const NONE: readonly string[] = [];
/** Copied and filled in: most rules of most positions are off. */
const ALL_OFF: Readonly<Record<string, string>> = Object.fromEntries(RULES.map((rule) => [rule.name, 'DISABLED']));
const NO_RATES: Readonly<Record<string, Price>> = {};

/** `at`: event time of the market record that asks. `bar_closed`: it is a closed base bar, so a Mark is due. */
export function evaluate(
  position: Watched,
  track: Track,
  settings: ExitSettings,
  at: Micros,
  bar_closed: boolean,
  rates: Readonly<Record<string, Price>> | null,
  emit: Emit,
): void {
  // An old price never meets a new position.
  if (track.price_at < position.last_entry_at) return;
  const price = position.long ? track.bid : track.ask;
  if (isBetter(position, price)) position.best = price;
  const view: RuleView = {
    position,
    track,
    settings,
    price,
    at,
    entry_bar: track.from_bar && position.last_entry_at > track.bar_at,
  };
  let changed = position.settings !== settings && takeSettings(position, settings);
  let first: ExitRule | null = null;
  let also: string[] | null = null;
  for (const place of position.on) {
    const rule = RULES[place];
    if (rule === undefined) continue;
    const state = rule.evaluate(view);
    if (state === 'FIRED') {
      if (first === null) first = rule;
      else if (also === null) also = [rule.name];
      else also.push(rule.name);
    }
    if (state !== position.states[place]) {
      position.states[place] = state;
      changed = true;
    }
  }
  if (position.breached_at !== null && position.stop_price !== null && isBack(position, price)) position.breached_at = null;
  if (moveStop(position)) changed = true;
  // Marks and positions share these objects: a change makes new ones.
  if (changed || position.marked_at === Number.NEGATIVE_INFINITY) showRules(position);
  if (first !== null) fire(view, first, also ?? NONE, emit);
  if (changed || bar_closed || at - position.marked_at >= MARK_EVERY_US) {
    position.marked_at = at;
    emit('journal.v1', 'Mark', position.portfolio, markOf(position, track, rates ?? NO_RATES));
  }
}

/** Rules that are off say so from now on; true if one said something else. */
function takeSettings(position: Watched, settings: ExitSettings): boolean {
  position.settings = settings;
  position.on = [];
  let changed = false;
  for (let place = 0; place < RULES.length; place += 1) {
    if (settings.enabled[place] === true) position.on.push(place);
    else if (position.states[place] !== 'DISABLED') {
      position.states[place] = 'DISABLED';
      changed = true;
    }
  }
  return changed;
}

function isBack(position: Watched, price: Price): boolean {
  const stop = position.stop_price ?? price;
  return position.long ? price > stop : price < stop;
}

function showRules(position: Watched): void {
  const rules = { ...ALL_OFF };
  const armed: string[] = [];
  for (const [i, { name }] of RULES.entries()) {
    const state = position.states[i] ?? 'OK';
    if (state !== 'DISABLED') rules[name] = state;
    if (state === 'ARMED') armed.push(name);
  }
  if (position.breakeven_stop !== null && !armed.includes('BREAKEVEN_STOP')) armed.push('BREAKEVEN_STOP');
  if (position.trailing_stop !== null && !armed.includes('TRAILING_STOP')) armed.push('TRAILING_STOP');
  position.rules = rules;
  position.armed = armed;
}

/**
 * The same rule and position again within 60 s is not repeated, unless the quantity changed; nor is anything that would not be
 * faster while an exit of the whole position is on its way.
 */
function fire(view: RuleView, rule: ExitRule, also: readonly string[], emit: Emit): void {
  const { position, track, price, at } = view;
  const leaving = position.pending >= position.qty;
  position.fired = position.fired.filter((fired) => leaving || at - fired.at < REPEAT_AFTER_US);
  const urgent = rule.urgency === 'URGENT';
  if (leaving && (!urgent || position.fired.some((fired) => fired.urgent))) return;
  if (position.fired.some((fired) => fired.rule === rule.name && fired.qty === position.qty)) return;
  position.fired.push({ rule: rule.name, urgent, qty: position.qty, at });
  const of = {
    event_at: at,
    instrument: position.instrument,
    portfolio: position.portfolio,
    position_id: position.position_id,
    rule: rule.name,
  };
  const trigger_id = exitTriggerId(of);
  const age_us = at - track.price_at;
  const trigger: ExitTrigger = {
    ...of,
    trigger_id,
    run_id: position.run_id,
    mode: position.mode,
    scope: 'POSITION',
    urgency: rule.urgency,
    price,
    mid: midOf(track),
    mark_age_us: age_us,
    inputs: [
      { name: 'bid', value: toNumber(track.bid), offset: track.offset, age_us },
      { name: 'ask', value: toNumber(track.ask), offset: track.offset, age_us },
      { name: 'avg_price', value: toNumber(position.avg), offset: null, age_us: null },
      { name: 'best_price', value: toNumber(position.best), offset: null, age_us: null },
      ...(rule.inputs?.(view) ?? []),
    ],
    stop_price: position.stop_price,
    also_fired: [...also],
  };
  emit('journal.v1', 'ExitTrigger', position.portfolio, trigger, trigger_id);
}

function markOf(position: Watched, track: Track, fee_rates: Readonly<Record<string, Price>>): Mark {
  return {
    portfolio: position.portfolio,
    run_id: position.run_id,
    mode: position.mode,
    position_id: position.position_id,
    instrument: position.instrument,
    bid: track.bid,
    ask: track.ask,
    mid: midOf(track),
    venue_at: track.price_at,
    offset: track.offset,
    fee_rates,
    regime_tag: track.regime_tag,
    status: track.status,
    eligible: track.eligible,
    best_price: position.best,
    stop_price: position.stop_price,
    stop_kind: position.stop_kind,
    armed: position.armed,
    rules: position.rules,
  };
}
