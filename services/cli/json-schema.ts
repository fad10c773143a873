// `weir json-schema [command]`: the shape of what a command prints with --json.
import { z } from 'zod';
import { DOCUMENTS, type DocumentKind, ERROR_DOCUMENT } from './documents.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { printRows } from './rows-output.ts';

const KINDS: ReadonlyMap<string, DocumentKind> = new Map([...DOCUMENTS, ['error', ERROR_DOCUMENT]]);

/** A field that is new does not make another version: whoever reads a document passes over what he does not know. */
function schemaOf({ schema }: DocumentKind): object {
  return z.toJSONSchema(schema, {
    override: ({ jsonSchema: part }) => {
      if (part.additionalProperties === false) delete part.additionalProperties;
    },
  });
}

export async function jsonSchema(_options: CommonOptions, output: Output, ...words: string[]): Promise<ExitCode> {
  const command = words.join(' ');
  if (command === '') {
    const rows = [...KINDS].map(([name, { version, schema }]) => ({ command: name, version, prints: schema.description ?? '' }));
    printRows(rows, output, '');
    return EXIT.OK;
  }
  const kind = KINDS.get(command);
  if (kind === undefined)
    throw new CommandError(EXIT.USAGE, 'USAGE', `json-schema ${command}: expected one of ${[...KINDS.keys()].join(', ')}`);
  // With --json or without: it is JSON anyhow.
  process.stdout.write(`${JSON.stringify(schemaOf(kind), null, 2)}\n`);
  return EXIT.OK;
}
