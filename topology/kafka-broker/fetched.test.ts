// Only bytes that are in the list are ever run, and what is missing on this machine is said.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { faultsOf, fetched, maven, parseChecksums } from './fetched.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-fetched-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
const LIST = parseChecksums(`${sum('a')}  a.jar\n${sum('b')}  b.jar\n`);

function put(files: Readonly<Record<string, string>>, into: string): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(into, name), text);
}

describe('a folder of known files', () => {
  it.each([
    [{ 'a.jar': 'a', 'b.jar': 'b' }, []],
    [{ 'a.jar': 'a' }, ['b.jar is missing']],
    [{ 'a.jar': 'a', 'b.jar': 'x' }, [`b.jar has sha256 ${sum('x')}, expected ${sum('b')}`]],
    [{ 'a.jar': 'a', 'b.jar': 'b', 'c.jar': 'c' }, ['c.jar is not in the list']],
  ])('%o → %j', (files, faults) => {
    put(files, folder);
    expect(faultsOf(folder, LIST)).toEqual(faults);
  });

  it('is fetched once, and again when it was altered', () => {
    const target = join(folder, 'jars');
    let times = 0;
    const fetch = (into: string): void => {
      times += 1;
      put({ 'a.jar': 'a', 'b.jar': 'b' }, into);
    };
    expect([fetched(target, LIST, fetch), fetched(target, LIST, fetch), times]).toEqual([target, target, 1]);
    writeFileSync(join(target, 'a.jar'), 'evil');
    fetched(target, LIST, fetch);
    expect([times, readFileSync(join(target, 'a.jar'), 'utf8'), readdirSync(folder)]).toEqual([2, 'a', ['jars']]);
  });

  it('is refused whole when the repository gives other bytes', () => {
    const target = join(folder, 'jars');
    expect(() => fetched(target, LIST, (into) => put({ 'a.jar': 'a', 'b.jar': 'evil' }, into))).toThrow(
      /not what was expected: b\.jar has sha256 .*nothing of it was run/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has a list without a malformed line', () => {
    expect(() => parseChecksums('abc  a.jar')).toThrow(/"abc {2}a\.jar" is not/);
    const jars = parseChecksums(readFileSync(join(import.meta.dirname, 'jars.sha256'), 'utf8'));
    expect([...jars.keys()]).toContain('kafka_2.13-4.3.0.jar');
  });
});

describe('what is missing is said', () => {
  it('Maven that cannot fetch', () => {
    expect(() => maven(['-o', 'no-such-goal:at-all'], folder, 'Kafka 0')).toThrow(
      /Maven could not fetch Kafka 0: .*settings of Maven/,
    );
  });

  it('no Maven', () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      expect(() => maven([], folder, 'Kafka 0')).toThrow(/no mvn on the path; install Maven/);
    } finally {
      process.env.PATH = path;
    }
  });
});

it.each([
  [{ XDG_CACHE_HOME: '/c' }, 'linux', /^\/c\/weir\/x$/],
  [{}, 'linux', /\/\.cache\/weir\/x$/],
  [{}, 'darwin', /\/Library\/Caches\/weir\/x$/],
])('the cache with %o on %s lies in %s', (env, platform, expected) => {
  expect(cacheFolder('x', env, platform)).toMatch(expected);
});
