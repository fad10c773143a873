// The archive of a process on Kafka: the process itself, or a child of it where stages run beside.
import type { OpenLog } from '../../topology/registry/registered-log.ts';
import { startKafkaArchive } from '../archive/kafka-archive.ts';
import type { ArchiveSettings, KafkaSource } from '../archive/messages.ts';
import type { ArchiveReads } from '../gateway/ports.ts';
import { type ArchiveState, ownArchive } from './owned-archive.ts';
import type { OwnerLog } from './owner-events.ts';
import type { StageHealth } from './stage-health.ts';

export interface RunningArchive {
  health(): Pick<StageHealth, 'stages' | 'others'>;
  /** Null while it cannot be asked. */
  reads(): ArchiveReads | null;
  state(): { readonly state: ArchiveState; readonly detail: string };
  stop(): Promise<void>;
}

/** What a process runs beside its stages: an engine of its own must not keep them waiting. */
export function archiveBeside(settings: ArchiveSettings, tell: OwnerLog, away: (error: unknown) => void): RunningArchive {
  const archive = ownArchive({ settings, log: tell, letter: async () => undefined, away });
  return {
    health() {
      const [state, detail] = [archive.state(), archive.detail()];
      const archived = { ok: state === 'running', detail: detail === '' ? state : detail, needed: false };
      return { stages: [], others: { archive: archived } };
    },
    reads: archive.reads,
    state: () => ({ state: archive.state(), detail: archive.detail() }),
    stop: archive.stop,
  };
}

/** Resolves when it has begun to join its group. Throws what startKafkaArchive throws. */
export async function archiveHere(
  settings: ArchiveSettings,
  source: KafkaSource,
  openLog: OpenLog,
  tell: OwnerLog,
  failed: (error: unknown) => void,
): Promise<RunningArchive> {
  const archive = await startKafkaArchive(settings, source, openLog, {
    tell: (what, detail) => tell({ event: 'stage', stage: 'archive', what, detail }),
    trouble: (message) => tell({ event: 'archive-trouble', message }),
    failed,
  });
  tell({ event: 'archive-ready' });
  return {
    health: () => ({
      stages: [
        {
          name: 'archive',
          assigned: archive.assigned(),
          // A partition is behind as long as any topic of its number is.
          owned: (archive.assigned() ?? []).map((partition) => ({
            partition,
            current: archive.parts().every((part) => part.partition !== partition || part.current),
          })),
          stopped: archive.stopped(),
          silent_ms: archive.silent_ms(),
          session_ms: archive.session_ms,
          trouble: archive.trouble(),
        },
      ],
    }),
    reads: () => null,
    state: () => ({ state: archive.trouble() === '' ? 'running' : 'troubled', detail: archive.trouble() }),
    stop: archive.stop,
  };
}
