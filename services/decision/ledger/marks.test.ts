// Marks: which side values a position, the course of its result, and what an old or foreign Mark may not do.
import { expect, test } from 'vitest';
import { tradeRecord } from '../attribution/trade-record.ts';
import { book, dec, EXAMPLE_PLAN, exampleFill, exampleLedger, mark, show, T0 } from './example.ts';
import { tightened, tightenStop } from './plans.ts';
import { positionRecord } from './position-record.ts';

const perp = { kind: 'perp' } as const;

test('a long is worth its bid, a short its ask', () => {
  for (const [side, unrealised] of [
    ['BUY', '-2'],
    ['SELL', '-4'],
  ] as const) {
    const l = exampleLedger();
    const p = book(l, exampleFill(side, '2', '100', '0', perp)).position;
    mark(l, '99', T0, { ask: dec('102'), mid: dec('100.5') });
    expect(show(p?.unrealised)).toBe(unrealised);
    expect(show(p?.mark?.mid)).toBe('100.5');
  }
});

test('worst and best result of a life, in bps of the entry notional', () => {
  const l = exampleLedger();
  book(l, exampleFill('BUY', '2', '100', '0', { ...perp, signal_mid: dec('100') }));
  for (const price of ['99', '103', '98.5', '101']) mark(l, price);
  const closed = book(l, exampleFill('SELL', '2', '101', '0', perp)).closed;
  const trade = closed === null ? null : tradeRecord(l, closed);
  expect([show(closed?.position.mfe), show(closed?.position.mae)]).toEqual(['6', '-3']);
  expect([trade?.mfe_bps, trade?.mae_bps, show(trade?.gross)]).toEqual([300, -150, '2']);
});

test('own fills count in it', () => {
  const l = exampleLedger();
  book(l, exampleFill('SELL', '2', '100', '0', perp));
  const closed = book(l, exampleFill('BUY', '2', '103', '0', perp)).closed;
  expect([show(closed?.position.mfe), show(closed?.position.mae)]).toEqual(['0', '-6']);
});

test('an older Mark and one of another position change nothing', () => {
  const l = exampleLedger();
  const p = book(l, exampleFill('BUY', '1', '100')).position;
  expect(mark(l, '101', T0 + 5)).toBe(true);
  expect(mark(l, '99', T0 + 4)).toBe(false);
  expect(mark(l, '99', T0 + 6, { position_id: 'another' })).toBe(false);
  expect(show(p?.unrealised)).toBe('1');
});

test('a stop only tightens, whoever moves it', () => {
  const l = exampleLedger();
  const long = book(l, exampleFill('BUY', '1', '100')).position;
  if (long === null) throw new Error('expected a position');
  mark(l, '100', T0, { stop_price: dec('97'), stop_kind: 'STOP_LOSS', best_price: dec('104') });
  mark(l, '100', T0, { stop_price: dec('96'), stop_kind: 'TRAILING_STOP', best_price: dec('103') });
  expect([show(long.stop_price), long.stop_kind, show(long.best_price)]).toEqual(['97', 'STOP_LOSS', '104']);
  expect(tightenStop(long, dec('97'), 'TRAILING_STOP')).toBe(false);
  expect(tightenStop(long, dec('98'), 'TRAILING_STOP')).toBe(true);
  expect([show(long.stop_price), long.stop_kind]).toEqual(['98', 'TRAILING_STOP']);
});

test('for a short tighter is lower', () => {
  const l = exampleLedger();
  const short = book(l, exampleFill('SELL', '1', '100', '0', perp)).position;
  if (short === null) throw new Error('expected a position');
  expect(tightenStop(short, dec('103'), 'STOP_LOSS')).toBe(true);
  expect(tightenStop(short, dec('104'), 'STOP_LOSS')).toBe(false);
  mark(l, '99', T0, { stop_price: dec('102'), stop_kind: 'TRAILING_STOP', best_price: dec('96') });
  mark(l, '99', T0, { best_price: dec('97') });
  expect([show(short.stop_price), show(short.best_price)]).toEqual(['102', '96']);
});

test.each([
  ['100', '94', 5_000, '97'],
  ['102', '97', 7_500, '98.25'],
])('price %s, stop %s, factor %d → %s', (price, stop, factor, moved) => {
  expect(show(tightened(dec(price), dec(stop), factor))).toBe(moved);
});

test('the record of a position, open and flat', () => {
  const l = exampleLedger();
  const short = book(l, exampleFill('SELL', '2', '100', '.1', perp)).position;
  if (short === null) throw new Error('expected a position');
  expect(positionRecord(l, short)).toMatchObject({
    sequence: 1,
    side: 'SHORT',
    qty: dec('2'),
    avg_price: dec('100'),
    mark: null,
    unrealised: null,
  });
  mark(l, '98', T0, { ask: dec('99') });
  expect(positionRecord(l, short)).toMatchObject({
    sequence: 2,
    mark: dec('99'),
    unrealised: dec('2'),
    stop_bps: EXAMPLE_PLAN.stop_bps,
  });
  book(l, exampleFill('BUY', '2', '99', '.1', perp));
  expect(positionRecord(l, short, 'SHORT')).toMatchObject({
    sequence: 3,
    side: 'SHORT',
    qty: 0n,
    cost: 0n,
    realised_net: dec('1.8'),
  });
});
