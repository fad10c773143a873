// `weir status`: how each portfolio stands, who stopped it and what ends that, and how far the stages are.

import { stateAtEnd } from '../backtest/replay-log.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';
import { withLog } from './data-access.ts';
import type { ShownStatus } from './documents.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { gatewayOf } from './owner-client.ts';
import { portfolioShown, portfoliosOf } from './owner-status.ts';
import { tableLines } from './table.ts';

type ShownPortfolio = ShownStatus['portfolios'][number];

function printPortfolio(p: ShownPortfolio, output: Output): void {
  const why = p.reason_code === '' ? '' : ` (${p.reason_code})`;
  output.line(
    output.bold(`${p.portfolio}: ${p.state}${why}`) +
      `  ${p.mode}, policy ${p.profile} ${p.policy_hash.slice(0, 12)}, as of ${p.at}`,
  );
  for (const c of p.conditions) output.line(`  ${c.code} since ${c.since} by ${c.who}: ${c.why}; way out: ${c.way_out}`);
  output.line(
    `  net asset value ${p.equity.nav ?? 'unknown'}, cash free ${p.equity.cash_free}, unrealised ${p.equity.unrealised}, realised today ${p.equity.realised_day}`,
  );
  output.line(`  positions ${p.positions}, open orders ${p.open_orders}`);
  const limits = p.limits.map((l) => [l.name, l.used, l.limit, l.unit, `${(l.ratio * 100).toFixed(1)} %`]);
  for (const line of tableLines(['limit', 'used', 'of', 'unit', 'share'], limits)) output.line(`  ${line}`);
  for (const { what, seconds_left } of p.cooldowns) output.line(`  cooldown ${what}: ${seconds_left} s left`);
}

function print(status: ShownStatus, output: Output): void {
  output.document(status);
  output.line(`${status.mode} ${status.run_id}${status.issues.length === 0 ? '' : `  issues: ${status.issues.join(', ')}`}`);
  for (const portfolio of status.portfolios) printPortfolio(portfolio, output);
  for (const { stage, lag_records, stopped_partitions } of status.stages ?? []) {
    for (const { at, message } of stopped_partitions) output.line(`  ${stage} stands at ${at}: ${message}`);
    if (lag_records > 0) output.line(`  ${stage}: ${lag_records} records behind`);
  }
  if (status.archive !== undefined)
    output.line(`archive: ${status.archive.state}${status.archive.detail === '' ? '' : ` ${status.archive.detail}`}`);
}

export async function status(options: CommonOptions, output: Output): Promise<ExitCode> {
  const owner = await gatewayOf(options);
  if (owner !== null) {
    print((await owner.status()) as unknown as ShownStatus, output);
    return EXIT.OK;
  }
  return withLog(options.data, (reader, deployment) => {
    const stage = decisionStageOf(deployment);
    const states = Array.from({ length: deployment.partitions }, (_, partition) =>
      stateAtEnd({ reader, partitions: deployment.partitions, stage }, partition),
    );
    const portfolios = portfoliosOf(states).map(portfolioShown) as unknown as ShownPortfolio[];
    print({ mode: deployment.mode, run_id: deployment.run_id, portfolios, issues: [] }, output);
    output.note('no process runs here: this is where the log ends');
    return EXIT.OK;
  });
}
