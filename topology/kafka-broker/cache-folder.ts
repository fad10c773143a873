// Where downloads are kept for the next run: the user's cache folder, never the repository.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder of ours in the user's cache. */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  const given = env.XDG_CACHE_HOME ?? '';
  if (given !== '') return join(given, 'weir', name);
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'weir', name) : join(homedir(), '.cache', 'weir', name);
}
