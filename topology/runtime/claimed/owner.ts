// One owner of a stage's partition: claims it, recovers, then takes, publishes and snapshots until it is no longer the owner.
import { DAY, type Micros } from '../../../schemas/time.ts';
import type { AnyEnvelope } from '../../envelope.ts';
import { type Claim, slotOf } from '../../log/claims.ts';
import type { Draft } from '../../log/draft.ts';
import { AppendFailedError, isLogError, LogHoleError, messageOf, OffsetGoneError } from '../../log/errors.ts';
import type { Membership, Outgoing, SharedLog, Timing } from '../../log/shared-log.ts';
import type { Stage } from '../../stage.ts';
import { stageOf } from '../../stages.ts';
import { StageStopped } from '../stopped.ts';
import { createTask, type Task } from '../task.ts';
import { writeAlarm } from './alarm.ts';
import type { ClaimWatch, Watched } from './claim-watch.ts';
import { fill, type Input, sinceWhen } from './input.ts';
import { readLetters } from './letters.ts';
import { inputsOf, outputsOf, type Place, placeText } from './outputs.ts';
import { acknowledged, checkPassed, isCaughtUp, meetOwn, newOwnOutput, type OwnOutput, stands } from './own-outputs.ts';
import { readThrough } from './read-through.ts';
import { turnOf } from './snapshot-times.ts';
import { type FoundSnapshot, newestSnapshot, writeSnapshot } from './snapshots.ts';
import { takeSome } from './take-some.ts';
import { takenOf } from './taken.ts';

export interface OwnerOptions {
  readonly log: SharedLog;
  readonly membership: Membership;
  readonly timing: Timing;
  readonly watch: ClaimWatch;
  /** Makes the stage for an owner with this claim. */
  readonly stage: (claim: string) => Stage<unknown>;
  readonly partition: number;
  /** New for every Claim. */
  readonly nextClaim: () => string;
  readonly snapshot_every_us: Micros;
  /** Records taken in one step at most: between two steps others get their turn. */
  readonly step_records: number;
  readonly tell?: (event: string, detail: string) => void;
}

export interface Owner {
  readonly partition: number;
  /** Resolves when it has ended: revoked or stopped as asked; rejects with StageStopped, or with what the log refuses. */
  readonly ended: Promise<void>;
  /** Finishes what it has, writes a final snapshot, ends. */
  stop(): void;
  /** The assignment or the time has changed: looks again. */
  wake(error?: unknown): void;
  /** Open, and beyond what stood when it was opened. */
  isCurrent(): boolean;
  state(): unknown;
  /** Next offset to be taken of each input partition. */
  positions(): readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** Somebody else may own the partition: what was done is worth nothing. */
class Superseded extends Error {
  override readonly name = 'Superseded';
}

interface Opened {
  readonly task: Task;
  readonly inputs: readonly Input[];
  readonly outputs: readonly OwnOutput[];
  readonly watched: Map<OwnOutput, Watched>;
  /**
   * What is taken before anything else, one after the other, up to the ends when it was opened: first the other inputs; of an
   * effect then the assigned one, because it may say that its books are complete only when it knows all it was asked for.
   */
  catch_up: Map<Input, number>[];
  claim: Claim | null;
  claim_day: number;
  snapshot_at: Micros;
  /** Older snapshots than those from there on were deleted. */
  snapshots_from: number;
  /** Resolves when the snapshot on its way stands. */
  writing: Promise<void>;
}

const FAILED_PAUSE_MS = 200;

export function startOwner(options: OwnerOptions): Owner {
  const { log, membership, timing, watch, partition } = options;
  let stopping = false;
  let current = false;
  let opened: Opened | null = null;
  let woken = false;
  let trouble: unknown = null;
  let sleeper: (() => void) | null = null;
  /** Claims of ours that are in force or on their way; any other one ends the ownership. */
  let ours = new Set<string>();

  function wake(error?: unknown): void {
    trouble ??= error ?? null;
    woken = true;
    sleeper?.();
    sleeper = null;
  }

  async function sleep(): Promise<void> {
    if (!woken) {
      await new Promise<void>((resolve) => {
        sleeper = resolve;
      });
    }
    woken = false;
    if (trouble === null) return;
    const error = trouble;
    trouble = null;
    throw error;
  }

  function isAssigned(): boolean {
    return membership.assignment()?.partitions.includes(partition) ?? false;
  }

  /** Throws where nothing may be published any more: not the assigned member, or not sure to be. */
  function checkMember(): void {
    if (!isAssigned()) throw new Superseded('the partition was given to another member');
    const silent = timing.monotonic() - membership.answeredAt();
    if (silent > membership.session_ms) throw new Superseded(`no heartbeat was answered for ${Math.round(silent)} ms`);
  }

  async function run(): Promise<void> {
    while (isAssigned() && !stopping) {
      if (trouble instanceof Superseded) trouble = null;
      try {
        return await ownOnce();
      } catch (error) {
        if (error instanceof StageStopped) await writeAlarm(log, options.stage(''), error, timing.now()).catch(letterFailed);
        if (!(error instanceof Superseded || error instanceof AppendFailedError)) throw named(error);
        options.tell?.('discarded', messageOf(error));
        if (isAssigned()) await timing.pause(FAILED_PAUSE_MS);
      }
    }
  }

  /** The partition stands whether or not its letter could be written. */
  function letterFailed(error: unknown): void {
    options.tell?.('letter-failed', messageOf(error));
  }

  async function ownOnce(): Promise<void> {
    const watched: Watched[] = [];
    try {
      opened = await open(watched);
      await live(opened);
    } finally {
      for (const of of watched) of.leave();
      const writing = opened?.writing;
      opened = null;
      current = false;
      await writing?.catch(() => {});
    }
  }

  /** What is wrong with the log itself stops the partition. */
  function named(error: unknown): unknown {
    if (!(error instanceof LogHoleError || error instanceof OffsetGoneError)) return error;
    const at = error instanceof LogHoleError ? error : { topic: '', partition, offset: 0 };
    return new StageStopped(options.stage('').name, partition, 'LOG_CHANGED', at, messageOf(error), error);
  }

  async function open(joined: Watched[]): Promise<Opened> {
    checkMember();
    const { topology } = log;
    const id = options.nextClaim();
    const stage = options.stage(id);
    const row = stageOf(stage.name);
    const slot = slotOf(stage.name, row.inputs[0]?.topic ?? '', partition);
    const places = outputsOf(row, partition, topology);
    const claimed = places.filter((place) => place.claimed);
    const claim = claimed.length === 0 ? null : { slot, id };
    ours = new Set([id]);
    const claimAt = new Map<string, number>();
    if (claim !== null) {
      const result = await log.append(
        claimed.map(({ topic, partition: of }): Outgoing => ({ kind: 'CLAIM', topic, partition: of, claim })),
      );
      for (const to of result) claimAt.set(placeText(to), to.offset);
    }
    const snapshot = await newestSnapshot(log, stage.name, stage.version, partition);
    const task = createTask(stage, partition, topology, true);
    if (snapshot !== null) task.remember(snapshot.memory, snapshot.version);
    task.parked = (await readLetters(log, stage.name, partition)).parked;

    const outputs: OwnOutput[] = [];
    const watched = new Map<OwnOutput, Watched>();
    for (const place of places) {
      const start = await log.startOffset(place.topic, place.partition);
      const from = snapshot?.outputs.find((of) => of.topic === place.topic && of.partition === place.partition);
      if (from !== undefined && start > from.end) throw gone({ ...place, offset: from.end }, start);
      const output = newOwnOutput(place, start, from);
      const at = claimAt.get(placeText(place));
      const end = at === undefined ? await log.endOffset(place.topic, place.partition) : at + 1;
      await readThrough(log, place, output.next, end, (entry) => meetOwn(task, output, slot, entry));
      output.next = Math.max(output.next, end);
      if (claim !== null && at !== undefined) {
        if (output.table.get(slot) !== claim.id) throw new Superseded('claimed by another while opening');
        const of = join(output, claim, at);
        joined.push(of);
        watched.set(output, of);
      }
      outputs.push(output);
    }
    const inputs = await openInputs(task, snapshot, outputs);
    const [others, asked] = [new Map<Input, number>(), new Map<Input, number>()];
    const [assigned] = row.inputs;
    for (const input of inputs) {
      const first = input.place.topic !== assigned?.topic;
      if (!first && row.kind !== 'effect') continue;
      (first ? others : asked).set(input, await log.endOffset(input.place.topic, input.place.partition));
    }
    const catch_up = [others, asked].filter((phase) => phase.size > 0);
    const now = timing.now();
    options.tell?.('opened', `${stage.name}/${partition} as ${id}${snapshot === null ? '' : ` from ${snapshot.version}`}`);
    const snapshots_from = snapshot?.searched_from ?? 0;
    const snapshot_at = now - Math.floor(turnOf(row, partition, topology) * options.snapshot_every_us);
    const writing = Promise.resolve();
    return { task, inputs, outputs, watched, catch_up, claim, claim_day: dayOf(now), snapshot_at, snapshots_from, writing };
  }

  function join(output: OwnOutput, claim: Claim, at: number): Watched {
    const watched = watch.join(output.place, output.next, output.table, claim.slot, (id, offset) => {
      if (offset > at && !ours.has(id)) wake(new Superseded(`claimed by ${id} at ${placeText(output.place)} offset ${offset}`));
    });
    const inForce = watched.table().get(claim.slot);
    if (watched.position() > output.next && inForce !== undefined && !ours.has(inForce)) {
      watched.leave();
      throw new Superseded(`claimed by ${inForce} meanwhile`);
    }
    return watched;
  }

  async function openInputs(task: Task, snapshot: FoundSnapshot | null, outputs: readonly OwnOutput[]): Promise<Input[]> {
    const inputs: Input[] = [];
    for (const place of inputsOf(task, log.topology)) {
      const start = await log.startOffset(place.topic, place.partition);
      const from = snapshot?.inputs.find((of) => of.topic === place.topic && of.partition === place.partition);
      const track = task.trackOf(place.topic, place.partition);
      if (from !== undefined) track.next = from.next;
      const published = outputs.some((output) => output.inputs.has(placeText(place)));
      if (track.next < start && (from !== undefined || published)) throw gone({ ...place, offset: track.next }, start);
      track.next = Math.max(track.next, start);
      const table = new Map(from?.table ?? []);
      const since = from === undefined ? await sinceWhen(log, place, track.next) : 0;
      inputs.push({ place, table, from: track.next, since, queue: [], read: track.next, ready: true });
    }
    return inputs;
  }

  /** Records that we have still to read are no longer there. */
  const gone = (at: Place & { readonly offset: number }, start: number): StageStopped =>
    new StageStopped(options.stage('').name, partition, 'LOG_CHANGED', at, `the partition starts at offset ${start}`);

  async function live(of: Opened): Promise<void> {
    for (;;) {
      if (trouble !== null) await sleep();
      if (!isAssigned()) return;
      checkMember();
      const [phase] = of.catch_up;
      const inputs = phase === undefined ? of.inputs : [...phase.keys()];
      for (const input of inputs) {
        const most = (phase?.get(input) ?? Number.POSITIVE_INFINITY) - input.read;
        if (most > 0) await fill(log, input, Math.min(options.step_records, most), wake);
      }
      const out: Draft[] = [];
      let first: AnyEnvelope | null = null;
      let failed: StageStopped | null = null;
      try {
        first = takeSome(of.task, inputs, options.step_records, timing.now(), out, phase ?? null);
      } catch (error) {
        if (!(error instanceof StageStopped)) throw error;
        failed = error;
      }
      const published = await publish(of, out, first);
      failed = published ?? failed;
      if (failed !== null) throw failed;
      for (const output of of.outputs) checkPassed(of.task, output);
      for (const [input, end] of phase ?? [])
        if (of.task.trackOf(input.place.topic, input.place.partition).next >= end) phase?.delete(input);
      if (phase?.size === 0) of.catch_up.shift();
      const waits = (input: Input): boolean => input.queue.length === 0 && !input.ready;
      const held = first === null && inputs.some((input) => waits(input) && input.read < (phase?.get(input) ?? 0));
      const idle = phase?.size !== 0 && (held || inputs.every(waits));
      current = of.catch_up.length === 0 && (current || (idle && isCaughtUp(of.task, of.outputs)));
      const now = timing.now();
      if (of.claim !== null && dayOf(now) !== of.claim_day) await claimAnew(of, of.claim, now);
      if (stopping || now >= of.snapshot_at + options.snapshot_every_us) await snapshotIfDue(of, now);
      if (stopping) return of.writing;
      if (idle) await sleep();
      else await timing.pause(0);
    }
  }

  /** A value that no log takes is a bug of the stage: it is returned. */
  async function publish(of: Opened, out: readonly Draft[], first: AnyEnvelope | null): Promise<StageStopped | null> {
    const { task } = of;
    const lacking: Draft[] = [];
    for (const draft of out) {
      const output = outputOf(of, draft);
      if (output === undefined) {
        const message = `${draft.type} for ${draft.topic}/${draft.partition} lies outside of what the partition may write`;
        return new StageStopped(task.stage.name, partition, 'EXCEPTION', first ?? draft, message);
      }
      if (!stands(task, output, draft)) lacking.push(draft);
    }
    // An order is never known before the decision that it comes from.
    const orders = lacking.filter((draft) => draft.topic === 'orders.v1');
    const others = lacking.filter((draft) => draft.topic !== 'orders.v1');
    try {
      for (const batch of [others, orders]) await append(of, batch);
    } catch (error) {
      if (error instanceof Superseded || isLogError(error) || first === null) throw error;
      return new StageStopped(task.stage.name, partition, 'EXCEPTION', first, messageOf(error), error);
    }
    return null;
  }

  async function append(of: Opened, batch: readonly Draft[]): Promise<void> {
    if (batch.length === 0) return;
    if (trouble !== null) await sleep();
    checkMember();
    await log.append(
      batch.map((draft): Outgoing => ({ kind: 'RECORD', draft, claim: outputOf(of, draft)?.place.claimed ? of.claim : null })),
    );
    for (const draft of batch) {
      const output = outputOf(of, draft);
      if (output !== undefined) acknowledged(output, draft);
    }
  }

  function outputOf(of: Opened, draft: Draft): OwnOutput | undefined {
    return of.outputs.find(({ place }) => place.topic === draft.topic && place.partition === draft.partition);
  }

  /** Retention must not outlive the Claim of a record that is still kept. */
  async function claimAnew(of: Opened, claim: Claim, now: Micros): Promise<void> {
    const next = { slot: claim.slot, id: options.nextClaim() };
    ours.add(next.id);
    const claimed = of.outputs.filter((output) => output.place.claimed);
    const result = await log.append(
      claimed.map(({ place }): Outgoing => ({ kind: 'CLAIM', topic: place.topic, partition: place.partition, claim: next })),
    );
    for (const to of result) {
      const output = claimed.find(({ place }) => place.topic === to.topic && place.partition === to.partition);
      if (output === undefined) continue;
      output.next = to.offset + 1;
      await of.watched.get(output)?.reaches(output.next);
    }
    if (trouble !== null) await sleep();
    of.claim = next;
    of.claim_day = dayOf(now);
  }

  /** Acknowledged is not yet counted: only what was read back without a foreign Claim goes into it. Work goes on while it is written. */
  async function snapshotIfDue(of: Opened, now: Micros): Promise<void> {
    const { task } = of;
    of.snapshot_at = now;
    if (!isCaughtUp(task, of.outputs) || of.catch_up.length > 0) return;
    await of.writing;
    for (const output of of.outputs) await of.watched.get(output)?.reaches(output.next);
    if (trouble !== null) await sleep();
    checkMember();
    const taken = await takenOf(log, task, of.inputs, of.outputs, of.watched);
    const { name, version } = task.stage;
    const snapshot = { stage: name, partition, version, claim: of.claim?.id ?? '', memory: task.memory, ...taken };
    of.writing = writeSnapshot(log, snapshot, now, of.snapshots_from).then((from) => {
      of.snapshots_from = from;
    });
    of.writing.catch((error: unknown) => {
      if (opened === of) wake(error);
    });
  }

  const ended = Promise.resolve().then(run);
  ended.catch(() => {});
  return {
    partition,
    ended,
    stop() {
      stopping = true;
      wake();
    },
    wake,
    isCurrent: () => current,
    state: () => opened?.task.memory.state,
    positions: () =>
      opened?.task.memory.tracks.map((track) => ({ topic: track.topic, partition: track.partition, offset: track.next })) ?? [],
  };
}

function dayOf(at: Micros): number {
  return Math.floor(at / DAY);
}
