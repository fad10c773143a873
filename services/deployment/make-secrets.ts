// The secrets of a deployment on one machine: each made once, in a file of its own that others than its group cannot read.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../topology/log/replace-file.ts';

const SECRETS = ['clickhouse-password'] as const;

/** Names of those that were missing. What is there stays: a database knows only its first password. */
export function makeSecrets(folder: string): readonly string[] {
  const missing = SECRETS.filter((name) => !existsSync(join(folder, name)));
  for (const name of missing) {
    const path = join(folder, name);
    replaceFile(path, randomBytes(32).toString('base64url'), 0o440);
  }
  return missing;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new TypeError('make-secrets: expected a folder');
  for (const name of makeSecrets(folder)) process.stdout.write(`made ${join(folder, name)}\n`);
}
