// Explains one decision from its record and what became of it: the same content as text and as JSON.
import { formatDecimal } from '../../../schemas/money.ts';
import { isReasonCode, REASONS } from '../../../schemas/reason-codes.ts';
import type { Decision, GateVerdict, OrderCommand, OrderEvent, Trade, Verdict } from '../../../schemas/records.generated.ts';
import { formatTime, type Micros } from '../../../schemas/time.ts';
import { becameOf } from './became-of.ts';
import { measure, money, number, percent, seconds } from './words.ts';

/** The mid so long after the decision; what a refusal is priced with. */
export interface LaterPrice {
  readonly after_s: number;
  readonly mid: bigint | null;
}

export interface Related {
  readonly commands: readonly OrderCommand[];
  readonly events: readonly OrderEvent[];
  readonly trade: Trade | null;
  readonly verdicts: readonly Verdict[];
  readonly later_prices: readonly LaterPrice[];
}

export const NOTHING_RELATED: Related = { commands: [], events: [], trade: null, verdicts: [], later_prices: [] };

export type SectionName = 'what' | 'gates' | 'why' | 'size' | 'route' | 'flip' | 'outcome';

export interface Section {
  readonly name: SectionName;
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Explanation {
  readonly decision_id: string;
  readonly decided_at: Micros;
  readonly action: string;
  readonly reason_code: string;
  readonly sections: readonly Section[];
}

export function explainDecision(decision: Decision, related: Related = NOTHING_RELATED): Explanation {
  const sections: Section[] = [
    { name: 'what', title: 'What was decided', lines: what(decision) },
    { name: 'gates', title: 'Gates, least margin first', lines: gates(decision) },
    { name: 'why', title: 'Why this trade', lines: why(decision) },
    { name: 'size', title: 'Why this size', lines: size(decision) },
    { name: 'route', title: 'Why this price and route', lines: route(decision) },
    { name: 'flip', title: 'What would change it', lines: flip(decision) },
    { name: 'outcome', title: 'What became of it', lines: becameOf(decision, related) },
  ];
  return {
    decision_id: decision.decision_id,
    decided_at: decision.decided_at,
    action: decision.action,
    reason_code: decision.reason_code,
    sections: sections.filter((section) => section.lines.length > 0),
  };
}

export function explanationText(explanation: Explanation): string {
  const head = `Decision ${explanation.decision_id}`;
  return [head, ...explanation.sections.flatMap((s) => ['', s.title, ...s.lines.map((line) => `  ${line}`)])].join('\n');
}

const VERB: Readonly<Record<Decision['action'], string>> = {
  EXECUTE: 'executed',
  SKIP: 'skipped',
  BLOCK: 'blocked',
  REVIEW: 'sent to review',
  ERROR: 'refused as an error',
};

function subjectOf(d: Decision): string {
  const side = d.side === null ? '' : `${d.side.toLowerCase()} `;
  const where = d.instrument === null ? '' : ` ${d.kind === 'ENTRY' ? 'into' : 'of'} ${side}${d.instrument}`;
  const by = d.source === null ? '' : ` from ${d.source}`;
  return `${d.kind}${where}${by}`;
}

function what(d: Decision): string[] {
  const meaning = isReasonCode(d.reason_code) ? REASONS[d.reason_code].meaning : '';
  const gate = d.gates.find((g) => g.gate === d.reason_gate);
  const evidence = gate === undefined ? '' : ` (${comparison(gate)})`;
  const lines = [`${subjectOf(d)} was ${VERB[d.action]}: ${d.reason_code}${evidence}. ${meaning}`.trim()];
  if (d.reason_detail !== '') lines.push(d.reason_detail);
  if (d.held) lines.push('It is held until HALTED is left or an operator closes.');
  if (d.canary) lines.push('It is a canary: a quarter of the usual size, resting only.');
  for (const warning of d.warnings) lines.push(`Warning: ${warning}`);
  const policy = d.policy_hash === '' ? 'no policy' : `policy ${d.profile} ${d.policy_hash.slice(0, 12)}`;
  lines.push(`At ${formatTime(d.decided_at)}, ${d.mode} portfolio ${d.portfolio}, state ${d.state.state}, ${policy}.`);
  if (d.max_input_age_us !== null) lines.push(`Oldest input: ${d.oldest_input}, ${seconds(d.max_input_age_us)} old.`);
  return lines;
}

/** Value, limit and age, as far as the gate had them. */
function comparison(gate: GateVerdict): string {
  const parts = [`observed ${measure(gate.observed, gate.unit)}`];
  if (gate.limit !== null) parts.push(`limit ${measure(gate.limit, gate.unit)}`);
  if (gate.input_age_us !== null) parts.push(`input ${seconds(gate.input_age_us)} old`);
  return parts.join(', ');
}

const FAILING: readonly GateVerdict['verdict'][] = ['FAIL', 'UNKNOWN', 'WAIVED'];

function gates(d: Decision): string[] {
  const rank = (g: GateVerdict) => (FAILING.includes(g.verdict) ? FAILING.indexOf(g.verdict) : FAILING.length);
  const told = d.gates.filter((g) => g.verdict !== 'OFF' && g.verdict !== 'NOT_APPLICABLE' && g.verdict !== 'DEPENDENT');
  const sorted = told.toSorted(
    (a, b) =>
      rank(a) - rank(b) || (a.margin ?? Number.POSITIVE_INFINITY) - (b.margin ?? Number.POSITIVE_INFINITY) || a.gate - b.gate,
  );
  const lines = sorted.map((g) => {
    const margin = g.margin === null ? '' : `, margin ${percent(g.margin)}`;
    const code = g.reason_code === null ? '' : ` ${g.reason_code}`;
    const more = g.waived_by === null ? '' : `, waived by ${g.waived_by}`;
    return `${String(g.gate).padStart(2, '0')} ${g.name}: ${g.verdict}${code} (${comparison(g)}${margin}${more})`;
  });
  const dependent = d.gates.filter((g) => g.verdict === 'DEPENDENT');
  for (const on of new Set(dependent.map((g) => g.depends_on))) {
    lines.push(
      `${dependent.filter((g) => g.depends_on === on).length} more could not be judged without gate ${on ?? 'unknown'}.`,
    );
  }
  const rest = d.gates.length - told.length - dependent.length;
  if (rest > 0) lines.push(`${rest} more are off or do not apply.`);
  return lines;
}

function why(d: Decision): string[] {
  const lines: string[] = [];
  const { scores, choice } = d;
  if (scores !== null) {
    const boosts = Object.entries(scores.boosts).map(([name, value]) => ` + ${name} ${number(value)}`);
    const adjust = scores.regime_adjust === 0 ? '' : `, regime ${number(scores.regime_adjust)}`;
    lines.push(
      `Conviction ${number(scores.conviction)}: strength ${number(scores.strength)}, confidence ${number(scores.confidence)}${boosts.join('')}${adjust}.`,
    );
    const parts = Object.entries(scores.trust_parts).map(([name, value]) => `${name} ${number(value)}`);
    lines.push(
      `Trust ${number(scores.trust)}${scores.band === null ? '' : ` (${scores.band})`}: ${parts.join(', ') || 'no parts'}.`,
    );
    lines.push(`Source grade ${scores.source_grade ?? 'none'} on ${scores.source_n} trades.`);
  }
  if (choice !== null && choice.chosen !== null) {
    const draw = choice.draw === null ? '' : `, draw ${number(choice.draw)}`;
    lines.push(`Strategy ${choice.chosen}, chosen with probability ${number(choice.propensity)}${draw}.`);
    const others = choice.arms.filter((arm) => arm.strategy !== choice.chosen).toSorted((a, b) => b.probability - a.probability);
    const next = others[0];
    if (next !== undefined) lines.push(`Runner-up: ${next.strategy} with ${number(next.probability)}.`);
  }
  for (const arm of choice?.excluded ?? []) lines.push(`Not eligible: ${arm.strategy} (${arm.reason}).`);
  return lines;
}

function size(d: Decision): string[] {
  const { sizing } = d;
  if (sizing === null) return d.hypothetical_notional === null ? [] : [`Size ${money(d.hypothetical_notional)}.`];
  const lines = [`Base ${number(sizing.base_bps)} bps of NAV ${money(d.state.nav)}.`];
  for (const factor of sizing.factors) lines.push(`× ${factor.name} ${number(factor.value)} → ${number(factor.after_bps)} bps`);
  if (sizing.parity_bps !== null) lines.push(`Risk parity allows ${number(sizing.parity_bps)} bps.`);
  lines.push(`Requested ${money(sizing.requested)}; need ${money(sizing.need)}${sizing.bumped ? ', raised to the need' : ''}.`);
  const cap = (name: string | null) => sizing.caps.find((c) => c.name === name);
  const binding = cap(sizing.binding);
  const next = cap(sizing.runner_up);
  if (binding !== undefined)
    lines.push(`Tightest cap: ${binding.name}, ${money(binding.headroom)} left of ${money(binding.limit)}.`);
  if (next !== undefined) lines.push(`Next: ${next.name}, ${money(next.headroom)} left of ${money(next.limit)}.`);
  if (sizing.notional !== null) {
    lines.push(`Ordered ${money(sizing.quantity)} for ${money(sizing.notional)} at no worse than ${money(sizing.worst_price)}.`);
    if (binding?.headroom != null)
      lines.push(`One more unit would hit ${binding.headroom <= sizing.notional ? binding.name : 'the requested size'}.`);
  }
  return lines;
}

function route(d: Decision): string[] {
  const lines: string[] = [];
  const { plan } = d;
  if (d.route !== null) {
    const { order_type, time_in_force, ttl_s, expected, limit_price } = d.route;
    const ttl = ttl_s === null ? '' : `, for ${ttl_s} s`;
    lines.push(
      `${d.route.route} at ${d.route.venue}: ${order_type} ${time_in_force}${ttl}, worst price ${money(limit_price)} (${d.route.route_reason}).`,
    );
    lines.push(
      `Expected cost: fee ${number(expected.fee_bps)}, spread ${number(expected.spread_bps)}, slippage ${number(expected.slippage_bps)} bps.`,
    );
    for (const other of d.route.alternatives)
      lines.push(`Instead of ${other.route} (${number(other.cost_bps)} bps): ${other.rejected_because}.`);
  }
  if (plan !== null) {
    lines.push(
      `Stop ${money(plan.stop_price)} (${plan.stop_bps} bps), target ${money(plan.target_price)} (${plan.target_bps} bps), until ${formatTime(plan.hold_until)}.`,
    );
    lines.push(`At risk: ${money(plan.risk_amount)}.`);
  }
  return lines;
}

function flip(d: Decision): string[] {
  return d.flips.map((f) => {
    const key = f.policy_key === null ? `gate ${f.gate}` : `${f.policy_key} (gate ${f.gate})`;
    return `${key}: ${f.from} → ${f.to}${f.certain ? '' : ' (perhaps; another gate may still fail)'}`;
  });
}

/** Exact decimals as text, times as µs: the record itself for a machine. */
export function explanationJson(explanation: Explanation, decision: Decision): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? formatDecimal(value) : value);
  return JSON.stringify({ ...explanation, record: decision }, plain);
}
