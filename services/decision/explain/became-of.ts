// What became of a decision: its orders, fills, trade and verdicts, or the price later on for what was refused.
import { abs, formatDecimal, type Money, mul, type Price, ratioBps } from '../../../schemas/money.ts';
import type { Decision } from '../../../schemas/records.generated.ts';
import { formatTime } from '../../../schemas/time.ts';
import type { Related } from './explain.ts';
import { money, number } from './words.ts';

export function becameOf(d: Decision, related: Related): string[] {
  const lines: string[] = [];
  for (const command of related.commands) {
    const price = command.collar_price === null ? '' : `, no worse than ${money(command.collar_price)}`;
    const what = command.quantity === null ? '' : ` ${command.side ?? ''} ${money(command.quantity)}${price}`;
    lines.push(
      `${formatTime(command.decided_at)} ${command.action} attempt ${command.attempt ?? 0}${what} (${command.route_step ?? command.reason})`,
    );
  }
  let quantity = 0n;
  let notional: Money = 0n;
  for (const event of related.events) {
    const filled = event.type === 'FILL' && event.price !== null && event.quantity !== null;
    const detail = filled ? ` ${money(event.quantity)} at ${money(event.price)}` : '';
    lines.push(`${formatTime(event.observed_at)} ${event.type}${detail}${event.reason === '' ? '' : ` ${event.reason}`}`);
    if (!filled || event.quantity === null || event.price === null) continue;
    quantity += event.quantity;
    notional += mul(event.quantity, event.price);
  }
  if (quantity > 0n) lines.push(`Filled ${formatDecimal(quantity)} for ${formatDecimal(notional)}.`);
  for (const verdict of related.verdicts) {
    lines.push(
      `${verdict.kind} verdict: ${verdict.judge_verdict ?? verdict.action}, confidence ${verdict.confidence}${verdict.synthetic ? ', synthetic' : ''}.`,
    );
  }
  const { trade } = related;
  if (trade !== null) {
    const bps = trade.net_bps === null ? '' : ` (${number(trade.net_bps)} bps)`;
    lines.push(
      `Closed by ${trade.exit_reason} after ${trade.hold_s} s: net ${money(trade.net)}${bps}, fees ${money(trade.leg_fees)}.`,
    );
  }
  if (d.action === 'SKIP' || d.action === 'BLOCK') lines.push(...missed(d, related));
  return lines;
}

function missed(d: Decision, related: Related): string[] {
  const from = d.reference_mid;
  if (from === null || from === 0n || d.kind !== 'ENTRY') return [];
  return related.later_prices.map(({ after_s, mid }) => {
    if (mid === null) return `${hours(after_s)} later: no price.`;
    return `${hours(after_s)} later: ${money(mid)}, ${signed(moved(d, from, mid))} bps for it.`;
  });
}

function moved(d: Decision, from: Price, mid: Price): number {
  const bps = ratioBps(abs(mid - from), from) * (mid < from ? -1 : 1);
  return d.side === 'SHORT' ? 0 - bps : bps;
}

function signed(bps: number): string {
  return bps > 0 ? `+${bps}` : String(bps);
}

function hours(after_s: number): string {
  return after_s % 3_600 === 0 ? `${after_s / 3_600} h` : `${after_s} s`;
}
