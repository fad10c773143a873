// Signals of an outside producer for a backtest: a file of JSON lines, each sent at its own event time.
import { readFileSync } from 'node:fs';
import type { Micros } from '../../schemas/time.ts';
import { parseTime } from '../../schemas/time.ts';
import type { SourceEvent } from '../../topology/runtime/source.ts';

const encoder = new TextEncoder();
const TEXT_TIME = /"event_time"\s*:\s*"([^"]*)"/;
const WHOLE_TIME = /"event_time"\s*:\s*(\d{15,17})\b/;

/** null where the line tells none that can be read; the validator will say what is wrong with it. */
function timeOf(line: string): Micros | null {
  const text = TEXT_TIME.exec(line)?.[1];
  if (text !== undefined) return parseTime(text);
  const whole = WHOLE_TIME.exec(line)?.[1];
  return whole === undefined ? null : Number(whole);
}

/** The lines as they are, in order of time; a line without a readable time is sent with the one before it (the first: at `start`). */
export function sentSignals(path: string, start: Micros): SourceEvent[] {
  const events: SourceEvent[] = [];
  let at = start;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line.trim() === '') continue;
    at = timeOf(line) ?? at;
    events.push({ at, records: [{ topic: 'signals.v1', type: 'Raw', key: '', value: encoder.encode(line) }] });
  }
  return events.sort((a, b) => a.at - b.at);
}
