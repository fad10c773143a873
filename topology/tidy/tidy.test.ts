// The house rules hold for every file, and each of them fails on a sample that breaks it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EDGES, IMPORT_EXCEPTIONS, LINES_MAX, LONG_FILES, TEST_LINES_MAX, TEST_SUPPORT } from './house.ts';
import { nameFindings, RULES } from './rules.ts';
import { allPaths, sourceFile, sourceFiles } from './source-file.ts';

const root = dirname(dirname(import.meta.dirname));
const files = sourceFiles(root);

describe('every file of ours', () => {
  it('is looked at', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.map((file) => file.path)).toContain('topology/tidy/rules.ts');
    expect(files.find((file) => file.path === 'topology/tidy/rules.ts')?.imports).toEqual([
      'topology/tidy/house.ts',
      'topology/tidy/source-file.ts',
    ]);
  });

  it.each(Object.keys(RULES))('keeps %s', (name) => {
    expect(files.flatMap((file) => RULES[name]?.(file) ?? [])).toEqual([]);
  });

  it('has a name that says something, of whatever kind it is', () => {
    expect(allPaths(root).flatMap(nameFindings)).toEqual([]);
  });
});

const HEAD = '// A sample that breaks or keeps a rule.\n';

/** rule, path, text, broken? */
const SAMPLES: readonly (readonly [string, string, string, boolean])[] = [
  ['importTable', 'schemas/money.ts', "import { TOPICS } from '../topology/topics.ts';", true],
  ['importTable', 'schemas/money.ts', "import { H } from './ids.ts';", false],
  ['importTable', 'topology/task.ts', "import { gate } from '../services/decision/gate.ts';", true],
  ['importTable', 'topology/task.ts', "import type {\n  H,\n} from '../schemas/ids.ts';", false],
  ['importTable', 'services/monitor/stage.ts', "import { fold } from '../decision/fold.ts';", true],
  ['importTable', 'services/monitor/stage.ts', "export { fold } from '../decision/fold.ts';", true],
  ['importTable', 'services/monitor/stage.ts', "const fold = await import('../decision/fold.ts');", true],
  ['importTable', 'services/monitor/stage.ts', "import { cost } from '../costs/cost.ts';", false],
  ['importTable', 'services/monitor/stage.ts', "// import { fold } from '../decision/fold.ts';", false],
  ['importTable', 'services/monitor/stage.ts', "import { run } from '../cli/main.ts';", true],
  ['importTable', 'services/costs/cost.ts', "import { TOPICS } from '../../topology/topics.ts';", true],
  ['importTable', 'services/costs/cost.ts', "import { fold } from '../decision/fold.ts';", true],
  ['importTable', 'services/cli/main.ts', "import { fold } from '../decision/fold.ts';", false],
  ['importTable', 'services/toolbox/thing.ts', "import { H } from '../../schemas/ids.ts';", true],
  ['importTable', 'clickhouse/client.ts', "import { fold } from '../services/decision/fold.ts';", true],
  ['noTestSupport', 'topology/runtime/engine.ts', "import { toyStage } from './toy-stages.ts';", true],
  ['noTestSupport', 'topology/runtime/engine.test.ts', "import { toyStage } from './toy-stages.ts';", false],
  ['pureImports', 'services/decision/fold.ts', "import { readFileSync } from 'node:fs';", true],
  ['pureImports', 'services/decision/fold.ts', "import { z } from 'zod';", true],
  ['pureImports', 'services/policy/schema.ts', "import { z } from 'zod';", false],
  ['pureImports', 'schemas/hash.ts', "import { hash } from 'node:crypto';", false],
  ['pureImports', 'schemas/money.ts', "import { hash } from 'node:crypto';", true],
  ['pureImports', 'services/market/candles.ts', "import { readFile } from './replay/read-file.ts';", true],
  ['pureImports', 'services/market/replay/read-file.ts', "import { readFileSync } from 'node:fs';", false],
  ['pureImports', 'services/decision/fold.test.ts', "import { it } from 'vitest';", false],
  ['determinism', 'services/decision/fold.ts', 'const at = Date.now();', true],
  ['determinism', 'services/decision/fold.ts', 'const at = new Date(0);', true],
  ['determinism', 'services/decision/fold.ts', 'const at = performance.now();', true],
  ['determinism', 'services/decision/fold.ts', 'const p = Math.random();', true],
  ['determinism', 'services/decision/fold.ts', 'const id = crypto.randomUUID();', true],
  ['determinism', 'services/decision/fold.ts', 'const e = process.env;', true],
  ['determinism', 'services/decision/fold.ts', 'setTimeout(() => {}, 1);', true],
  ['determinism', 'services/decision/fold.ts', 'const x = await y();', true],
  ['determinism', 'services/decision/fold.ts', 'const x = (1).toLocaleString();', true],
  ['determinism', 'services/decision/fold.ts', 'const x = new Intl.Collator();', true],
  ['determinism', 'services/decision/fold.ts', 'names.sort((a, b) => a.localeCompare(b));', true],
  ['determinism', 'services/decision/fold.ts', "const text = 'await Date.now() of the process.'; // Math.random()", false],
  ['determinism', 'services/decision/fold.ts', 'const text = /process.exit/.test(x) && `Date.now()`;', false],
  ['determinism', 'topology/clock.ts', 'const at = Date.now();', false],
  ['exactDoubles', 'services/decision/fold.ts', 'const x = Math.exp(1);', true],
  ['exactDoubles', 'services/decision/fold.ts', 'const x = y ** 0.5;', true],
  ['exactDoubles', 'services/decision/fold.ts', 'const x = 10n ** 12n;', false],
  ['exactDoubles', 'services/decision/fold.ts', 'const x = Math.sqrt(2);', false],
  ['names', 'services/decision/OrderBook.ts', '', true],
  ['names', 'services/decision/order_book.ts', '', true],
  ['names', 'services/decision/order-helper.ts', '', true],
  ['names', 'services/decision/utils.ts', '', true],
  ['names', 'services/decision/order-book.test.ts', '', false],
  ['noBarrel', 'services/decision/all.ts', "export { a } from './a.ts';\nexport * from './b.ts';\n", true],
  ['noBarrel', 'services/decision/all.ts', "export { a } from './a.ts';\nexport const b = 1;\n", false],
  ['noDefaultExport', 'services/decision/fold.ts', 'export default function fold() {}', true],
  ['noEnum', 'services/decision/fold.ts', 'export enum Side { BUY, SELL }', true],
  ['noAny', 'services/decision/fold.ts', 'const x: any = 1;', true],
  ['noAny', 'services/decision/fold.ts', 'const x = y as any;', true],
  ['noAny', 'services/decision/fold.ts', 'const x: Map<string, any> = y;', true],
  ['noAny', 'services/decision/fold.ts', "const any = 'any'; f({ any: 1 });", false],
  ['notLong', 'services/decision/fold.ts', 'x;\n'.repeat(LINES_MAX), true],
  ['notLong', 'services/decision/fold.ts', 'x;\n'.repeat(LINES_MAX - 1), false],
  ['notLong', 'services/decision/fold.test.ts', 'x;\n'.repeat(LINES_MAX), false],
  ['notLong', 'services/decision/fold.test.ts', 'x;\n'.repeat(TEST_LINES_MAX), true],
  ['notLong', 'schemas/records.generated.ts', 'x;\n'.repeat(2 * LINES_MAX), false],
];

describe('each rule', () => {
  it.each(SAMPLES)('%s on %s: %.60j → broken: %s', (name, path, text, broken) => {
    expect(RULES[name]?.(sourceFile(path, HEAD + text)).length).toBe(broken ? 1 : 0);
  });

  it.each([
    ['', true],
    ['import x from "y";\n', true],
    ['// todo\n', true],
    ['/* A comment of another kind. */\n', true],
    ['// The fold of one portfolio.\n', false],
    ['#!/usr/bin/env node\n// Starts the program under the right Node.\n', false],
  ])('firstLine on %j → broken: %s', (text, broken) => {
    expect(RULES.firstLine?.(sourceFile('services/decision/fold.ts', text)).length).toBe(broken ? 1 : 0);
  });

  it('has a sample that breaks it', () => {
    const broken = new Set(SAMPLES.filter(([, , , isBroken]) => isBroken).map(([name]) => name));
    expect(Object.keys(RULES).filter((name) => name !== 'firstLine' && !broken.has(name))).toEqual([]);
  });
});

describe('the lists of exceptions', () => {
  const paths = new Set(files.map((file) => file.path));
  it('name only long files that are long', () => {
    for (const path of Object.keys(LONG_FILES)) {
      expect(readFileSync(join(root, path), 'utf8').split('\n').length - 1, path).toBeGreaterThan(LINES_MAX);
    }
  });

  it('name only imports that are made', () => {
    for (const [path, imports] of Object.entries(IMPORT_EXCEPTIONS)) {
      const file = files.find((of) => of.path === path);
      expect(file?.imports, path).toEqual(expect.arrayContaining([...imports]));
    }
  });

  it('name only files that exist', () => {
    expect(TEST_SUPPORT.filter((path) => !paths.has(path))).toEqual([]);
    expect(EDGES.filter((edge) => ![...paths].some((path) => path.startsWith(edge)))).toEqual([]);
  });
});
