// A Verdict can only reduce: it cancels, tightens or closes what its own decision began, or changes nothing.
import { describe, expect, it } from 'vitest';
import { blankVerdict, type Verdict } from '../../schemas/records.generated.ts';
import { HOUR, MINUTE } from '../../schemas/time.ts';
import {
  answer,
  commands,
  decisions,
  INSTRUMENT,
  M,
  mark,
  nextId,
  type Output,
  opened,
  owned,
  portfolioOf,
  positions,
  reconciled,
  type Scenario,
  send,
  signal,
  tick,
  trades,
  trading,
  trigger,
} from './example.ts';

function verdict(s: Scenario, over: Partial<Verdict>): Output[] {
  const value: Verdict = {
    ...blankVerdict(),
    ...owned(s),
    verdict_id: nextId('verdict'),
    kind: 'POST_TRADE',
    instrument: INSTRUMENT,
    action: 'NONE',
    confidence: 60,
    valid_from: s.now,
    ...over,
  };
  return send(s, 'Verdict', value, value.verdict_id);
}

const outcome = (outputs: readonly Output[]) => decisions(outputs).map((d) => [d.kind, d.action, d.reason_code]);

describe('a verdict on an open position', () => {
  it.each([
    ['NONE', {}, ['ADJUST', 'SKIP', 'VERDICT_COUNTED']],
    ['SHRINK', {}, ['ADJUST', 'SKIP', 'VERDICT_LATE']],
    ['VETO', {}, ['ADJUST', 'SKIP', 'VERDICT_LATE']],
    ['FLAG', {}, ['ADJUST', 'SKIP', 'VERDICT_FLAGGED']],
    ['TIGHTEN_STOP', { stop_price: M('48000') }, ['ADJUST', 'EXECUTE', 'VERDICT_TIGHTENED']],
    ['TIGHTEN_STOP', { stop_price: M('46400') }, ['ADJUST', 'SKIP', 'VERDICT_STOP_INVALID']],
    ['TIGHTEN_STOP', { stop_price: M('49999') }, ['ADJUST', 'SKIP', 'VERDICT_STOP_INVALID']],
    ['TIGHTEN_STOP', { stop_price: null }, ['ADJUST', 'SKIP', 'VERDICT_STOP_INVALID']],
    ['EXIT', { confidence: 84 }, ['EXIT', 'SKIP', 'VERDICT_BEFORE_MIN_HOLD']],
    ['EXIT', { confidence: 85 }, ['EXIT', 'EXECUTE', 'VERDICT_EXIT']],
    ['FORCE_CLOSE', {}, ['EXIT', 'EXECUTE', 'VERDICT_FORCE_CLOSE']],
  ] as const)('%s %o', (action, over, expected) => {
    const s = trading();
    // Stop 720 bps of 50,000: 46,400. Mark: bid 49,999.
    const { decision_id } = opened(s);
    mark(s, portfolioOf(s).ledger.positions.get(INSTRUMENT)?.position_id ?? '', '50000');
    expect(outcome(verdict(s, { ...over, action, decision_id }))).toEqual([expected]);
  });

  it('EXIT waits for the shortest hold, then closes', () => {
    const s = trading();
    const { decision_id, position_id } = opened(s);
    verdict(s, { action: 'EXIT', decision_id });
    const due = s.now - MINUTE + 600_000_000;
    expect(s.stage.deadline?.(s.state)).toBeLessThanOrEqual(due);
    tick(s, due - MINUTE);
    mark(s, position_id, '50000');
    expect(outcome(tick(s, due - 1))).toEqual([]);
    expect(outcome(tick(s, due))).toEqual([['EXIT', 'EXECUTE', 'VERDICT_EXIT']]);
  });

  it('FORCE_CLOSE closes the symbol for 48 h, and the trade carries the verdict', () => {
    const s = trading();
    const { decision_id } = opened(s);
    const [exit] = commands(
      verdict(s, { action: 'FORCE_CLOSE', decision_id, judge_verdict: 'REJECT', confidence: 90, catastrophic: true }),
    );
    if (exit === undefined) throw new Error('no exit');
    expect(exit).toMatchObject({ route: 'URGENT' });
    expect(trades(answer(s, exit, { price: '49900' }))).toMatchObject([
      { verdict: { judge_verdict: 'REJECT', catastrophic: true, confidence: 90 } },
    ]);
    tick(s, s.now + 47 * HOUR);
    reconciled(s);
    expect(decisions(signal(s))[0]?.reason_code).toBe('SYMBOL_COOLDOWN_ACTIVE');
  });

  it('a moved stop is published', () => {
    const s = trading();
    const { decision_id } = opened(s);
    expect(positions(verdict(s, { action: 'TIGHTEN_STOP', decision_id, stop_price: M('48000') }))).toMatchObject([
      { stop_price: M('48000'), stop_kind: 'STOP_LOSS' },
    ]);
  });
});

describe('a verdict elsewhere', () => {
  it('FLAG cancels the unfilled rest of the entry it judged, of no other', () => {
    const s = trading();
    const [entry] = commands(signal(s));
    if (entry === undefined) throw new Error('no entry');
    answer(s, entry, { fill: false });
    expect(commands(verdict(s, { action: 'FLAG', decision_id: 'another' }))).toEqual([]);
    const out = verdict(s, { action: 'FLAG', decision_id: entry.decision_id });
    expect(outcome(out)).toEqual([['CANCEL', 'EXECUTE', 'VERDICT_FLAGGED']]);
    expect(commands(out)).toMatchObject([{ action: 'CANCEL', order_id: entry.order_id }]);
  });

  it('on a closed position only the cooldown of FORCE_CLOSE is left', () => {
    const s = trading();
    const { decision_id, position_id } = opened(s);
    const [exit] = commands(trigger(s, position_id, 'TAKE_PROFIT'));
    if (exit === undefined) throw new Error('no exit');
    answer(s, exit, { price: '51000' });
    expect(outcome(verdict(s, { action: 'FORCE_CLOSE', decision_id, judge_verdict: 'REJECT', catastrophic: true }))).toEqual([
      ['ADJUST', 'SKIP', 'VERDICT_LATE'],
    ]);
    expect(portfolioOf(s).pacing.symbols.get(INSTRUMENT)?.cooldown_until).toBe(s.now + 48 * HOUR);
  });

  it('spend is kept by its own time', () => {
    const s = trading();
    verdict(s, { spend_day_usd: M('2'), spend_month_usd: M('20') });
    verdict(s, { spend_day_usd: M('1'), spend_month_usd: M('10'), valid_from: s.now - 1 });
    expect(portfolioOf(s).analysis_spend).toMatchObject({ day_usd: M('2'), month_usd: M('20') });
  });
});
