// The check of order commands: each broken rule names its field.
import { describe, expect, test } from 'vitest';
import { type ClientOrderIdEncoding, clientOrderId } from '../../schemas/client-order-id.ts';
import { intentId, orderId } from '../../schemas/ids.ts';
import { decimal as d } from '../../schemas/money.ts';
import type { OrderCommand } from '../../schemas/records.generated.ts';
import { checkOther, checkPlace } from './command.ts';
import { CLOSING, placing, taking, vectorDecision } from './example.ts';

function fieldOf(changes: Partial<OrderCommand>): string | null {
  const checked = checkPlace(placing({}, changes));
  return 'problem' in checked ? checked.problem.field : null;
}
const STOP: Partial<OrderCommand> = {
  ...CLOSING,
  order_type: 'STOP',
  price_rule: 'NONE',
  limit_price: null,
  stop_price: d('97'),
};

describe('PLACE', () => {
  test.each<[string, Partial<OrderCommand>, string | null]>([
    ['an opening', {}, null],
    ['a taker', taking('101'), null],
    ['a closing', CLOSING, null],
    ['a stop', STOP, null],
    ['no order id', { order_id: null }, 'order_id'],
    ['an order id that is none', { order_id: 'x' }, 'order_id'],
    ['a foreign client id', { client_order_id: 'weir' }, 'client_order_id'],
    ['no side', { side: null }, 'side'],
    ['no instrument', { instrument: null }, 'instrument'],
    ['an unknown leg', { leg: 'slice_0' }, 'leg'],
    ['a slice', { leg: 'slice_3' }, null],
    ['attempt 0', { attempt: 0 }, 'attempt'],
    ['no end of validity', { valid_until: null }, 'valid_until'],
    ['two sizes', { quote_notional: d('1') }, 'quantity'],
    ['no size', { quantity: null }, 'quantity'],
    ['size 0', { quantity: 0n }, 'quantity'],
    ['an opening that only reduces', { reduce_only: true }, 'reduce_only'],
    ['a closing that may open', { ...CLOSING, reduce_only: false }, 'reduce_only'],
    ['a closing of no position', { ...CLOSING, position_id: null }, 'position_id'],
    ['a post-only IOC', { time_in_force: 'IOC' }, 'time_in_force'],
    ['a market GTC', { order_type: 'MARKET', price_rule: 'NONE', limit_price: null }, 'time_in_force'],
    ['GTD without a time', { time_in_force: 'GTD' }, 'expires_at'],
    ['a time without GTD', { expires_at: 1 }, 'expires_at'],
    ['FIXED without a price', { limit_price: null }, 'limit_price'],
    ['a price without FIXED', { price_rule: 'PASSIVE' }, 'limit_price'],
    ['NONE for a limit', { price_rule: 'NONE', limit_price: null }, 'price_rule'],
    ['a stop without its price', { ...STOP, stop_price: null }, 'stop_price'],
    ['a stop price without a stop', { stop_price: d('97') }, 'stop_price'],
    ['an opening without its worst price', { collar_price: null }, 'collar_price'],
  ])('%s', (_name, changes, field) => {
    expect(fieldOf(changes)).toBe(field);
  });
});

test('a cancel names its order, a cancel of all its scope', () => {
  expect(checkOther(placing({}, { action: 'CANCEL', order_id: null }))?.field).toBe('order_id');
  expect(checkOther(placing({}, { action: 'CANCEL_ALL' }))?.field).toBe('scope');
  expect(checkOther(placing({}, { action: 'CANCEL_ALL', scope: 'ALL' }))).toBeNull();
});

describe('ids of the golden order', () => {
  const decision_id = vectorDecision('1');
  const order_id = orderId({ attempt: 1, decision_id, leg: 'entry' });
  test('order and intent', () => {
    expect(order_id).toBe('7bd315bce0dcd87d85809a24c8ccf5c4c3efb9281120bcfe07c27e8d07fce4d9');
    expect(intentId({ decision_id, leg: 'entry' })).toBe('90a1fcce7e7390f7bb3009bfde3f40af87a7f615c956fe31eb1d0d1fc872fc2c');
  });
  test.each<[ClientOrderIdEncoding, string]>([
    ['plain', 'weir7bd315bce0dcd87d85809a24c8cc'],
    ['hex', '77657bd315bce0dcd87d85809a24c8cc'],
    ['hex0x', '0x77657bd315bce0dcd87d85809a24c8cc'],
    ['tprefix', 't-weir7bd315bce0dcd87d85809a24'],
  ])('%s: %s', (encoding, text) => expect(clientOrderId(encoding, order_id)).toBe(text));
  test.each([
    ['entry', 2, 'weirf09a46c2ac5050e7d35b5d3f8707'],
    ['exit', 1, 'weir3978ab51c076d16a6d49f4743bef'],
    ['stop', 1, 'weirfb6f85fe3684c93029600cc86275'],
  ])('%s %i: %s', (leg, attempt, text) => {
    expect(clientOrderId('plain', orderId({ attempt, decision_id, leg }))).toBe(text);
  });
});
