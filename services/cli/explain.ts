// `weir explain <decision>`: what was decided and why, from the decision itself and what the log holds of its consequences.
import type { Decision, OrderCommand, OrderEvent, Trade, Verdict } from '../../schemas/records.generated.ts';
import { HOUR, type Micros } from '../../schemas/time.ts';
import type { SqliteReader } from '../../topology/log/sqlite-reader.ts';
import { explainDecision, explanationJson, explanationText, type LaterPrice, type Related } from '../decision/explain/explain.ts';
import { archivedDecision, archivedRelated, asksArchive } from './archived-decisions.ts';
import { withArchive, withLog } from './data-access.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { findDecision, LATER_HOURS, recordsOf } from './find-decision.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';

interface Asked {
  readonly decision_id: string;
  readonly instrument: string | null;
  readonly decided_at: Micros;
}

/** The last mid at or before each horizon; null where the log holds none after the decision. */
function laterPrices(reader: SqliteReader, partitions: number, asked: Asked): LaterPrice[] {
  const mids = new Map<number, bigint>();
  for (const record of recordsOf(reader, 'market.v1', partitions)) {
    if (record.type !== 'Quote' || record.value.instrument !== asked.instrument) continue;
    const after = record.value.event_time - asked.decided_at;
    if (after < 0) continue;
    for (const hours of LATER_HOURS) {
      if (after <= hours * HOUR) mids.set(hours, (record.value.bid + record.value.ask) / 2n);
    }
  }
  return LATER_HOURS.map((hours) => ({ after_s: hours * 3600, mid: mids.get(hours) ?? null }));
}

function relatedOf(reader: SqliteReader, partitions: number, asked: Asked, refused: boolean): Related {
  const commands: OrderCommand[] = [];
  const events: OrderEvent[] = [];
  const verdicts: Verdict[] = [];
  let trade: Trade | null = null;
  for (const record of recordsOf(reader, 'orders.v1', partitions)) {
    if (record.type === 'OrderCommand' && record.value.decision_id === asked.decision_id) commands.push(record.value);
  }
  for (const record of recordsOf(reader, 'journal.v1', partitions)) {
    if (record.type === 'OrderEvent' && record.value.decision_id === asked.decision_id) events.push(record.value);
    if (record.type === 'Verdict' && record.value.decision_id === asked.decision_id) verdicts.push(record.value);
  }
  for (const record of recordsOf(reader, 'trades.v1', partitions)) {
    if (record.type === 'Trade' && record.value.decision_id === asked.decision_id) trade = record.value;
  }
  return { commands, events, trade, verdicts, later_prices: refused ? laterPrices(reader, partitions, asked) : [] };
}

export async function explain(options: CommonOptions, output: Output, id: string): Promise<ExitCode> {
  const wasRefused = ({ action }: Decision): boolean => action === 'SKIP' || action === 'BLOCK';
  const say = (decision: Decision, related: Related): ExitCode => {
    const explanation = explainDecision(decision, related);
    output.document(JSON.parse(explanationJson(explanation, decision)));
    output.line(explanationText(explanation));
    return EXIT.OK;
  };
  if (asksArchive(options))
    return withArchive(options, async (archive) => {
      const decision = await archivedDecision(archive, id);
      return say(decision, await archivedRelated(archive, decision, wasRefused(decision)));
    });
  return withLog(options.data, (reader, { partitions }) => {
    const { value: decision } = findDecision(reader, partitions, id);
    return say(decision, relatedOf(reader, partitions, decision, wasRefused(decision)));
  });
}
