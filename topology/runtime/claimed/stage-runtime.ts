// Runs one stage on a shared log: an owner for each partition that the group gives us, until it is stopped or the log is away.
import type { Micros } from '../../../schemas/time.ts';
import type { Membership, SharedLog, Timing } from '../../log/shared-log.ts';
import type { Stage } from '../../stage.ts';
import { StageStopped } from '../stopped.ts';
import { type ClaimWatch, createClaimWatch } from './claim-watch.ts';
import { type Owner, startOwner } from './owner.ts';
import { SNAPSHOT_EVERY } from './snapshot-times.ts';

export interface StageRuntimeOptions {
  readonly log: SharedLog;
  readonly membership: Membership;
  readonly timing: Timing;
  /** Makes the stage for an owner with this claim. */
  readonly stage: (claim: string) => Stage<unknown>;
  /** One per process, shared by its stages. */
  readonly watch?: ClaimWatch;
  readonly snapshot_every_us?: Micros;
  readonly step_records?: number;
  /** How often an owner that has nothing to do looks at the clock and at its membership; default 250. */
  readonly look_ms?: number;
  /** A partition stands; the others go on. The alarm. */
  readonly on_stopped?: (stopped: StageStopped) => void;
  /** The log is away or refuses us: the process has to end, and be started again. */
  readonly on_failed?: (error: unknown) => void;
  readonly tell?: (event: string, detail: string) => void;
}

export interface TakenPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface StageRuntime {
  /** Partitions that are owned now, and whether each is beyond what stood when it was opened. */
  owned(): readonly { readonly partition: number; readonly current: boolean }[];
  stopped(): readonly StageStopped[];
  positions(): readonly TakenPosition[];
  stateOf(partition: number): unknown;
  /** Finishes what was taken, writes final snapshots, leaves the group. */
  stop(): Promise<void>;
}

const LOOK_MS = 250;

export function runStage(options: StageRuntimeOptions): StageRuntime {
  const { log, membership, timing } = options;
  const watch = options.watch ?? createClaimWatch(log);
  const owners = new Map<number, Owner>();
  const stopped = new Map<number, StageStopped>();
  let claims = 0;
  let stopping = false;
  let failed = false;

  /** Unlike any other: the member id is the group's, the number is ours. */
  function nextClaim(): string {
    claims += 1;
    return `${membership.memberId()}#${claims}`;
  }

  function assign(): void {
    const assigned = membership.assignment()?.partitions ?? [];
    for (const owner of owners.values()) owner.wake();
    if (stopping || failed) return;
    for (const partition of assigned) {
      if (owners.has(partition) || stopped.has(partition)) continue;
      const owner = startOwner({
        log,
        membership,
        timing,
        watch,
        stage: options.stage,
        partition,
        nextClaim,
        snapshot_every_us: options.snapshot_every_us ?? SNAPSHOT_EVERY,
        step_records: options.step_records ?? 256,
        ...(options.tell === undefined ? {} : { tell: options.tell }),
      });
      owners.set(partition, owner);
      owner.ended.then(
        () => ended(partition),
        (error: unknown) => ended(partition, error),
      );
    }
  }

  function ended(partition: number, error?: unknown): void {
    owners.delete(partition);
    if (error instanceof StageStopped) {
      stopped.set(partition, error);
      options.on_stopped?.(error);
    } else if (error !== undefined && !stopping) {
      failed = true;
      options.on_failed?.(error);
    }
    // Given back to us meanwhile.
    assign();
  }

  async function look(): Promise<void> {
    while (!stopping) {
      await timing.pause(options.look_ms ?? LOOK_MS);
      for (const owner of owners.values()) owner.wake();
    }
  }

  membership.onChange(assign);
  assign();
  const looking = look();

  return {
    owned: () => [...owners.values()].map((owner) => ({ partition: owner.partition, current: owner.isCurrent() })),
    stopped: () => [...stopped.values()],
    positions: () => [...owners.values()].flatMap((owner) => owner.positions()),
    stateOf: (partition) => owners.get(partition)?.state(),
    async stop() {
      stopping = true;
      const ending = [...owners.values()].map((owner) => {
        owner.stop();
        return owner.ended.catch(() => {});
      });
      await Promise.all(ending);
      await membership.leave();
      await looking;
    },
  };
}
