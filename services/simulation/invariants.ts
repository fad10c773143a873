// What must hold whenever a record that counts has reached the log.
import type { ExitTrigger, OrderCommand, OrderEvent, Position } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { type FaultPlan, plannedFaults, type VenueFaults } from '../execution/simulated/faults.ts';
import type { Violated } from './watched-stage.ts';

export interface Invariants {
  /** Whether it counts or not. */
  landed(record: AnyEnvelope): void;
  /** It counts. */
  observe(record: AnyEnvelope): void;
  /** Begins anew with what is left of a log that has lost some of it: nobody is to blame for that. */
  restart(records: Iterable<AnyEnvelope>): void;
  /** A venue that goes wrong by plan, and counts its calls over all owners that ever were. */
  venue(plan: FaultPlan): VenueFaults;
  readonly counts: { decisions: number; orders: number; fills: number; trades: number; exits: number };
}

interface Answers {
  submitted: boolean;
  /** We said that it was never sent, or the venue that it never arrived. */
  denied: string;
  /** The venue has had it. */
  had: string;
  ended: string;
}

const DENIALS = ['DENIED', 'NOT_PLACED'];
const HAD = ['ACCEPTED', 'FILL', 'CANCELED', 'EXPIRED', 'REJECTED'];
const ENDS = ['CANCELED', 'EXPIRED', 'REJECTED', 'DENIED', 'NOT_PLACED'];

export function newInvariants(tell: Violated): Invariants {
  let blameless = false;
  const violated: Violated = (what, detail) => {
    if (!blameless) tell(what, detail);
  };
  const counts = { decisions: 0, orders: 0, fills: 0, trades: 0, exits: 0 };
  const acknowledged = new Set<string>();
  const decisions = new Set<string>();
  const orders = new Set<string>();
  const trades = new Set<string>();
  const fills = new Set<string>();
  const answers = new Map<string, Answers>();
  const opened = new Map<string, Position>();
  const called = new Set<string>();
  const sent = new Set<string>();

  function once(ids: Set<string>, id: string, what: string): void {
    if (ids.has(id)) violated(what, id);
    ids.add(id);
  }

  function onOrder(command: OrderCommand): void {
    const { order_id, decision_id, action } = command;
    if (action !== 'PLACE' || order_id === null) return;
    counts.orders += 1;
    once(orders, order_id, 'ORDER_DOUBLED');
    // Where a Claim has come between, the decision does not count yet, and is written again; but it was acknowledged.
    if (decision_id !== null && !acknowledged.has(decision_id)) violated('ORDER_BEFORE_ITS_DECISION', order_id);
  }

  function onOrderEvent(event: OrderEvent): void {
    const { order_id, type } = event;
    if (type === 'FILL') {
      counts.fills += 1;
      once(fills, event.fill_id ?? '', 'FILL_DOUBLED');
    }
    if (order_id === null) return;
    const of = answers.get(order_id) ?? { submitted: false, denied: '', had: '', ended: '' };
    answers.set(order_id, of);
    if (type === 'SUBMITTING') {
      if (of.submitted) violated('SUBMITTED_TWICE', order_id);
      of.submitted = true;
    }
    if (DENIALS.includes(type)) of.denied = type;
    if (HAD.includes(type)) of.had = type;
    if (of.denied !== '' && of.had !== '') violated('ANSWERS_CONTRADICT', `${order_id}: ${of.denied} and ${of.had}`);
    if (of.had !== '' && !of.submitted) violated('SENT_WITHOUT_INTENT', order_id);
    if (of.denied === 'DENIED' && sent.has(order_id)) violated('DENIED_WHAT_WAS_SENT', order_id);
    if (ENDS.includes(type)) {
      if (of.ended !== '') violated('ANSWERED_TWICE', `${order_id}: ${of.ended} and ${type}`);
      of.ended = type;
    }
  }

  /** A price from before the position says nothing about it. */
  function onTrigger(trigger: ExitTrigger): void {
    counts.exits += 1;
    const position = opened.get(trigger.position_id);
    if (position !== undefined && trigger.event_at < position.opened_at)
      violated('OLD_PRICE_MET_NEW_POSITION', `${trigger.rule} of ${trigger.position_id}`);
  }

  function observe(record: AnyEnvelope): void {
    switch (record.type) {
      case 'Decision':
        counts.decisions += 1;
        return once(decisions, record.value.decision_id, 'DECISION_DOUBLED');
      case 'OrderCommand':
        return onOrder(record.value);
      case 'OrderEvent':
        return onOrderEvent(record.value);
      case 'ExitTrigger':
        return onTrigger(record.value);
      case 'Trade':
        counts.trades += 1;
        return once(trades, record.value.trade_id, 'TRADE_DOUBLED');
      case 'Position':
        if (!opened.has(record.value.position_id)) opened.set(record.value.position_id, record.value);
        return;
      default:
        return;
    }
  }

  return {
    counts,
    landed(record) {
      if (record.type === 'Decision') acknowledged.add(record.value.decision_id);
    },
    observe,
    restart(records) {
      for (const known of [decisions, orders, trades, fills, answers, opened, called, sent]) known.clear();
      blameless = true;
      for (const record of records) observe(record);
      blameless = false;
    },
    venue(plan) {
      const planned = plannedFaults(plan);
      return {
        onPlace(order_id) {
          once(called, order_id, 'VENUE_CALLED_TWICE');
          const fault = planned.onPlace(order_id);
          // A venue that states that it did nothing has nothing.
          if (fault === 'NOT_EXECUTED') return fault;
          sent.add(order_id);
          if (answers.get(order_id)?.denied === 'DENIED') violated('DENIED_WHAT_WAS_SENT', order_id);
          return fault;
        },
        isKnown: planned.isKnown,
      };
    },
  };
}
