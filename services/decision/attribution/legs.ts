// Attribution of a round trip: sums over fills from which nine signed legs follow that add up to its net, exactly.
import { type Money, max, mul, mulDiv, type Price, type Quantity } from '../../../schemas/money.ts';

/** Reference prices that were not there; their leg is 0 and the trade says so. */
export type MissingReference = 'SIGNAL_PX' | 'DECISION_PX' | 'ARRIVAL_PX' | 'EXIT_SIGNAL_PX' | 'EXIT_ARRIVAL_PX' | 'FEE';

/** What one decision wanted and what it got, with its own signal price for the rest. */
export interface DecidedQuantity {
  readonly decision_id: string;
  readonly decided: Quantity;
  readonly signal_mid: Price;
  filled: Quantity;
}

/** Σ of rounded notionals of the entry fills at each reference price. */
export interface EntryLegs {
  quantity: Quantity;
  at_signal: Money;
  at_decision: Money;
  at_arrival: Money;
  at_fill: Money;
  maker: Money;
  fees: Money;
  readonly decisions: DecidedQuantity[];
  /** Each once. */
  readonly missing: MissingReference[];
}

/** The same of the exit fills; `weight` is the exact Σ quantity × signal price, before any rounding. */
export interface ExitLegs {
  quantity: Quantity;
  at_signal: Money;
  at_arrival: Money;
  at_fill: Money;
  maker: Money;
  fees: Money;
  weight: bigint;
}

export interface EntryPrices {
  readonly signal: Price | null;
  readonly decision: Price | null;
  readonly arrival: Price | null;
  readonly fill: Price;
}

export interface ExitPrices {
  readonly signal: Price | null;
  readonly arrival: Price | null;
  readonly fill: Price;
}

/** Each signed as its contribution to profit. */
export interface Legs {
  readonly edge: Money;
  readonly opportunity: Money;
  readonly decision_delay: Money;
  readonly send_latency: Money;
  readonly entry_slippage: Money;
  readonly exit_delay: Money;
  readonly exit_slippage: Money;
  readonly fees: Money;
  readonly funding: Money;
}

export function newEntryLegs(): EntryLegs {
  return {
    quantity: 0n,
    at_signal: 0n,
    at_decision: 0n,
    at_arrival: 0n,
    at_fill: 0n,
    maker: 0n,
    fees: 0n,
    decisions: [],
    missing: [],
  };
}

export function newExitLegs(): ExitLegs {
  return { quantity: 0n, at_signal: 0n, at_arrival: 0n, at_fill: 0n, maker: 0n, fees: 0n, weight: 0n };
}

function noteMissing(missing: MissingReference[], reference: MissingReference): void {
  if (!missing.includes(reference)) missing.push(reference);
}

/**
 * Adds one entry fill. A missing price takes its neighbour's value, and the fill price when there is none.
 * `quantity` is what the position grew by, `notional` that at the fill price; `ordered` is the order's part of it, before a fee in the base asset.
 */
export function addEntry(
  legs: EntryLegs,
  quantity: Quantity,
  notional: Money,
  prices: EntryPrices,
  maker: boolean,
  fee: Money,
  decision: { readonly decision_id: string; readonly decided: Quantity | null; readonly ordered: Quantity },
): void {
  if (prices.signal === null) noteMissing(legs.missing, 'SIGNAL_PX');
  if (prices.decision === null) noteMissing(legs.missing, 'DECISION_PX');
  if (prices.arrival === null) noteMissing(legs.missing, 'ARRIVAL_PX');
  const at = prices.decision ?? prices.arrival ?? prices.signal ?? prices.fill;
  const signal = prices.signal ?? at;
  // Most references are equal, and a product costs more than a comparison.
  const atDecision = at === prices.fill ? notional : mul(quantity, at);
  const arrival = prices.arrival ?? at;
  legs.quantity += quantity;
  legs.at_signal += signal === at ? atDecision : mul(quantity, signal);
  legs.at_decision += atDecision;
  legs.at_arrival += arrival === at ? atDecision : mul(quantity, arrival);
  legs.at_fill += notional;
  legs.fees += fee;
  if (maker) legs.maker += notional;
  const known = legs.decisions.find((d) => d.decision_id === decision.decision_id);
  if (known !== undefined) known.filled += decision.ordered;
  else {
    const decided = decision.decided ?? 0n;
    legs.decisions.push({ decision_id: decision.decision_id, decided, signal_mid: signal, filled: decision.ordered });
  }
}

/** Adds one exit fill; `notional` is its quantity at the fill price. */
export function addExit(
  legs: ExitLegs,
  missing: MissingReference[],
  quantity: Quantity,
  notional: Money,
  prices: ExitPrices,
  maker: boolean,
  fee: Money,
): void {
  if (prices.signal === null) noteMissing(missing, 'EXIT_SIGNAL_PX');
  if (prices.arrival === null) noteMissing(missing, 'EXIT_ARRIVAL_PX');
  const signal = prices.signal ?? prices.arrival ?? prices.fill;
  const atSignal = signal === prices.fill ? notional : mul(quantity, signal);
  const arrival = prices.arrival ?? signal;
  legs.quantity += quantity;
  legs.at_signal += atSignal;
  legs.at_arrival += arrival === signal ? atSignal : mul(quantity, arrival);
  legs.at_fill += notional;
  legs.weight += quantity * signal;
  legs.fees += fee;
  if (maker) legs.maker += notional;
}

/** Quantity that the decisions of the entry wanted; a decision that is not known counts with what it got. */
export function decidedQuantity(entry: EntryLegs): Quantity {
  let sum = 0n;
  for (const d of entry.decisions) sum += max(d.decided, d.filled);
  return sum;
}

/** The nine legs of a closed round trip; side +1 long, −1 short; funding is signed, received > 0. */
export function legsOf(side: 1n | -1n, entry: EntryLegs, exits: ExitLegs, funding: Money): Legs {
  let opportunity = 0n;
  if (exits.quantity > 0n) {
    // What the unfilled rest would have made from its signal to the average exit signal.
    const exit = mulDiv(exits.weight, 1n, exits.quantity);
    for (const d of entry.decisions) {
      const unfilled = d.decided - d.filled;
      if (unfilled > 0n) opportunity -= side * (mul(unfilled, exit) - mul(unfilled, d.signal_mid));
    }
  }
  return {
    edge: side * (exits.at_signal - entry.at_signal) - opportunity,
    opportunity,
    decision_delay: -side * (entry.at_decision - entry.at_signal),
    send_latency: -side * (entry.at_arrival - entry.at_decision),
    entry_slippage: -side * (entry.at_fill - entry.at_arrival),
    exit_delay: side * (exits.at_arrival - exits.at_signal),
    exit_slippage: side * (exits.at_fill - exits.at_arrival),
    fees: -(entry.fees + exits.fees),
    funding,
  };
}

export function sumOfLegs(legs: Legs): Money {
  return (
    legs.edge +
    legs.opportunity +
    legs.decision_delay +
    legs.send_latency +
    legs.entry_slippage +
    legs.exit_delay +
    legs.exit_slippage +
    legs.fees +
    legs.funding
  );
}
