import { describe, expect, it } from 'vitest';
import { commands, decisions, positions, signal, trading } from './example.ts';
describe('smoke', () => {
  it('enters', () => {
    const s = trading();
    const out = signal(s);
    for (const d of decisions(out)) {
      console.log(d.action, d.reason_code, d.reason_detail, d.gates.filter((g) => g.verdict === 'FAIL' || g.verdict === 'UNKNOWN'));
    }
    expect(commands(out)).toHaveLength(1);
  });
});
