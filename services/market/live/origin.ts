// When a data directory's synthetic market began: kept in a file, so that a restart walks on along the same prices.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTime, MINUTE, type Micros, parseTime } from '../../../schemas/time.ts';
import { replaceFile } from '../../../topology/log/replace-file.ts';
import { SCENARIOS, type Scenario } from '../synthetic/scenarios.ts';

export interface Origin {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Open of the first minute of the scenario; before it the market was calm. */
  readonly began: Micros;
}

/** Another market than the one that the directory's prices come from, or a file that cannot be read. */
export class MarketOriginError extends Error {
  override readonly name = 'MarketOriginError';
}

const NAME = 'market.json';

/** The origin that stands in the directory; a new directory gets one that begins now. Throws MarketOriginError. */
export function openOrigin(directory: string, seed: number, scenario: Scenario, now: Micros): Origin {
  const path = join(directory, NAME);
  const standing = readOrigin(path);
  if (standing === null) {
    const origin = { seed, scenario, began: Math.floor(now / MINUTE) * MINUTE };
    replaceFile(path, `${JSON.stringify({ ...origin, began: formatTime(origin.began) })}\n`);
    return origin;
  }
  if (standing.seed !== seed || standing.scenario !== scenario) {
    throw new MarketOriginError(
      `market: seed ${seed}, scenario ${scenario}: expected seed ${standing.seed}, scenario ${standing.scenario}, with which ${path} began`,
    );
  }
  return standing;
}

function readOrigin(path: string): Origin | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const origin = originOf(text);
  if (origin === null) throw new MarketOriginError(`market: ${path}: expected {seed, scenario, began}`);
  return origin;
}

function originOf(text: string): Origin | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  if (!('seed' in read && 'scenario' in read && 'began' in read)) return null;
  const scenario = SCENARIOS.find((each) => each === read.scenario);
  const began = typeof read.began === 'string' ? parseTime(read.began) : null;
  if (scenario === undefined || began === null || typeof read.seed !== 'number') return null;
  return { seed: read.seed, scenario, began };
}
