// An explanation answers in a fixed order: what, the gates, why, how much, by which route, what would change it, what became of it.
import { describe, expect, it } from 'vitest';
import type { OrderEvent } from '../../../schemas/records.generated.ts';
import {
  answer,
  commands,
  control,
  decisions,
  M,
  opened,
  type Scenario,
  scenario,
  signal,
  tick,
  trades,
  trading,
  trigger,
} from '../example.ts';
import { explainDecision, explanationJson, explanationText, NOTHING_RELATED } from './explain.ts';

const events = (s: Scenario, decision_id: string) =>
  s.journal.flatMap((r) => (r.type === 'OrderEvent' && r.value.decision_id === decision_id ? [r.value as OrderEvent] : []));

describe('an executed entry', () => {
  const s = trading();
  const [decision] = decisions(signal(s));
  if (decision === undefined) throw new Error('not decided');
  const placed = commands(s.outputs);
  const [command] = placed;
  if (command === undefined) throw new Error('not ordered');
  answer(s, command, { price: '50000' });
  const position_id = [...(s.state.portfolios.get(s.portfolio)?.ledger.positions.values() ?? [])][0]?.position_id ?? '';
  const [exit] = commands(trigger(s, position_id, 'TAKE_PROFIT'));
  if (exit === undefined) throw new Error('not closed');
  const [trade] = trades(answer(s, exit, { price: '51000' }));
  const explanation = explainDecision(decision, {
    ...NOTHING_RELATED,
    commands: placed,
    events: events(s, decision.decision_id),
    trade: trade ?? null,
  });
  const section = (name: string) => explanation.sections.find((x) => x.name === name)?.lines.join('\n') ?? '';

  it('has its sections in order', () => {
    expect(explanation.sections.map((x) => x.name)).toEqual(['what', 'gates', 'why', 'size', 'route', 'flip', 'outcome']);
  });

  it.each([
    ['what', 'ENTRY into long BTC-USDT-PERP from weir:breakout was executed: ENTRY_APPROVED.'],
    ['what', 'paper portfolio pf-1, state ACTIVE, policy paper'],
    ['why', 'Strategy breakout, chosen with probability 1'],
    ['why', 'Conviction'],
    ['why', 'Source grade B on 0 trades.'],
    ['size', 'Base 300 bps of NAV 10000.'],
    ['size', 'Tightest cap: '],
    ['size', `Ordered ${'0.0039'} for `],
    ['route', 'PATIENT at sim: POST_ONLY GTC, for 15 s, worst price '],
    ['route', 'Stop 46'],
    ['flip', 'gate '],
    ['outcome', 'FILL 0.0039 at 50000'],
    ['outcome', 'Closed by TAKE_PROFIT'],
  ])('%s says: %s', (name, text) => {
    expect(section(name)).toContain(text);
  });

  it('lists the gates that passed by their margin, least first', () => {
    const margins = (section('gates').match(/margin (-?[\d.e-]+) %/g) ?? []).map((m) => Number(m.slice(7, -2)));
    expect(margins.length).toBeGreaterThan(10);
    expect(margins).toEqual(margins.toSorted((a, b) => a - b));
  });

  it('is one text and one JSON with the record in it', () => {
    expect(explanationText(explanation)).toContain(`Decision ${decision.decision_id}\n\nWhat was decided\n  ENTRY`);
    const json = JSON.parse(explanationJson(explanation, decision));
    expect(json).toMatchObject({
      decision_id: decision.decision_id,
      reason_code: 'ENTRY_APPROVED',
      record: { reference_mid: '50000' },
    });
    expect(json.sections).toHaveLength(7);
  });
});

describe('what was refused', () => {
  it('names the one reason with value, limit and age, the failing gate first, and the flip', () => {
    const s = trading({ confidence: { min: 0.85 } });
    const [decision] = decisions(signal(s));
    if (decision === undefined) throw new Error('not decided');
    const explanation = explainDecision(decision, {
      ...NOTHING_RELATED,
      later_prices: [
        { after_s: 3600, mid: M('50500') },
        { after_s: 14_400, mid: null },
      ],
    });
    const text = explanationText(explanation);
    expect(text).toContain('was skipped: CONFIDENCE_LOW (observed 0.8, limit 0.85)');
    expect(explanation.sections.find((x) => x.name === 'gates')?.lines[0]).toContain('45 CONFIDENCE: FAIL CONFIDENCE_LOW');
    expect(text).toContain('confidence.min (gate 45): 0.85 → 0.8');
    expect(text).toContain('1 h later: 50500, +100 bps for it.');
    expect(text).toContain('4 h later: no price.');
  });

  it('gates that could not be judged are counted, not listed', () => {
    const s = scenario();
    const [decision] = decisions(signal(s)).filter((d) => d.kind === 'ENTRY');
    if (decision === undefined) throw new Error('not decided');
    const lines = explainDecision(decision).sections.find((x) => x.name === 'gates')?.lines ?? [];
    expect(lines[0]).toContain('02 POLICY: FAIL POLICY_MISSING');
    expect(lines).toContainEqual(expect.stringMatching(/^\d+ more could not be judged without gate 2\.$/));
    expect(lines.length).toBeLessThan(6);
  });

  it('a short is priced the other way round', () => {
    const s = trading({ allow_short: false });
    const [decision] = decisions(signal(s, { direction: 'short' }));
    if (decision === undefined) throw new Error('not decided');
    const { sections } = explainDecision(decision, { ...NOTHING_RELATED, later_prices: [{ after_s: 3600, mid: M('50500') }] });
    expect(sections.at(-1)?.lines).toContain('1 h later: 50500, -100 bps for it.');
  });
});

describe('other kinds', () => {
  it('an exit and a state change are explained too', () => {
    const s = trading();
    const { position_id } = opened(s);
    const [stopped] = decisions(trigger(s, position_id, 'STOP_LOSS'));
    const [killed] = decisions(control(s, 'KILL'));
    if (stopped === undefined || killed === undefined) throw new Error('not decided');
    expect(explanationText(explainDecision(stopped))).toContain('EXIT of long BTC-USDT-PERP was executed: STOP_LOSS.');
    expect(explanationText(explainDecision(killed))).toContain('STATE was executed: KILL_SWITCH.');
    tick(s);
  });
});
