// The Java that is found is new enough, and where there is none, the message says what to do.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findJava, installedJava, majorOf } from './java.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-java-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A Java home that says it has this version. */
function home(name: string, version: string): string {
  const at = join(folder, name);
  mkdirSync(join(at, 'bin'), { recursive: true });
  writeFileSync(join(at, 'bin', 'java'), '#!/bin/sh\n');
  chmodSync(join(at, 'bin', 'java'), 0o755);
  writeFileSync(join(at, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
  return at;
}

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_401"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['JAVA_VERSION="21.0.8"', 21],
  ['command not found', 0],
])('%s → %d', (text, major) => {
  expect(majorOf(text)).toBe(major);
});

describe('the choice', () => {
  const old = home('old', '1000.1');
  const recent = home('recent', '2000.1');
  // Versions beyond every real one, so that what is installed here does not matter.
  it.each([
    [{ WEIR_JAVA_HOME: old, JAVA_HOME: recent }, 1000, old],
    [{ WEIR_JAVA_HOME: old, JAVA_HOME: recent }, 2000, recent],
    [{ PATH: join(recent, 'bin') }, 2000, recent],
    [{ WEIR_JAVA_HOME: old, JAVA_HOME: recent }, 3000, null],
  ])('with %o and at least %d is %s', (env, least, expected) => {
    expect(installedJava(least, env)).toBe(expected === null ? null : join(expected, 'bin', 'java'));
  });

  it('says what to install where there is none', () => {
    const env = { PATH: folder, XDG_CACHE_HOME: folder, PIP_NO_INDEX: '1' };
    expect(() => findJava(3000, 'Kafka', env)).toThrow(
      /Kafka needs Java 3000 or newer, none was found, and .* cannot be installed .*; install a JDK, or name one in WEIR_JAVA_HOME/,
    );
  });
});
