// A member of a consumer group, for the assignment alone: it joins, tells that it lives, and never fetches.
import kafkajs from 'kafkajs';
import { messageOf } from '../errors.ts';
import type { Membership } from '../shared-log.ts';
import { assignerName, assignPartitions } from './assign.ts';
import { type Broker, clusterOf } from './cluster.ts';
import { retrying, typeOf } from './retrying.ts';
import type { KafkaSettings } from './settings.ts';

export interface MembershipOptions {
  readonly settings: KafkaSettings;
  readonly group: string;
  /** Members of another version are kept out of the group until those of this one have left, and the other way round. */
  readonly version: string;
  /** On the broker: the topic whose partitions are shared out first; those of the same number of the others go along. */
  readonly topics: readonly string[];
  readonly partitions: number;
  /** The broker has been away for too long, or refuses us. */
  readonly failed: (error: unknown) => void;
  /** What is going on: `joined`, `rebalancing`, `thrown out`, `another version`. */
  readonly tell?: (event: string, detail: string) => void;
}

export interface KafkaMembership extends Membership {
  /** Tells how far the partitions were taken: for the lag that tools show, recovery does not use it. False: it was not taken. */
  commit(positions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]): Promise<boolean>;
}

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

/** Thrown out, or never in: the member id is worth nothing any more. */
const STRANGER = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);

export function joinGroup(options: MembershipOptions): KafkaMembership {
  const { settings, group: groupId, topics } = options;
  const cluster = clusterOf(settings);
  const name = assignerName(options.version);
  const listeners: (() => void)[] = [];
  let memberId = '';
  let generation = -1;
  let rebalances = 0;
  let partitions: readonly number[] | null = null;
  let answeredAt = performance.now();
  let coordinator: Broker | null = null;
  let leaving = false;
  let wake: (() => void) | null = null;
  const running = run().catch((error: unknown) => {
    if (!leaving) options.failed(error);
  });

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function assigned(now: readonly number[] | null): void {
    rebalances += 1;
    partitions = now;
    for (const listener of listeners) listener();
  }

  async function run(): Promise<void> {
    while (!leaving) {
      await retrying({ settings, closed: () => leaving }, async () => {
        try {
          coordinator ??= await findCoordinator();
          await join(coordinator);
        } catch (error) {
          if (STRANGER.has(typeOf(error))) memberId = '';
          if (typeOf(error) === 'INCONSISTENT_GROUP_PROTOCOL') return waitForOthers();
          if (typeOf(error) !== 'REBALANCE_IN_PROGRESS') coordinator = null;
          throw error;
        }
      });
      await stay();
    }
  }

  async function findCoordinator(): Promise<Broker> {
    await cluster.connect();
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadata();
    return cluster.findGroupCoordinator({ groupId });
  }

  /** The group waits for the last member of the other version, and so do we: the members must not mix. */
  async function waitForOthers(): Promise<void> {
    options.tell?.('another version', `${groupId} has members of another version than ${options.version}`);
    await pause(1_000);
  }

  async function join(at: Broker): Promise<void> {
    const userData = Buffer.from(JSON.stringify(partitions ?? []));
    const metadata = MemberMetadata.encode({ version: 0, topics: [...topics], userData });
    const joined = await at.joinGroup({
      groupId,
      sessionTimeout: settings.session_ms,
      rebalanceTimeout: settings.session_ms,
      memberId,
      groupProtocols: [{ name, metadata }],
    });
    memberId = joined.memberId;
    generation = joined.generationId;
    const groupAssignment = joined.leaderId === memberId ? shareOut(joined.members) : [];
    const sentAt = performance.now();
    const { memberAssignment } = await at.syncGroup({ groupId, generationId: generation, memberId, groupAssignment });
    answeredAt = sentAt;
    const decoded = memberAssignment.length === 0 ? null : MemberAssignment.decode(memberAssignment);
    const mine = decoded?.assignment[topics[0] ?? ''] ?? [];
    options.tell?.('joined', `generation ${generation}: ${mine.join(', ') || 'nothing'}`);
    assigned([...mine].sort((a, b) => a - b));
  }

  function shareOut(members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]) {
    const known = members.map((member) => ({ id: member.memberId, owned: ownedBy(member.memberMetadata) }));
    return [...assignPartitions(known, options.partitions)].map(([id, share]) => ({
      memberId: id,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries(topics.map((topic) => [topic, [...share]])),
        userData: Buffer.alloc(0),
      }),
    }));
  }

  /** Returns when the group has to be joined again. */
  async function stay(): Promise<void> {
    while (!leaving && partitions !== null) {
      await pause(settings.heartbeat_ms);
      if (leaving) return;
      const sentAt = performance.now();
      try {
        coordinator ??= await findCoordinator();
        await coordinator.heartbeat({ groupId, groupGenerationId: generation, memberId });
        answeredAt = sentAt;
      } catch (error) {
        const type = typeOf(error);
        if (type === 'REBALANCE_IN_PROGRESS') {
          answeredAt = sentAt;
          options.tell?.('rebalancing', groupId);
          return;
        }
        if (STRANGER.has(type)) {
          options.tell?.('thrown out', messageOf(error));
          memberId = '';
          assigned(null);
          return;
        }
        coordinator = null;
        if (performance.now() - answeredAt > settings.session_ms) return;
      }
    }
  }

  return {
    session_ms: settings.session_ms,
    memberId: () => memberId,
    assignment: () => (partitions === null ? null : { generation: rebalances, partitions }),
    onChange(listener) {
      listeners.push(listener);
    },
    answeredAt: () => answeredAt,
    async commit(positions) {
      const at = coordinator;
      if (at === null || partitions === null) return false;
      if (positions.length === 0) return true;
      const byTopic = positions.map(({ topic, partition, offset }) => ({
        topic,
        partitions: [{ partition, offset: String(offset) }],
      }));
      return at.offsetCommit({ groupId, groupGenerationId: generation, memberId, topics: byTopic }).then(
        () => true,
        () => false,
      );
    },
    async leave() {
      leaving = true;
      wake?.();
      await running;
      if (memberId !== '') await coordinator?.leaveGroup({ groupId, memberId }).catch(() => {});
      await cluster.disconnect().catch(() => {});
    },
  };
}

function ownedBy(metadata: Buffer): readonly number[] {
  const decoded = MemberMetadata.decode(metadata);
  if (decoded === null || decoded.userData.length === 0) return [];
  try {
    const owned: unknown = JSON.parse(decoded.userData.toString('utf8'));
    return Array.isArray(owned) ? owned.filter((partition) => Number.isInteger(partition)) : [];
  } catch {
    return [];
  }
}
