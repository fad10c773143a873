// The house rules: each looks at one file and says what is wrong with it.
import {
  COMPOSING_FOLDERS,
  EDGES,
  EMPTY_WORDS,
  IMPORT_EXCEPTIONS,
  LINES_MAX,
  LONG_FILES,
  PURE,
  SHARED_FOLDERS,
  STAGE_FOLDERS,
  TEST_LINES_MAX,
  TEST_SUPPORT,
} from './house.ts';
import type { SourceFile } from './source-file.ts';

/** Findings, each naming file and reason; empty if the rule is kept. */
export type Rule = (file: SourceFile) => readonly string[];

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || TEST_SUPPORT.includes(path);
}

/** Only tests import what is made for tests. */
export const noTestSupport: Rule = (file) =>
  isTest(file.path)
    ? []
    : file.imports.filter(isTest).map((imported) => `${file.path}: is no test and must not import ${imported}`);

/** Pure by its folder, not an edge, not a test. */
export function isPure(path: string): boolean {
  return PURE.some((folder) => path.startsWith(folder)) && !EDGES.some((edge) => path.startsWith(edge)) && !isTest(path);
}

function isOurs(imported: string): boolean {
  return /^(schemas|topology|services|clickhouse)\//.test(imported);
}

/** The folder of `services/` that a path lies in; '' outside. */
function serviceOf(path: string): string {
  const [root, folder, ...rest] = path.split('/');
  return root === 'services' && rest.length > 0 ? (folder ?? '') : '';
}

/** `services → topology → schemas`; a stage never imports a stage; shared folders know only each other and schemas. */
export const importTable: Rule = (file) => {
  const from = file.path.split('/')[0] ?? '';
  const service = serviceOf(file.path);
  const findings: string[] = [];
  for (const imported of file.imports) {
    if (!isOurs(imported)) continue;
    const to = imported.split('/')[0] ?? '';
    const toService = serviceOf(imported);
    const refused =
      (from === 'schemas' && to !== 'schemas') ||
      (from === 'topology' && to !== 'topology' && to !== 'schemas') ||
      (from === 'clickhouse' && to === 'services') ||
      (SHARED_FOLDERS.includes(service) && to !== 'schemas' && !SHARED_FOLDERS.includes(toService)) ||
      (STAGE_FOLDERS.includes(service) && STAGE_FOLDERS.includes(toService) && toService !== service) ||
      (!COMPOSING_FOLDERS.includes(service) &&
        service !== 'gateway' &&
        COMPOSING_FOLDERS.includes(toService) &&
        !isTest(file.path)) ||
      (service !== '' && ![...STAGE_FOLDERS, ...SHARED_FOLDERS, ...COMPOSING_FOLDERS].includes(service));
    if (refused) findings.push(`${file.path}: must not import ${imported}`);
  }
  return findings;
};

/** Pure code imports no `node:`, no package and no adapter; single exceptions are listed. */
export const pureImports: Rule = (file) => {
  if (!isPure(file.path)) return [];
  const allowed = IMPORT_EXCEPTIONS[file.path] ?? [];
  return file.imports
    .filter((imported) => !allowed.includes(imported))
    .filter(
      (imported) => !isOurs(imported) || EDGES.some((edge) => imported.startsWith(edge)) || imported.startsWith('clickhouse/'),
    )
    .map((imported) => `${file.path}: is pure and must not import ${imported}`);
};

const NOT_DETERMINISTIC: readonly (readonly [RegExp, string])[] = [
  [/\bnew Date\b|\bDate\s*[.(]/, 'Date'],
  [/\bperformance\s*\./, 'performance'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bcrypto\s*\.|\brandomUUID\b|\bgetRandomValues\b/, 'crypto'],
  [/\bprocess\s*\./, 'process'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, 'timers'],
  [/\bawait\b|\basync\b|\bPromise\b/, 'waiting (await, async, Promise)'],
  [/\.toLocale\w*\(|\bIntl\b|\.localeCompare\(/, 'locale functions'],
  [/\bconsole\s*\./, 'console'],
];

/** What makes two runs differ has no place in pure code. */
export const determinism: Rule = (file) => {
  if (!isPure(file.path)) return [];
  return NOT_DETERMINISTIC.filter(([pattern]) => pattern.test(file.code)).map(
    ([, name]) => `${file.path}: is pure and must not use ${name}`,
  );
};

/** Library functions of doubles give other last digits on other machines. */
export const exactDoubles: Rule = (file) => {
  if (!isPure(file.path)) return [];
  const found = /\bMath\.(exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|sinh|cosh|tanh|cbrt|hypot)\b|\*\*/.exec(file.code);
  if (found === null || /bigint/i.test(lineAt(file.code, found.index))) return [];
  return found[0] === '**' && /\dn\b/.test(lineAt(file.code, found.index)) ? [] : [`${file.path}: ${found[0]} is not exact`];
};

function lineAt(text: string, index: number): string {
  const from = text.lastIndexOf('\n', index) + 1;
  const to = text.indexOf('\n', index);
  return text.slice(from, to < 0 ? text.length : to);
}

const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|generated|config|lock))?\.[a-z0-9.]+$/;

/** Short kebab-case names that say something; SQL files are named for their table or query, in its snake_case. */
export function nameFindings(path: string): readonly string[] {
  const name = path.split('/').at(-1) ?? '';
  const findings: string[] = [];
  if (/\.(ts|mjs|avsc)$/.test(name) && !FILE_NAME.test(name)) findings.push(`${path}: the name is not kebab-case`);
  const words = name.split('.')[0]?.split('-') ?? [];
  for (const word of words) if (EMPTY_WORDS.includes(word)) findings.push(`${path}: "${word}" says nothing`);
  return findings;
}

/** The first line says in one sentence what the file is. */
export const firstLine: Rule = (file) => {
  const lines = file.text.split('\n');
  const line = (lines[0]?.startsWith('#!') ? lines[1] : lines[0]) ?? '';
  return /^\/\/ \S+ \S+ .*[.:;,]?\S$/.test(line)
    ? []
    : [`${file.path}: the first line is not a sentence that says what the file is`];
};

/** A file that only passes on what others define is a hop for nothing. */
export const noBarrel: Rule = (file) => {
  const statements = file.code.split(';').map((statement) => statement.trim());
  const meaningful = statements.filter((statement) => statement !== '');
  const passesOn = (statement: string): boolean => /^export\s+(type\s+)?(\*|\{[^}]*\})[^=]*\bfrom\b/.test(statement);
  return meaningful.length > 0 && meaningful.every(passesOn) ? [`${file.path}: only passes on what other files define`] : [];
};

export const noDefaultExport: Rule = (file) =>
  /\bexport\s+default\b|\bas\s+default\b/.test(file.code) ? [`${file.path}: has a default export`] : [];

export const noEnum: Rule = (file) => (/\benum\s+\w+\s*\{/.test(file.code) ? [`${file.path}: has an enum`] : []);

export const noAny: Rule = (file) => (/(:|\bas|<|,|\|)\s*any\b(?!\s*[:(])/.test(file.code) ? [`${file.path}: has an any`] : []);

/** Generated files are as long as they are. */
export const notLong: Rule = (file) => {
  const lines = file.text.split('\n').length - 1;
  const most = isTest(file.path) ? TEST_LINES_MAX : LINES_MAX;
  if (lines <= most || file.path.endsWith('.generated.ts') || LONG_FILES[file.path] !== undefined) return [];
  return [`${file.path}: ${lines} lines (at most ${most}, or a reason in the list)`];
};

export const RULES: Readonly<Record<string, Rule>> = {
  importTable,
  noTestSupport,
  pureImports,
  determinism,
  exactDoubles,
  names: (file) => nameFindings(file.path),
  firstLine,
  noBarrel,
  noDefaultExport,
  noEnum,
  noAny,
  notLong,
};
