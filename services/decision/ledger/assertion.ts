// The ledger's own check after every record: cash, reservations, fills, NAV and the profit that explains it agree exactly.
import { formatDecimal } from '../../../schemas/money.ts';
import { markedNav } from './equity.ts';
import type { Ledger } from './ledger.ts';
import { thirdValue } from './third-assets.ts';

/**
 * null if all is sound, else what is not, with both numbers: a bug that must stop the partition.
 * After a Mark only the sum of unrealised results can have moved; the rest is checked again after each booking.
 */
export function assertLedger(l: Ledger, orderIsOpen?: (order_id: string) => boolean): string | null {
  let unrealised = 0n;
  for (const p of l.positions.values()) unrealised += p.unrealised;
  if (unrealised !== l.unrealised) return differ('unrealised', unrealised, l.unrealised);
  if (l.bookings === l.asserted) return null;
  const fault = assertBookings(l, orderIsOpen);
  if (fault === null) l.asserted = l.bookings;
  return fault;
}

function differ(what: string, sum: bigint, kept: bigint): string {
  return `ledger: ${what}: ${formatDecimal(sum)} by its parts, ${formatDecimal(kept)} kept`;
}

function assertBookings(l: Ledger, orderIsOpen: ((order_id: string) => boolean) | undefined): string | null {
  let paid = 0n;
  let explained = l.flows + l.trades_net + l.late_items;
  for (const p of l.positions.values()) {
    if (p.filled !== p.qty || p.qty === 0n) return differ(`${p.instrument} quantity`, p.filled, p.qty);
    if (p.cost < 0n) return `ledger: ${p.instrument} cost: ${formatDecimal(p.cost)}: expected 0 or more`;
    if (p.kind !== 'perp') {
      if (p.qty < 0n) return `ledger: ${p.instrument} quantity: ${formatDecimal(p.qty)}: expected a paid holding to be positive`;
      paid += p.cost;
    }
    explained += p.realised_net + p.unrealised - p.fees_open + p.funding_open;
  }
  if (paid !== l.paid_cost) return differ('cost of paid holdings', paid, l.paid_cost);
  let third = 0n;
  for (const asset of l.third.values()) {
    const value = thirdValue(asset);
    third += value;
    explained += value - asset.booked;
  }
  if (third !== l.third_value) return differ('third assets', third, l.third_value);
  if (explained !== markedNav(l)) return differ('NAV', explained, markedNav(l));
  let reserved = 0n;
  for (const r of l.reservations.values()) {
    if (r.quantity <= 0n)
      return `ledger: reservation of ${r.order_id}: quantity ${formatDecimal(r.quantity)}: expected more than 0`;
    if (orderIsOpen !== undefined && !orderIsOpen(r.order_id))
      return `ledger: reservation of ${r.order_id}: its order is neither open nor unknown`;
    reserved += r.cash;
  }
  if (reserved !== l.cash_reserved) return differ('reserved cash', reserved, l.cash_reserved);
  return null;
}
