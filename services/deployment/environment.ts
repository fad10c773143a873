// Configuration by environment variables: the kinds of values, and the one reader of a table of them that says all faults at once.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected ${least} to ${most}`);

export const seconds = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/, 'expected seconds, such as 10 or 0.5')
  .transform((text) => Math.round(Number(text) * 1000));

export const file = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `cannot be read (${error instanceof Error ? error.message : error})` });
    return z.NEVER;
  }
});

export const flag = z.enum(['true', 'false'], { error: 'expected true or false' });

export const url = (example: string) => z.url({ protocol: /^https?$/, error: `expected a URL, such as ${example}` });

/** Where something listens; host names and addresses alike. */
export const address = (example: string) =>
  z.string().regex(/^([^\s:/]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/, `expected host:port, such as ${example}`);

/** Name to what it is; the description stands in the reference. */
export type VariableTable = Readonly<Record<string, z.ZodType>>;

export type Variables<T extends VariableTable> = z.output<z.ZodObject<T>>;

export type EnvironmentResult<T extends VariableTable> =
  | { readonly values: Variables<T>; readonly faults: readonly string[] }
  | { readonly values: null; readonly faults: readonly string[] };

/** `prefixes`: every variable that begins so has to be in the table. Values of secrets are never told. */
export function readEnvironment<T extends VariableTable>(
  table: T,
  prefixes: readonly string[],
  env: NodeJS.ProcessEnv,
): EnvironmentResult<T> {
  const ours = Object.fromEntries(Object.entries(env).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))));
  const { values: given, from_file, faults: unread } = givenVariables(table, ours);
  const faults = [...unknownVariables(table, ours), ...unread];
  const parsed = z.object(table).safeParse(given);
  if (parsed.success) return unread.length > 0 ? { values: null, faults } : { values: parsed.data, faults };
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? '');
    const value = given[name];
    if (value !== undefined) faults.push(`${name}: ${shown(name, value)}, ${issue.message}`);
    else if (!from_file.has(name)) faults.push(`${name}: is not set; ${table[name]?.description}`);
  }
  return { values: null, faults };
}

const SECRET = '(secret)';

function isSecret(name: string): boolean {
  return /PASSWORD$/.test(name);
}

/** The value of a variable as anybody may read it: none of a secret, and a URL without who asks. */
function shown(name: string, value: string): string {
  return isSecret(name) ? SECRET : `"${withoutUser(value)}"`;
}

function withoutUser(value: string): string {
  return value.replace(/\/\/[^/@\s]*@/, `//${SECRET}@`);
}

const FILE = '_FILE';

/** Any variable may lie in a file, which `<variable>_FILE` names, but for those that name one already. */
function namesOf(variable: string): readonly string[] {
  return variable.endsWith(FILE) ? [variable] : [variable, `${variable}${FILE}`];
}

/** The variable that a name stands for; null where there is none. */
function variableOf(table: VariableTable, name: string): string | null {
  if (Object.hasOwn(table, name)) return name;
  const inFile = name.slice(0, -FILE.length);
  return Object.hasOwn(table, inFile) && namesOf(inFile).includes(name) ? inFile : null;
}

/** Set and empty is not set: what compose files do with what is absent. */
function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** Whether a variable is set, itself or by the name of a file. */
export function isGiven(variable: string, env: NodeJS.ProcessEnv): boolean {
  return namesOf(variable).some((name) => isSet(env[name]));
}

/** Those of the variables that the table has, or whose files. */
export function knownVariables(table: VariableTable, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => variableOf(table, name) !== null));
}

interface Given {
  /** By variable, as text. */
  readonly values: Readonly<Record<string, string>>;
  /** Those that were read from a file. */
  readonly from_file: ReadonlySet<string>;
  readonly faults: readonly string[];
}

/** What is set of a table, itself or by the name of a file. */
function givenVariables(table: VariableTable, env: NodeJS.ProcessEnv): Given {
  const values: Record<string, string> = {};
  const from_file = new Set<string>();
  const faults: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    const variable = variableOf(table, name);
    if (variable === null || !isSet(value)) continue;
    if (variable === name) values[name] = value;
    else if (isSet(env[variable])) faults.push(`${variable} and ${name}: expected one of them`);
    else {
      from_file.add(variable);
      const read = readValue(value);
      if ('text' in read) values[variable] = read.text;
      // Of a secret: who puts it where its file belongs must not find it in a log.
      else faults.push(`${name}: ${shown(variable, value)}, ${read.fault}`);
    }
  }
  return { values, from_file, faults };
}

function readValue(path: string): { readonly text: string } | { readonly fault: string } {
  try {
    const text = readFileSync(path, 'utf8').trimEnd();
    return text === '' ? { fault: 'is an empty file: expected one with the value' } : { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it';
    return { fault: `cannot be read (${code}): expected a file with the value` };
  }
}

/** One fault for each variable that is set and not in the table. */
export function unknownVariables(table: VariableTable, env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env)
    .filter(([name, value]) => isSet(value) && variableOf(table, name) === null)
    .map(([name]) => `${name}: is no variable of ours${didYouMean(name, Object.keys(table).flatMap(namesOf))}`);
}

export type ShownVariable = {
  readonly variable: string;
  /** As it was written; '' where there is none. */
  readonly value: string;
  readonly from: 'environment' | 'file' | 'default' | '';
  readonly meaning: string;
};

/** The reference: what every variable is, and what it is now. */
export function shownVariables(table: VariableTable, env: NodeJS.ProcessEnv, redact: boolean): ShownVariable[] {
  const { values, from_file } = givenVariables(table, env);
  return Object.entries(table).map(([variable, kind]) => {
    const given = values[variable] ?? '';
    const preset = kind instanceof z.ZodDefault || kind instanceof z.ZodPrefault ? String(kind.def.defaultValue) : '';
    const told = redact ? (isSecret(variable) ? SECRET : withoutUser(given)) : given;
    const value = given === '' ? preset : told;
    const source = from_file.has(variable) ? 'file' : 'environment';
    const from = given !== '' ? source : preset === '' ? '' : 'default';
    return { variable, value, from, meaning: kind.description ?? '' };
  });
}

/** A letter in five may be wrong. */
const NEAR = 1 / 5;

function didYouMean(name: string, knownNames: readonly string[]): string {
  const [best] = knownNames.map((known) => ({ known, far: distance(name, known) })).sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= NEAR * name.length ? `; did you mean ${best.known}?` : '';
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
