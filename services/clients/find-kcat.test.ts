// kcat is found or fetched; where it cannot be had, what is left out is said by name, or is a failure if that was asked for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runOfItsOwn } from '../../topology/kafka-broker/run-of-its-own.ts';
import { testTool } from '../../topology/kafka-broker/test-tool.ts';
import { findKcat } from './find-kcat.ts';
import { pythonPackages } from './python-packages.ts';

const empty = mkdtempSync(join(tmpdir(), 'weir-empty-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));
const NOWHERE = { PATH: empty, XDG_CACHE_HOME: empty };

const kcat = testTool('what kcat says of itself', findKcat);
it.skipIf(kcat === null)('kcat runs, and says what it can do', () => {
  expect(kcat?.features).toContain('JSON');
});

describe('without kcat, without apt and with an empty cache', () => {
  const run = (env: Readonly<Record<string, string>>) =>
    runOfItsOwn('services/clients/find-kcat.test.ts', 'kcat runs', { ...NOWHERE, ...env });

  it('a run passes, and says at its end what was left out and how it is mended', () => {
    const { status, said } = run({});
    expect(said).toContain(
      'left out for want of a tool, 1 (WEIR_TEST_STRICT=1 makes it a failure):\n  what kcat says of itself: kcat is not on the path, and there is no apt-get to fetch it with; install kcat (apt install kcat',
    );
    expect(said).toMatch(/Tests {2}\d+ skipped/);
    expect(status).toBe(0);
  });

  it('a strict run fails', () => {
    const { status, said } = run({ WEIR_TEST_STRICT: '1' });
    expect(said).toContain('kcat is not on the path');
    expect(status).toBe(1);
  });
});

it('without Python the packages of the examples are said to be missing', () => {
  expect(() => pythonPackages(NOWHERE)).toThrow(/need python3 and the packages of services\/clients\/requirements\.txt/);
});
