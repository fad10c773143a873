// A source file as the rules see it: its path, its text, its text without comments and strings, and what it imports.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Comments, strings and regular expressions blanked, line for line. */
  readonly code: string;
  /** Paths of our own files from the root, names of packages, and `node:` modules. */
  readonly imports: readonly string[];
}

const ROOTS = ['schemas', 'topology', 'services', 'clickhouse', 'k8s'];

/** Every TypeScript and JavaScript file of ours. */
export function sourceFiles(root: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const folder of ROOTS) {
    for (const path of walk(root, folder)) {
      if (/\.(ts|mjs)$/.test(path)) files.push(sourceFile(path, readFileSync(join(root, path), 'utf8')));
    }
  }
  return files;
}

/** Every file of ours, of whatever kind. */
export function allPaths(root: string): readonly string[] {
  return ROOTS.flatMap((folder) => walk(root, folder));
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: blanked(text), imports: importsOf(path, text) };
}

function walk(root: string, folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirOf(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') found.push(...walk(root, path));
    } else {
      found.push(path);
    }
  }
  return found.sort();
}

function readdirOf(path: string): { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Statements only: an import inside a comment or a string is none. */
function importsOf(path: string, text: string): string[] {
  const code = withoutComments(text);
  const found: string[] = [];
  for (const match of code.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]/g)) found.push(match[1] ?? '');
  for (const match of code.matchAll(/(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g)) found.push(match[1] ?? '');
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) found.push(match[1] ?? '');
  return found.map((specifier) => resolved(path, specifier));
}

function resolved(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const parts = path.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function withoutComments(text: string): string {
  return scan(text, false);
}

function blanked(text: string): string {
  return scan(text, true);
}

/** Blanks comments, and with `literals` also the insides of strings, templates and regular expressions. */
function scan(text: string, literals: boolean): string {
  let out = '';
  let i = 0;
  const blank = (to: number, keep: boolean): void => {
    const part = text.slice(i, to);
    out += keep ? part : part.replace(/[^\n]/g, ' ');
    i = to;
  };
  while (i < text.length) {
    const two = text.slice(i, i + 2);
    const one = text[i] ?? '';
    if (two === '//') blank(endOf(text, '\n', i), false);
    else if (two === '/*') blank(endOf(text, '*/', i + 2) + 2, false);
    else if (one === "'" || one === '"' || one === '`') blank(endOfQuoted(text, one, i + 1), !literals);
    else if (one === '/' && /(^|[(,=:[!&|?{};+\n]|return|=>)\s*$/.test(out.slice(-12))) blank(endOfRegex(text, i + 1), !literals);
    else blank(i + 1, true);
  }
  return out;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

function endOfQuoted(text: string, quote: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === quote) return i + 1;
  }
  return text.length;
}

function endOfRegex(text: string, from: number): number {
  let inClass = false;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i += 1;
    else if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    else if (c === '/' && !inClass) return i + 1;
    else if (c === '\n') return i;
  }
  return text.length;
}
