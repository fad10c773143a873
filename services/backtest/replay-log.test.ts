// Every decision of a run can be recomputed from its journal to the byte, from the beginning or from a snapshot, or it is said why not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import type { Decision } from '../../schemas/records.generated.ts';
import { HOUR, parseTime } from '../../schemas/time.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { openSqliteReader, type SqliteReader, type StoredRecord } from '../../topology/log/sqlite-reader.ts';
import { decisionStage } from '../decision/stage.ts';
import { pathsOf, saveDeployment } from '../deployment/data-directory.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';
import { marketEvents } from '../market/market.ts';
import { FULL, seededDraws } from './crash/extent.ts';
import { weir } from './crash/weir-child.ts';
import { JournalMissingError, replayDecisions } from './replay-log.ts';
import { runVirtual } from './run.ts';
import { backtestSetup, STANDARD_REQUEST } from './setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-replay-'));
const until = parseTime('2022-01-07T12:00:00Z');
const setup = backtestSetup({ ...STANDARD_REQUEST, cash: decimal('10000'), until: FULL ? null : until });
const { deployment } = setup;
const stage = decisionStageOf(deployment);
const paths = pathsOf(folder);
let reader: SqliteReader;
let all: StoredRecord[];

const decisionOf = (stored: StoredRecord | undefined): Decision => {
  if (stored?.envelope.type !== 'Decision') throw new Error('expected a Decision');
  return stored.envelope.value;
};
const ask = (wanted: readonly StoredRecord[]) => replayDecisions({ reader, partitions: 1, stage }, wanted);
const entry = (): StoredRecord => {
  const found = all.findLast((stored) => decisionOf(stored).kind === 'ENTRY' && decisionOf(stored).action === 'EXECUTE');
  if (found === undefined) throw new Error('the window has no entry');
  return found;
};

beforeAll(() => {
  saveDeployment(paths, deployment, false);
  const log = openSqliteLog({ path: paths.log, durability: 'process' });
  runVirtual({ deployment, log, market: marketEvents(setup.series, setup.market), snapshot_every_us: 24 * HOUR });
  void log.close();
  reader = openSqliteReader(paths.log);
  all = reader.read('decisions.v1', 0, 0, 1_000_000);
}, 300_000);

afterAll(() => {
  reader.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('replay of a run', () => {
  it('recomputes 100 random decisions to the byte in one pass', { timeout: 300_000 }, () => {
    const draw = seededDraws('replay');
    const pool = [...all];
    const wanted = Array.from({ length: 100 }, () => pool.splice(Math.floor(draw() * pool.length), 1)[0]).filter(
      (stored) => stored !== undefined,
    );
    expect(wanted).toHaveLength(100);
    const differing = ask(wanted).filter(({ difference }) => difference !== null);
    expect(differing).toEqual([]);
  });

  it('recomputes every entry and exit', { timeout: 300_000 }, () => {
    const wanted = all.filter((stored) => ['ENTRY', 'EXIT'].includes(decisionOf(stored).kind));
    expect(wanted.length).toBeGreaterThan(5);
    expect(ask(wanted).map(({ difference }) => difference)).toEqual(wanted.map(() => null));
  });

  it('starts from the nearest snapshot before the decision', () => {
    const [last] = ask(all.slice(-1));
    expect(last?.difference).toBeNull();
    expect(last?.folded_from).toBeGreaterThan(0);
    expect(ask(all.slice(0, 1))[0]?.folded_from).toBe(0);
  });

  it('names the first field of a decision that was tampered with', () => {
    const stored = entry();
    const value: Decision = { ...decisionOf(stored), reason_detail: 'forged' };
    const forged = { ...stored, envelope: { ...stored.envelope, value } } as StoredRecord;
    expect(ask([forged])[0]?.difference).toMatchObject({ field: 'reason_detail', recorded: 'forged' });
  });

  it('sees a flipped byte although the fields were not read', () => {
    const stored = entry();
    const bytes = Uint8Array.from(stored.bytes);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(ask([{ ...stored, bytes }])[0]?.difference?.field).toBe('bytes');
  });

  it('says of a decision that the journal does not lead to that it is not decided', () => {
    const stored = entry();
    const value: Decision = { ...decisionOf(stored), decision_id: 'f'.repeat(64) };
    const forged = { ...stored, envelope: { ...stored.envelope, value } } as StoredRecord;
    expect(ask([forged])[0]?.difference).toMatchObject({ field: 'decision_id', replayed: 'not decided' });
  });

  it('names another stage version and still compares the rest', () => {
    const other = decisionStage({
      stage_version: 'other',
      currency: deployment.currency,
      paper_backend: 'SIMULATED',
      candle_interval_us: deployment.base_interval_us,
    });
    const [replayed] = replayDecisions({ reader, partitions: 1, stage: other }, [entry()]);
    expect(replayed).toMatchObject({ other_version: stage.version, difference: null, folded_from: 0 });
  });
});

describe('a journal that is no longer whole', () => {
  const cases: readonly [string, string, (offset: number) => readonly [number, number]][] = [
    ['a range in the middle', 'off BETWEEN 100 AND 199', () => [100, 199]],
    ['its beginning', 'off < 50', () => [0, 49]],
    ['its end', 'off >= 300', (offset) => [300, offset]],
  ];
  it.each(cases)('without %s it names the offsets', (_, where, expected) => {
    const cut = join(folder, 'cut.sqlite');
    rmSync(cut, { force: true });
    const database = new DatabaseSync(paths.log);
    database.exec(`VACUUM INTO '${cut}'`);
    database.close();
    const edit = new DatabaseSync(cut);
    edit.exec(`DELETE FROM records WHERE topic = (SELECT id FROM topics WHERE name = 'snapshots.v1')`);
    edit.exec(`DELETE FROM records WHERE topic = (SELECT id FROM topics WHERE name = 'journal.v1') AND ${where}`);
    edit.close();
    const left = openSqliteReader(cut);
    const stored = entry();
    const [from, to] = expected(decisionOf(stored).journal.offset);
    expect(() => replayDecisions({ reader: left, partitions: 1, stage }, [stored])).toThrow(new JournalMissingError(0, from, to));
    left.close();
  });
});

/** The policy of the run with one threshold changed. */
function threshold(line: string): string {
  const path = join(folder, 'changed.yaml');
  writeFileSync(path, `extends: demo\n${line}\n`);
  return path;
}

describe('weir replay', () => {
  const id = () => decisionOf(entry()).decision_id;
  const rows: readonly [string, (id: string) => string[], number, RegExp][] = [
    ['the whole id', (of) => [of], 0, /equal: the same bytes/],
    ['a prefix', (of) => [of.slice(0, 12)], 0, /equal: the same bytes/],
    ['the same policy', (of) => [of, '--policy', 'demo'], 0, /equal in every other field/],
    [
      'a stricter policy',
      (of) => [of, '--policy', 'conservative'],
      3,
      /differs at [a-z_]+\n {2}recorded .+\n {2}replayed .+\nwould be: BLOCK/,
    ],
    [
      'a threshold that now binds',
      (of) => [of, '--policy', threshold('confidence: { min: 0.99 }')],
      3,
      /differs at action\n.*EXECUTE\n.*(SKIP|BLOCK)\nwould be: \w+ CONFIDENCE_LOW/,
    ],
    [
      'a threshold that does not bind',
      (of) => [of, '--policy', threshold('confidence: { min: 0.01 }')],
      3,
      /differs at gates\.\d+\.limit/,
    ],
    ['too short a prefix', (of) => [of.slice(0, 7)], 2, /at least 8 hex digits/],
    ['an id that nobody has', () => ['0123456789abcdef'], 4, /DECISION_NOT_FOUND/],
    ['a policy that is no file', (of) => [of, '--policy', 'none.yaml'], 78, /FILE_UNREADABLE: .*none\.yaml/],
  ];
  it.each(rows)('with %s', async (_, words, code, said) => {
    const ended = await weir('replay', ...words(id()), '--data', folder);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(said);
    expect(ended.code).toBe(code);
  });

  it('answers a program in JSON', async () => {
    const ended = await weir('replay', id(), '--data', folder, '--json');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      version: 1,
      decision_id: id(),
      equal: true,
      difference: null,
      recorded: { action: 'EXECUTE', reason_code: 'ENTRY_APPROVED' },
      replayed: { action: 'EXECUTE', reason_code: 'ENTRY_APPROVED' },
    });
  });
});
