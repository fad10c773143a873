// What the monitor takes from the shipped profiles.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PROFILES, resolvePolicy } from '../policy/resolve.ts';
import { newMonitor, policyOf } from './example.ts';
import { RULES } from './rules/rules.ts';
import { settingsOf } from './settings.ts';

function profile(name: string): unknown {
  return parse(readFileSync(new URL(`../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
}

function settingsIn(name: string) {
  const { document } = resolvePolicy(profile(name), profile);
  return settingsOf(policyOf(document));
}

test.each(PROFILES.map((name) => [name]))('%s is understood', (name) => {
  expect(settingsIn(name)).not.toBeNull();
});

test.each([['paper'], ['live']])('%s: every rule is on', (name) => {
  expect(settingsIn(name)?.enabled).toEqual(RULES.map(() => true));
});

test('bench: only the plan itself ends a position', () => {
  const settings = settingsIn('bench');
  expect(RULES.filter((_, i) => settings?.enabled[i] === true).map((rule) => rule.name)).toEqual(['STOP_LOSS', 'TAKE_PROFIT']);
  expect(settings?.flash).toBe(false);
});

test('an activation takes effect with the next record; no portfolio with FLASH_CRASH, no mids', () => {
  const m = newMonitor();
  const { document } = resolvePolicy(profile('bench'), profile);
  m.give('PolicyActivated', policyOf(document));
  expect([m.state.settings.has('pf-1'), m.state.flash]).toEqual([true, false]);
});
