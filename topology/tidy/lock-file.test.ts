// The lock file: the same install everywhere, nothing unpinned, nothing that nobody vouches for.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
const lock = read('package-lock.json') as { readonly packages: Readonly<Record<string, Entry>> };
const manifest = read('package.json') as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('the lock file', () => {
  // `npm ci` refuses a lock that lacks a platform, and an install on one platform can drop the others from it.
  it.each(['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64'])(
    'lists the ClickHouse engine for %s',
    (platform) => {
      expect(lock.packages[`node_modules/@chdb/lib-${platform}`]).toMatchObject({ optional: true });
    },
  );

  it('has an integrity for every package that is installed everywhere', () => {
    const everywhere = entries.filter(([, entry]) => entry.os === undefined && entry.cpu === undefined);
    expect(everywhere.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  });

  it('names no git or file source, and no registry', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});

describe('package.json', () => {
  it('pins every direct package to one version', () => {
    const direct = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    );
    expect(direct.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
  });

  it('lets one package run an install script: the one that brings Node', () => {
    expect(manifest.allowScripts).toEqual({ node: true });
  });
});
