// The summary of a run for a person: what came in, what was decided and why, what it made, drawn where that says more.
import { toNumber } from '../../schemas/money.ts';
import type { Summary } from '../backtest/summary.ts';
import type { Tally } from '../backtest/tally.ts';
import { curveLines } from './draw.ts';
import { tableLines } from './table.ts';

const COLUMNS = 72;
const ROWS = 7;
const BAR = 24;

function amount(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(4, '0').slice(0, 4)}`;
}

function bps(value: number | null): string {
  return value === null ? 'n/a' : `${(value / 100).toFixed(2)} %`;
}

/** A bar left or right of zero, so that gains and losses are seen at once. */
function waterfallLines(summary: Summary): string[] {
  const legs = [...Object.entries(summary.waterfall), ['net', summary.net] as const];
  const greatest = Math.max(...legs.map(([, value]) => Math.abs(Number(value))), 1e-9);
  return legs.map(([name, text]) => {
    const value = Number(text);
    const length = Math.round((Math.abs(value) / greatest) * BAR);
    const bar = '█'.repeat(length);
    const drawn = value < 0 ? `${bar.padStart(BAR)}│${' '.repeat(BAR)}` : `${' '.repeat(BAR)}│${bar.padEnd(BAR)}`;
    return `  ${name.padEnd(15)} ${amount(text).padStart(12)}  ${drawn}`.trimEnd();
  });
}

/** `currency` names the unit of every amount. */
export function summaryLines(summary: Summary, tally: Tally, currency: string): string[] {
  const decisions = Object.entries(summary.decisions).map(([key, count]) => {
    const [kind = '', action = '', code = ''] = key.split(' ');
    return [kind, action, code, count];
  });
  return [
    `Signals ${summary.signals} · enriched ${summary.enriched} · dead letters ${summary.dead_letters.length} · orders ${summary.orders} · fills ${summary.fills} · trades ${summary.trades} (${summary.wins} won, ${summary.losses} lost) · open ${summary.open_positions}`,
    ...summary.dead_letters.map((letter) => `  dead letter ${letter.reason_code}: ${letter.message}`),
    '',
    'Decisions by reason',
    ...tableLines(['kind', 'action', 'reason', 'count'], decisions).map((line) => `  ${line}`),
    '',
    `From edge to net, ${currency} (${summary.trades} closed trades, residual ${summary.residual})`,
    ...waterfallLines(summary),
    '',
    `Equity, ${currency}`,
    ...curveLines(
      tally.equity.map((p) => ({ at: p.at, value: toNumber(p.nav) })),
      COLUMNS,
      ROWS,
      (v) => v.toFixed(2),
    ),
    '',
    `Net asset value ${summary.nav_end === null ? 'n/a' : amount(summary.nav_end)} ${currency} from ${amount(summary.cash_start)}: ${bps(summary.return_bps)}, greatest drawdown ${bps(summary.drawdown_bps)}; buy and hold ${bps(summary.buy_and_hold_bps)}`,
    `Open positions: ${summary.open_positions}, unrealised ${amount(summary.unrealised)} ${currency}`,
  ];
}
