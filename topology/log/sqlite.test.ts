// The sqlite log: the conformance suite, and what only it promises: durability, shared commits, a full disk, other processes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testLog } from './conformance.ts';
import { tickDraft } from './conformance-draft.ts';
import { FencedError, LogFullError } from './errors.ts';
import { inFolder } from './in-folder.ts';
import type { Log } from './log.ts';
import { openSqliteLog } from './sqlite.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { bytesOf } from './sqlite-row.ts';

const folders = new Map<Log, string>();

testLog({
  name: 'sqlite',
  async make(topology) {
    const folder = mkdtempSync(join(tmpdir(), 'weir-'));
    const log = openSqliteLog({ path: join(folder, 'log.db'), topology });
    folders.set(log, folder);
    return log;
  },
  async destroy(log) {
    await log.close();
    rmSync(folders.get(log) ?? '', { recursive: true, force: true });
  },
});

const program = join(dirname(import.meta.filename), 'append-forever.ts');

function acknowledged(output: string): number {
  const lines = output.split('\n').slice(0, -1);
  return lines.length === 0 ? -1 : Number(lines.at(-1));
}

function killAfter(child: ChildProcess, lines: number): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (data) => {
      output += String(data);
      if (output.split('\n').length > lines) child.kill('SIGKILL');
    });
    child.on('close', () => resolve(output));
  });
}

describe('a sqlite log', () => {
  it('keeps records, ends, owners and incarnations over a restart', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const first = openSqliteLog({ path });
      const owner = await first.open('decision', 0);
      await first.append([tickDraft(1), tickDraft(2)], owner);
      first.markTaken([owner], 2);
      first.endInstant();
      const incarnation = await first.incarnation('journal.v1');
      await first.close();

      const second = openSqliteLog({ path });
      expect(second.endNow('journal.v1', 0)).toBe(2);
      expect(second.lastSequence()).toBe(2);
      expect(second.takenBy('decision', 0)).toBe(2);
      expect(second.readNow('journal.v1', 0, 0, 9).map((record) => record.id)).toEqual(['id-1', 'id-2']);
      expect(second.incarnationNow('journal.v1')).toBe(incarnation);
      expect((await second.open('decision', 0)).number).toBe(owner.number + 1);
      await second.close();
    }));

  it('survives kill -9: all that was acknowledged stands, every batch whole', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      let from = 0;
      for (const lines of [1, 23, 60]) {
        const output = await killAfter(spawn(process.execPath, [program, path, String(from)]), lines);
        const log = openSqliteLog({ path });
        const end = log.endNow('journal.v1', 0);
        expect(end).toBeGreaterThan(acknowledged(output));
        expect(log.endNow('orders.v1', 0)).toBe(end);
        expect(log.readNow('journal.v1', 0, 0, 10_000).map((record) => record.key)).toEqual(
          Array.from({ length: end }, (_, i) => `key-${i}`),
        );
        from = end;
        await log.close();
      }
    }));

  it('appends that wait share one commit, and each gets its own offsets', () =>
    inFolder(async (folder) => {
      const log = openSqliteLog({ path: join(folder, 'log.db') });
      const before = log.commits();
      const results = await Promise.all(Array.from({ length: 500 }, (_, i) => log.append([tickDraft(i)])));
      expect(log.commits() - before).toBe(1);
      expect(results.map((result) => result[0]?.offset)).toEqual(Array.from({ length: 500 }, (_, i) => i));
      await log.append([tickDraft(500)]);
      expect(log.commits() - before).toBe(2);
      await log.close();
    }));

  it('in virtual time instants share commits, and a crash never splits one', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const log = openSqliteLog({ path, durability: 'process', commit_records: 100 });
      for (let instant = 0; instant < 1_000; instant++) {
        log.appendNow([tickDraft(3 * instant), tickDraft(3 * instant + 1)]);
        log.appendNow([tickDraft(3 * instant + 2)]);
        log.endInstant();
      }
      expect(log.commits()).toBeLessThan(40);
      log.appendNow([tickDraft(9_999)]);
      const outside = openSqliteReader(path);
      const durable = outside.endOffset('journal.v1', 0);
      outside.close();
      expect(durable).toBeGreaterThan(2_800);
      expect(durable % 3).toBe(0);
      log.discard();
      expect(log.endNow('journal.v1', 0)).toBe(durable);
      await log.close();
    }));

  it('an owner that does not know of its successor in another process is refused by the append itself', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const paused = openSqliteLog({ path });
      const old = await paused.open('decision', 0);
      await paused.append([tickDraft(1)], old);
      const next = openSqliteLog({ path });
      const owner = await next.open('decision', 0);
      await next.append([tickDraft(2)], owner);
      await expect(paused.append([tickDraft(3)], old)).rejects.toThrow(FencedError);
      await paused.append([tickDraft(4)]);
      expect(paused.readNow('journal.v1', 0, 0, 9).map((record) => record.key)).toEqual(['key-1', 'key-2', 'key-4']);
      await paused.close();
      await next.close();
    }));

  it('another process reads while this one writes', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const log = openSqliteLog({ path });
      await log.append([tickDraft(1)]);
      const reader = openSqliteReader(path);
      await log.append([tickDraft(2), tickDraft(3, 0, 'orders.v1')]);
      expect(reader.endOffset('journal.v1', 0)).toBe(2);
      expect(reader.read('journal.v1', 0, 1, 9).map((record) => record.envelope.key)).toEqual(['key-2']);
      expect(reader.read('orders.v1', 0, 0, 9)[0]?.bytes).toEqual(Uint8Array.from(bytesOf(tickDraft(3))));
      reader.close();
      await log.close();
    }));

  it('listeners get records once they are durable, in order', () =>
    inFolder(async (folder) => {
      const log = openSqliteLog({ path: join(folder, 'log.db') });
      const seen: string[] = [];
      const stop = log.subscribe((records) => seen.push(...records.map((record) => record.key)));
      log.appendNow([tickDraft(1)]);
      expect(seen).toEqual([]);
      log.endInstant();
      await log.append([tickDraft(2)]);
      stop();
      await log.append([tickDraft(3)]);
      expect(seen).toEqual(['key-1', 'key-2']);
      await log.close();
    }));

  it('a value that its schema cannot hold is refused, and nothing of its batch stands', () =>
    inFolder(async (folder) => {
      const log = openSqliteLog({ path: join(folder, 'log.db') });
      const bad = { ...tickDraft(2), value: { tick_at: 'noon' } as never };
      await expect(log.append([tickDraft(1), bad])).rejects.toThrow();
      expect(log.endNow('journal.v1', 0)).toBe(0);
      await log.close();
    }));
});

describe('a full disk', () => {
  it('at the page limit: a named error, everything acknowledged stands, and with room it goes on', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const small = openSqliteLog({ path, max_pages: 40 });
      let stood = 0;
      let failure: unknown = null;
      while (failure === null) {
        await small.append([tickDraft(stood)]).then(
          () => {
            stood += 1;
          },
          (error: unknown) => {
            failure = error;
          },
        );
      }
      expect(failure).toBeInstanceOf(LogFullError);
      expect(small.endNow('journal.v1', 0)).toBe(stood);
      await small.close();

      const roomy = openSqliteLog({ path });
      expect(roomy.endNow('journal.v1', 0)).toBe(stood);
      await roomy.append([tickDraft(stood)]);
      expect(roomy.readNow('journal.v1', 0, stood, 1)[0]?.key).toBe(`key-${stood}`);
      await roomy.close();
    }));

  it('at the file size limit of the process: the same', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const run = spawnSync('sh', ['-c', `ulimit -f 400; exec "${process.execPath}" "${program}" "${path}" 0`], {
        encoding: 'utf8',
      });
      expect(run.stderr).toMatch(/no space left for .*log\.db/);
      expect(run.status).toBe(7);
      const log = openSqliteLog({ path });
      expect(log.endNow('journal.v1', 0)).toBe(acknowledged(run.stdout) + 1);
      await log.append([tickDraft(log.endNow('journal.v1', 0))]);
      await log.close();
    }));
});
