// What the progressive exits share: a window of age, the position's return, and momentum and volume of the last quarter hours.
import type { ExitInput } from '../../../schemas/records.generated.ts';
import { HOUR, type Micros } from '../../../schemas/time.ts';
import { lastQuarters, type Quarters } from '../bars.ts';
import { input, type RuleState, type RuleView } from './rule.ts';

/** Inside [hours − ½, hours + ½) after the opening. */
function inWindow(view: RuleView, hours: number): boolean {
  const age: Micros = view.at - view.position.opened_at;
  return age >= (hours - 0.5) * HOUR && age < (hours + 0.5) * HOUR;
}

/** Two amounts to be compared as a signed share: `part / whole` in basis points without dividing. */
export interface Share {
  readonly part: bigint;
  readonly whole: bigint;
}

export function below(share: Share, bps: number): boolean {
  return share.part * 10_000n < BigInt(bps) * share.whole;
}

/** The size of the share, whichever its sign. */
export function within(share: Share, bps: number): boolean {
  return (share.part < 0n ? -share.part : share.part) * 10_000n < BigInt(bps) * share.whole;
}

/** Mean volume of the last six quarter hours below 70 % of the mean of the 24 before them. */
export function volumeFades(quarters: Quarters): boolean {
  return quarters.volume * 4n * 10n < 7n * quarters.volume_before;
}

/** Fires by `test` of return and momentum, both signed for the side, when the age is in the window. */
export function progressive(
  view: RuleView,
  hours: number,
  test: (result: Share, momentum: Share, quarters: Quarters) => boolean,
): RuleState {
  if (!inWindow(view, hours)) return 'OK';
  const quarters = lastQuarters(view.track, view.at);
  if (quarters === null) return 'UNAVAILABLE:candles_15m';
  const { position, price } = view;
  const result = { part: position.long ? price - position.avg : position.avg - price, whole: position.avg };
  const change = quarters.close - quarters.open;
  const momentum = { part: position.long ? change : -change, whole: quarters.open };
  return test(result, momentum, quarters) ? 'FIRED' : 'OK';
}

/** Evidence of the progressive rules: the quarter hours that momentum and volume were taken from. */
export function quarterInputs(view: RuleView): ExitInput[] {
  const quarters = lastQuarters(view.track, view.at);
  if (quarters === null) return [];
  return [
    input('open_90m', quarters.open, null, view),
    input('close_90m', quarters.close, null, view),
    input('volume_6', quarters.volume, null, view),
    input('volume_24_before', quarters.volume_before, null, view),
  ];
}
