// The secrets of a deployment on one machine: each made once, in a file of its own that others than its group cannot read.
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRETS = ['clickhouse-password'] as const;

/** Names of those that were missing. What is there stays: a database knows only its first password. */
export function makeSecrets(folder: string): readonly string[] {
  const missing = SECRETS.filter((name) => !existsSync(join(folder, name)));
  for (const name of missing) {
    const path = join(folder, name);
    writeFileSync(`${path}.new`, randomBytes(32).toString('base64url'), { mode: 0o440 });
    renameSync(`${path}.new`, path);
  }
  return missing;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new TypeError('make-secrets: expected a folder');
  for (const name of makeSecrets(folder)) process.stdout.write(`made ${join(folder, name)}\n`);
}
