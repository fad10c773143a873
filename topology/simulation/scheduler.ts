// One thread, virtual time: what happens next is the earliest event; between two events every promise that can go on does.
import type { Chance } from './chance.ts';

/** What can be killed (it never runs again) and paused (what was to happen to it happens when it wakes). */
export interface Process {
  readonly name: string;
  alive: boolean;
  /** Virtual ms. */
  paused_until: number;
  /** Its wall clock beside the true one, µs. */
  clock_offset: number;
}

export interface Scheduler {
  /** Virtual ms since the start. */
  now(): number;
  /** Events that have happened. */
  events(): number;
  /** `process` null: the world itself, which nobody kills. */
  after(ms: number, process: Process | null, run: () => void): void;
  /** Resolves after so many ms; never if the process is killed. */
  pause(ms: number, process: Process): Promise<void>;
  /** Until the virtual time. */
  run(until: number): Promise<void>;
}

interface Event {
  readonly at: number;
  readonly process: Process | null;
  readonly run: () => void;
}

export function newProcess(name: string): Process {
  return { name, alive: true, paused_until: 0, clock_offset: 0 };
}

export function createScheduler(chance: Chance): Scheduler {
  /** Latest first. */
  const events: Event[] = [];
  let now = 0;
  let happened = 0;

  function add(at: number, process: Process | null, run: () => void): void {
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    // Before those of the same time: they were there first, and are taken from the end.
    events.splice(low, 0, { at, process, run });
  }

  return {
    now: () => now,
    events: () => happened,
    after: (ms, process, run) => add(now + ms, process, run),
    pause(ms, process) {
      return new Promise((resolve) => {
        // Who waits for nothing still lets others go first, now and then by a little more.
        add(now + Math.max(ms, chance.between(0.05, 0.5)), process, resolve);
      });
    },
    async run(until) {
      await settled();
      for (let event = events.pop(); event !== undefined; event = events.pop()) {
        if (event.at > until) {
          events.push(event);
          break;
        }
        now = Math.max(now, event.at);
        const { process } = event;
        if (process !== null) {
          if (!process.alive) continue;
          if (process.paused_until > now) {
            add(process.paused_until, process, event.run);
            continue;
          }
        }
        happened += 1;
        event.run();
        await settled();
      }
      now = Math.max(now, Math.min(until, events.at(-1)?.at ?? until));
    },
  };
}

/** Every promise that can go on without the passing of virtual time has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
