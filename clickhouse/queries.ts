// Named queries: one file each, bound parameters only, checked before they are sent.
import { readdirSync, readFileSync } from 'node:fs';
import type { QueryParam } from './client.ts';

const FOLDER = new URL('./queries/', import.meta.url);

export interface QueryParameter {
  readonly name: string;
  readonly type: string;
  readonly default: string | null;
}

export interface NamedQuery {
  readonly name: string;
  /** First comment line: what the query answers. */
  readonly title: string;
  readonly parameters: readonly QueryParameter[];
  readonly text: string;
}

/** A query that does not exist, or a parameter that it does not take. */
export class QueryError extends Error {
  readonly code: 'QUERY_UNKNOWN' | 'QUERY_PARAM_INVALID';
  constructor(code: 'QUERY_UNKNOWN' | 'QUERY_PARAM_INVALID', message: string) {
    super(`${code}: ${message}`);
    this.name = 'QueryError';
    this.code = code;
  }
}

function readQuery(file: string): NamedQuery {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  const parameters = [...text.matchAll(/^-- param (\w+) (\w+)( = ?(.*))?$/gm)].map(
    ([, name = '', type = '', given, value = '']) => ({
      name,
      type,
      default: given === undefined ? null : value.trim(),
    }),
  );
  const title = /^-- (.*)$/m.exec(text)?.[1] ?? '';
  return { name: file.replace(/\.sql$/, ''), title, parameters, text: text.replace(/^--.*\n/gm, '') };
}

export const QUERIES: ReadonlyMap<string, NamedQuery> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => readQuery(file))
    .map((query) => [query.name, query]),
);

export interface BoundQuery {
  readonly name: string;
  readonly statement: string;
  readonly params: Readonly<Record<string, QueryParam>>;
}

const WHOLE = /^\d{1,9}$/;

/** The statement of a named query with its parameters. Throws QueryError naming what does not fit. */
export function bindQuery(database: string, name: string, given: Readonly<Record<string, string>>): BoundQuery {
  const query = QUERIES.get(name);
  if (query === undefined) throw new QueryError('QUERY_UNKNOWN', `${name}: expected one of ${[...QUERIES.keys()].join(', ')}`);
  for (const key of Object.keys(given)) {
    if (!query.parameters.some((p) => p.name === key)) {
      throw new QueryError(
        'QUERY_PARAM_INVALID',
        `${name} has no parameter ${key}: expected ${query.parameters.map((p) => p.name).join(', ')}`,
      );
    }
  }
  const params: Record<string, QueryParam> = {};
  for (const parameter of query.parameters) {
    const value = given[parameter.name] ?? parameter.default;
    if (value === null)
      throw new QueryError('QUERY_PARAM_INVALID', `${name}: parameter ${parameter.name} (${parameter.type}) is missing`);
    if (parameter.type.startsWith('UInt') && !WHOLE.test(value)) {
      throw new QueryError('QUERY_PARAM_INVALID', `${name}: ${parameter.name} is "${value}", expected a whole number`);
    }
    params[parameter.name] = value;
  }
  return { name, statement: query.text.replaceAll('{db}', database), params };
}
