// Every error of the command line sends its reader to a section that is there.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readMore } from './read-more.ts';
import { README } from './readme-blocks.ts';

const FOLDER = new URL('./', import.meta.url);

/** As GitHub and npm make them of headings. */
const ANCHORS = [...README.matchAll(/^## (.*)$/gm)].map(
  ([, title = '']) =>
    `README.md#${title
      .toLowerCase()
      .replaceAll(/[^a-z ]/g, '')
      .replaceAll(' ', '-')}`,
);

const CODES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
  .flatMap((name) => [...readFileSync(new URL(name, FOLDER), 'utf8').matchAll(/CommandError\(\s*EXIT\.\w+,\s*'([A-Z_]+)'/g)])
  .map(([, code = '']) => code);

const SIGNALS = 'README.md#produce-a-signal';

it.each([...new Set(CODES)].sort())('%s', (code) => {
  expect(ANCHORS).toContain(readMore(code));
  // Where all go that have no section of their own: one that is new has to be given one.
  if (!code.startsWith('OWNER_')) expect(readMore(code)).not.toBe(SIGNALS);
});

it('what a gateway refuses is explained where signals are sent', () => {
  expect(CODES.length).toBeGreaterThan(20);
  expect(readMore('SIGNAL_FIELD_INVALID')).toBe(SIGNALS);
  expect(ANCHORS).toContain(SIGNALS);
});
