// A consumer group of one stage: members that tell that they live, are thrown out when they do not, and are told late what they have.
import { assignerName, assignPartitions } from '../log/kafka/assign.ts';
import type { Membership } from '../log/shared-log.ts';
import type { Chance } from './chance.ts';
import type { Process, Scheduler } from './scheduler.ts';

export interface SimulatedMembership extends Membership {
  /** Nothing reaches the coordinator any more, while the log does. */
  cut: boolean;
}

export interface Group {
  join(process: Process, version: string): SimulatedMembership;
}

export interface GroupOptions {
  readonly stage: string;
  readonly partitions: number;
  /** A member that is silent for longer is taken for dead. */
  readonly session_ms: number;
  /** Members of several versions share the partitions. */
  readonly mixed: (versions: readonly string[]) => void;
}

interface Member {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  seen: number;
  share: readonly number[];
  /** Told at its next heartbeat. */
  changed: boolean;
}

const HEARTBEAT_MS = 500;
const RETRY_MS = 500;

export function createGroup(options: GroupOptions, scheduler: Scheduler, chance: Chance): Group {
  const { stage, partitions, session_ms } = options;
  const members = new Map<string, Member>();
  let joined = 0;

  function rebalance(): void {
    const known = [...members.values()].map(({ id, share }) => ({ id, owned: share }));
    const shares = assignPartitions(known, partitions);
    for (const member of members.values()) {
      const share = shares.get(member.id) ?? [];
      if (share.join() === member.share.join()) continue;
      member.share = share;
      member.changed = true;
    }
  }

  function sweep(): void {
    let gone = false;
    for (const member of members.values()) {
      if (scheduler.now() - member.seen <= session_ms) continue;
      members.delete(member.id);
      gone = true;
    }
    if (gone) rebalance();
    scheduler.after(HEARTBEAT_MS, null, sweep);
  }
  sweep();

  function join(process: Process, version: string): SimulatedMembership {
    const name = assignerName(version);
    const listeners: (() => void)[] = [];
    let id = '';
    let generation = 0;
    let share: readonly number[] | null = null;
    let answeredAt = scheduler.now();
    let leaving = false;

    function tell(now: readonly number[] | null): void {
      share = now;
      generation += 1;
      for (const listener of listeners) listener();
    }

    function beat(): void {
      if (leaving) return;
      scheduler.after(HEARTBEAT_MS, process, beat);
      if (membership.cut) return;
      const member = members.get(id);
      if (member === undefined) {
        if (share !== null) tell(null);
        enter();
        return;
      }
      member.seen = scheduler.now();
      answeredAt = scheduler.now();
      if (!member.changed) return;
      member.changed = false;
      tell(member.share);
    }

    function enter(): void {
      // Members of another version are waited for.
      if ([...members.values()].some((other) => other.name !== name)) return;
      joined += 1;
      id = `${stage}-${joined}`;
      const member: Member = { id, name, version, seen: scheduler.now(), share: [], changed: true };
      members.set(id, member);
      const versions = new Set([...members.values()].map((of) => of.version));
      if (versions.size > 1) options.mixed([...versions]);
      rebalance();
      scheduler.after(chance.between(1, RETRY_MS), process, () => {
        if (leaving || !member.changed || membership.cut) return;
        member.changed = false;
        answeredAt = scheduler.now();
        tell(member.share);
      });
    }

    const membership: SimulatedMembership = {
      cut: false,
      session_ms,
      memberId: () => id,
      assignment: () => (share === null ? null : { generation, partitions: share }),
      onChange(listener) {
        listeners.push(listener);
      },
      answeredAt: () => answeredAt,
      async leave() {
        leaving = true;
        if (membership.cut) return;
        if (members.delete(id)) rebalance();
      },
    };
    scheduler.after(chance.between(1, 20), process, beat);
    return membership;
  }

  return { join };
}
