// Apicurio Registry as it is published: fetched once with Maven, its bytes known, unpacked into the cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../kafka-broker/cache-folder.ts';
import { maven } from '../kafka-broker/fetched.ts';
import { UnavailableError } from '../kafka-broker/unavailable.ts';

export const APICURIO_VERSION = '3.3.3';
const SHA256 = '8bc6751c76d963734224b01d5e7f84ccb3cb61c87d3bd77c36c35f10a5cbed63';

/** The folder with `quarkus-run.jar`. Only a checked archive is ever unpacked there, and moved there whole. */
export async function apicurio(
  folder: string = cacheFolder(`apicurio-${APICURIO_VERSION}-${SHA256.slice(0, 12)}`),
): Promise<string> {
  if (existsSync(join(folder, 'quarkus-run.jar'))) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    const artifact = `io.apicurio:apicurio-registry-app:${APICURIO_VERSION}:tar.gz:all`;
    const name = `Apicurio Registry ${APICURIO_VERSION}`;
    maven(['dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${making}`], making, name);
    const archive = join(making, `apicurio-registry-app-${APICURIO_VERSION}-all.tar.gz`);
    await check(archive, SHA256);
    execFileSync('tar', ['-xzf', archive, '-C', making]);
    rmSync(archive);
    renameSync(making, folder);
  } catch (error) {
    // Another run may have put it there in the meantime.
    if (!existsSync(join(folder, 'quarkus-run.jar'))) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** Throws unless the file has this checksum. */
export async function check(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const sum = hash.digest('hex');
  if (sum !== expected)
    throw new UnavailableError(
      `${file} has sha256 ${sum}, expected ${expected}`,
      'look at the repository that Maven uses; nothing of it was run',
    );
}
