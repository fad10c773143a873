// The fault plan of a simulated venue: which answers go wrong, drawn per order so that a run repeats.
import type { AnswerOf } from '../venue.ts';
import { draw } from './draws.ts';

/** Shares of all orders in basis points. */
export interface FaultPlan {
  /** The order reaches the book, its answer does not reach us. */
  readonly answer_lost_bps: number;
  /** The request is lost on its way. */
  readonly never_arrived_bps: number;
  /** The venue states that it did not execute. */
  readonly not_executed_bps: number;
}

/** What goes wrong at a simulated venue, order by order. */
export interface VenueFaults {
  /** Asked once for each order that leaves for the venue; null: nothing goes wrong with it. */
  onPlace(order_id: string): Fault | null;
  /** Does the venue know the order although its answer was lost? */
  isKnown(order_id: string): boolean;
}

export const NO_FAULTS: FaultPlan = { answer_lost_bps: 0, never_arrived_bps: 0, not_executed_bps: 0 };

export type Fault = 'ANSWER_LOST' | 'NEVER_ARRIVED' | 'NOT_EXECUTED';

export function plannedFaults(plan: FaultPlan): VenueFaults {
  return {
    onPlace: (order_id) => faultOf(plan, order_id),
    isKnown: (order_id) => faultOf(plan, order_id) === 'ANSWER_LOST',
  };
}

function faultOf(plan: FaultPlan, order_id: string): Fault | null {
  const { answer_lost_bps: lost, never_arrived_bps: never, not_executed_bps: refused } = plan;
  if (lost + never + refused === 0) return null;
  const drawn = draw('fault', order_id) * 10_000;
  if (drawn < lost) return 'ANSWER_LOST';
  if (drawn < lost + never) return 'NEVER_ARRIVED';
  return drawn < lost + never + refused ? 'NOT_EXECUTED' : null;
}

export function faultyAnswer(fault: Fault): AnswerOf<'place'> {
  switch (fault) {
    case 'ANSWER_LOST':
    case 'NEVER_ARRIVED':
      return { answer: 'UNKNOWN', reason: 'CONNECTION_LOST' };
    case 'NOT_EXECUTED':
      return { answer: 'NOT_EXECUTED', until: null };
  }
}
