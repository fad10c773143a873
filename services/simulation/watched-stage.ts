// A stage whose every input is held against the reference: it takes what counts, all of it, and nothing else.
import type { Reference } from '../../topology/simulation/reference.ts';
import type { Stage } from '../../topology/stage.ts';
import { stageOf } from '../../topology/stages.ts';
import type { DecisionState } from '../decision/state.ts';

export type Violated = (what: string, detail: string) => void;

/** For one owner's life: its positions begin wherever its snapshot ends. */
export function watchedStage(stage: Stage<unknown>, reference: () => Reference, violated: Violated): Stage<unknown> {
  const inputs = new Map(stageOf(stage.name).inputs.map(({ topic, types }) => [topic as string, types]));
  const taken = new Map<string, number>();
  return {
    ...stage,
    step(state, input, emit, now) {
      const { topic, partition, offset } = input;
      const place = `${topic}/${partition}`;
      const counts = (at: number): boolean => reference().counts(topic, partition, at);
      if (!counts(offset)) violated('TAKEN_BUT_DOES_NOT_COUNT', `${stage.name}: ${place} offset ${offset}, a ${input.type}`);
      const last = taken.get(place);
      if (last !== undefined) {
        if (offset <= last) violated('TAKEN_TWICE', `${stage.name}: ${place} offset ${offset} after ${last}`);
        for (let at = last + 1; at < offset; at++) {
          const passed = reference().record(topic, partition, at);
          if (passed === undefined || passed.type === 'Raw') continue;
          const types = inputs.get(topic);
          if (types === null || types?.includes(passed.type))
            violated('COUNTS_BUT_NOT_TAKEN', `${stage.name}: ${place} offset ${at}, a ${passed.type}`);
        }
      }
      taken.set(place, offset);
      stage.step(state, input, emit, now);
      if (stage.name === 'decision' && input.type === 'OrderEvent') checkReservations(state as DecisionState, violated);
    },
  };
}

/** Of an order that the venue may or may not have, all that is left of it stays reserved. */
function checkReservations(state: DecisionState, violated: Violated): void {
  for (const { orders, ledger } of state.portfolios.values()) {
    for (const order of orders.orders.values()) {
      if (order.status !== 'UNKNOWN' || order.filled >= order.quantity) continue;
      const reserved = [...ledger.reservations.values()].some(({ order_id }) => order_id === order.order_id);
      if (!reserved) violated('UNKNOWN_NOT_RESERVED', `order ${order.order_id}`);
    }
  }
}
