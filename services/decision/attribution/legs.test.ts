// The nine legs of worked round trips, what a missing reference does, and the identity over random lives of positions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal, mul } from '../../../schemas/money.ts';
import type { Trade } from '../../../schemas/records.generated.ts';
import { assertLedger } from '../ledger/assertion.ts';
import { book, dec, EXAMPLE_PLAN, exampleFill, exampleLedger, show } from '../ledger/example.ts';
import { bookFunding } from '../ledger/funding.ts';
import type { BookedFill, Ledger } from '../ledger/ledger.ts';
import { addEntry, addExit, decidedQuantity, legsOf, newEntryLegs, newExitLegs } from './legs.ts';
import { tradeRecord } from './trade-record.ts';

/** sig/dec/arr/px; a dash is a price that is not there. */
function entryFill(
  side: 'BUY' | 'SELL',
  quantity: string,
  prices: string,
  fee: string,
  more: Partial<BookedFill> = {},
): BookedFill {
  const [signal, decision, arrival, fill] = prices.split('/');
  return exampleFill(side, quantity, fill ?? '', fee, {
    kind: 'perp',
    signal_mid: price(signal),
    decision_mid: price(decision),
    arrival_mid: price(arrival),
    ...more,
  });
}

/** xsig/xarr/xpx. */
function exitFill(side: 'BUY' | 'SELL', quantity: string, prices: string, fee: string): BookedFill {
  const [signal, arrival, fill] = prices.split('/');
  return exampleFill(side, quantity, fill ?? '', fee, {
    kind: 'perp',
    exit_signal_mid: price(signal),
    exit_arrival_mid: price(arrival),
  });
}

function price(text: string | undefined): bigint | null {
  return text === undefined || text === '-' ? null : dec(text);
}

function run(steps: readonly (BookedFill | { funding: string })[]): { trade: Trade; l: Ledger } {
  const l = exampleLedger('1000000');
  let trade: Trade | null = null;
  for (const step of steps) {
    if ('funding' in step) bookFunding(l, { instrument: 'BTC-USDT', amount: dec(step.funding) });
    else {
      const { closed } = book(l, step);
      if (closed !== null) trade = tradeRecord(l, closed);
    }
    expect(assertLedger(l)).toBeNull();
  }
  if (trade === null) throw new Error('expected a closed trade');
  return { trade, l };
}

function legsIn(t: Trade): string {
  return [
    t.leg_edge,
    t.leg_opportunity,
    t.leg_decision_delay,
    t.leg_send_latency,
    t.leg_entry_slippage,
    t.leg_exit_delay,
    t.leg_exit_slippage,
    t.leg_fees,
    t.leg_funding,
  ]
    .map(formatDecimal)
    .join(' ');
}

const wanting = (decided: string, decision_id = 'd1'): Partial<BookedFill> => ({ decided_qty: dec(decided), decision_id });

describe('worked round trips', () => {
  const rows: [name: string, steps: (BookedFill | { funding: string })[], legs: string, net: string, bps: number | null][] = [
    [
      'long',
      [entryFill('BUY', '10', '99.95/99.95/99.95/100', '4'), exitFill('SELL', '10', '110.05/110.05/110', '6.6')],
      '101 0 0 0 -0.5 0 -0.5 -10.6 0',
      '89.4',
      894.447224,
    ],
    [
      'short, 2 decided and 1.5 filled',
      [
        entryFill('SELL', '1', '65010/65005/65000/64990', '40', wanting('2')),
        entryFill('SELL', '.5', '65010/65005/65000/64980', '20', wanting('2')),
        { funding: '3.25' },
        exitFill('BUY', '1.5', '64500/64505/64510', '37.116'),
      ],
      '1020 -255 -7.5 -7.5 -20 -7.5 -7.5 -97.116 3.25',
      '621.134',
      63.696252,
    ],
    [
      'rounding',
      [
        entryFill('BUY', '.333333333333', '1.111111111111/1.111111111112/1.111111111115/1.111111111117', '.000000000003'),
        entryFill('BUY', '.666666666667', '1.111111111113/1.111111111114/1.111111111116/1.111111111119', '.000000000002'),
        { funding: '-.000000000001' },
        exitFill('SELL', '1', '1.222222222222/1.222222222221/1.222222222219', '.000000000002'),
      ],
      '0.11111111111 0 -0.000000000001 -0.000000000002 -0.000000000003 -0.000000000001 -0.000000000002 -0.000000000007 -0.000000000001',
      '0.111111111093',
      null,
    ],
    [
      'an add that filled half, two exits',
      [
        entryFill('BUY', '2', '100/100.02/100.05/100.10', '.2', wanting('2')),
        entryFill('BUY', '1', '104/104.01/104.01/103.99', '.12', wanting('2', 'd2')),
        { funding: '-.05' },
        exitFill('SELL', '1.5', '106/105.95/105.90', '.15'),
        exitFill('SELL', '1.5', '103/102.90/102.80', '.15'),
      ],
      '10 -0.5 -0.05 -0.06 -0.08 -0.225 -0.225 -0.62 -0.05',
      '8.19',
      null,
    ],
  ];
  test.each(rows)('%s', (_, steps, legs, net, bps) => {
    const { trade } = run(steps);
    expect(legsIn(trade)).toBe(legs);
    expect(show(trade.net)).toBe(net);
    if (bps !== null) expect(trade.net_bps).toBeCloseTo(bps, 6);
    expect(show(trade.gross + trade.leg_fees + trade.leg_funding)).toBe(net);
    expect(trade.entry_fee + trade.exit_fee).toBe(trade.leg_fees);
  });

  test('the coarse split: edge, slippage, fees', () => {
    const { trade: t } = run([
      entryFill('BUY', '10', '99.95/99.95/99.95/100', '4'),
      exitFill('SELL', '10', '110.05/110.05/110', '6.6'),
    ]);
    const edge = t.leg_edge + t.leg_opportunity + t.leg_decision_delay + t.leg_send_latency + t.leg_exit_delay;
    expect([show(edge), show(t.leg_entry_slippage + t.leg_exit_slippage), show(t.leg_fees), show(t.net)]).toEqual([
      '101',
      '-1',
      '-10.6',
      '89.4',
    ]);
  });
});

describe('a missing reference takes its neighbour and is named', () => {
  test.each([
    ['-/100/101/102', '110/111/112', '10 0 0 -1 -1 1 1 0 0', ['SIGNAL_PX']],
    ['100/-/101/102', '110/111/112', '10 0 -1 0 -1 1 1 0 0', ['DECISION_PX']],
    ['100/101/-/102', '110/111/112', '10 0 -1 0 -1 1 1 0 0', ['ARRIVAL_PX']],
    ['100/-/-/102', '110/111/112', '10 0 0 0 -2 1 1 0 0', ['DECISION_PX', 'ARRIVAL_PX']],
    ['-/-/-/102', '110/111/112', '8 0 0 0 0 1 1 0 0', ['SIGNAL_PX', 'DECISION_PX', 'ARRIVAL_PX']],
    ['100/101/102/103', '-/111/112', '11 0 -1 -1 -1 0 1 0 0', ['EXIT_SIGNAL_PX']],
    ['100/101/102/103', '110/-/112', '10 0 -1 -1 -1 0 2 0 0', ['EXIT_ARRIVAL_PX']],
    ['100/101/102/103', '-/-/112', '12 0 -1 -1 -1 0 0 0 0', ['EXIT_SIGNAL_PX', 'EXIT_ARRIVAL_PX']],
  ])('%s, %s', (entry, exit, legs, missing) => {
    const { trade } = run([entryFill('BUY', '1', entry, '0'), exitFill('SELL', '1', exit, '0')]);
    expect(trade.missing).toEqual(missing);
    expect(legsIn(trade)).toBe(legs);
  });
});

test('the record of a trade', () => {
  const { trade } = run([
    entryFill('BUY', '2', '100/100/100/100', '.1', { liquidity: 'MAKER', decided_qty: dec('3') }),
    {
      ...exitFill('SELL', '2', '110/110/110', '.2'),
      exit: { reason: 'TAKE_PROFIT', signal_at: 5, accepted_at: 6 },
      venue_at: EXAMPLE_PLAN.decided_at + 90_500_000,
    },
  ]);
  expect(trade).toMatchObject({
    strategy: 'momentum',
    side: 'LONG',
    qty_max: dec('2'),
    decided_qty: dec('3'),
    entry_notional: dec('200'),
    exit_notional: dec('220'),
    entry_vwap: dec('100'),
    exit_vwap: dec('110'),
    maker_entry_notional: dec('200'),
    maker_exit_notional: 0n,
    exit_reason: 'TAKE_PROFIT',
    exit_signal_at: 5,
    exit_accepted_at: 6,
    hold_s: 90,
    n_fills: 2,
    nav_before: dec('1000000'),
    nav_after: dec('1000019.7'),
    missing: [],
    unpriced: false,
  });
  // Initial risk: 3 % of 200.
  expect(trade.r_multiple).toBeCloseTo(19.7 / 6, 12);
});

test('legs that do not add up stop the fold', () => {
  const l = exampleLedger();
  book(l, exampleFill('BUY', '1', '100'));
  const { closed } = book(l, exampleFill('SELL', '1', '101'));
  if (closed === null) throw new Error('expected a closed trade');
  closed.position.entry.fees += 1n;
  expect(() => tradeRecord(l, closed)).toThrow('trade of BTC-USDT: legs exceed net 1 by -0.000000000001, expected 0');
});

// Any price and quantity with 12 decimals, so that every product needs rounding.
const priceOf = fc.bigInt(1n, 200_000_000_000_000n);
const quantityOf = fc.bigInt(1n, 5_000_000_000_000n);
const maybePrice = fc.option(priceOf, { nil: null, freq: 6 });
const step = fc.record({
  buy: fc.boolean(),
  quantity: quantityOf,
  closes: fc.boolean(),
  px: priceOf,
  sig: maybePrice,
  dec: maybePrice,
  arr: maybePrice,
  fee: fc.bigInt(-1_000_000_000n, 1_000_000_000_000n),
  funding: fc.option(fc.bigInt(-1_000_000_000_000n, 1_000_000_000_000n), { nil: null, freq: 3 }),
  decided: fc.option(quantityOf, { nil: null }),
});

describe('identity', () => {
  test('over adds, partial exits, flips and funding the legs add up to the net and to the change of cash', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), fc.boolean(), (steps, perp) => {
        const l = exampleLedger('0');
        let nets = 0n;
        for (const s of steps) {
          const held = l.positions.get('BTC-USDT');
          const all = held === undefined ? s.quantity : held.qty < 0n ? -held.qty : held.qty;
          // A paid holding is only sold as far as it goes; a perp may flip.
          const side = perp ? s.buy : s.buy || held === undefined;
          const quantity = s.closes || (!side && !perp && s.quantity > all) ? all : s.quantity;
          const { closed } = book(
            l,
            exampleFill(side ? 'BUY' : 'SELL', '1', '1', '0', {
              kind: perp ? 'perp' : 'spot',
              quantity,
              price: s.px,
              fee: s.fee,
              signal_mid: s.sig,
              decision_mid: s.dec,
              arrival_mid: s.arr,
              exit_signal_mid: s.sig,
              exit_arrival_mid: s.arr,
              decided_qty: s.decided,
            }),
          );
          if (s.funding !== null && l.positions.size > 0) bookFunding(l, { instrument: 'BTC-USDT', amount: s.funding });
          if (closed !== null) nets += tradeRecord(l, closed).net;
          expect(assertLedger(l)).toBeNull();
        }
        const p = l.positions.get('BTC-USDT');
        if (p === undefined) expect(l.cash).toBe(nets);
      }),
      { numRuns: 10_000 },
    );
  });

  test('mirrored about a constant, the other side has the same price legs', () => {
    // Whole numbers: no product needs rounding.
    const whole = fc.bigInt(1n, 999n).map((n) => n * 1_000_000_000_000n);
    const fill = fc.record({ quantity: whole, a: whole, b: whole, c: whole, d: whole });
    fc.assert(
      fc.property(
        fc.array(fill, { minLength: 1, maxLength: 4 }),
        fc.array(fill, { minLength: 1, maxLength: 4 }),
        (entries, exits) => {
          const mirror = (p: bigint) => decimal('1000') - p;
          const legs = (side: 1n | -1n, of: (p: bigint) => bigint) => {
            const entry = newEntryLegs();
            const exit = newExitLegs();
            for (const e of entries) {
              addEntry(
                entry,
                e.quantity,
                mul(e.quantity, of(e.d)),
                { signal: of(e.a), decision: of(e.b), arrival: of(e.c), fill: of(e.d) },
                false,
                0n,
                {
                  decision_id: 'd',
                  decided: null,
                  ordered: e.quantity,
                },
              );
            }
            // What comes in goes out: the mirror moves both sides by the same amount.
            const quantity = entries.reduce((sum, e) => sum + e.quantity, 0n);
            const first = exits[0];
            if (first !== undefined)
              addExit(
                exit,
                entry.missing,
                quantity,
                mul(quantity, of(first.c)),
                { signal: of(first.a), arrival: of(first.b), fill: of(first.c) },
                false,
                0n,
              );
            return legsOf(side, entry, exit, 0n);
          };
          expect(legs(-1n, mirror)).toEqual(legs(1n, (p) => p));
        },
      ),
    );
  });
});

test('a decision that is not known counts with what it got', () => {
  const entry = newEntryLegs();
  const prices = { signal: 1n, decision: 1n, arrival: 1n, fill: 1n };
  addEntry(entry, 5n, mul(5n, prices.fill), prices, false, 0n, { decision_id: 'a', decided: null, ordered: 5n });
  addEntry(entry, 3n, mul(3n, prices.fill), prices, false, 0n, { decision_id: 'b', decided: 10n, ordered: 3n });
  expect(decidedQuantity(entry)).toBe(15n);
});
