// The choice among strategies: Thompson sampling by probability matching, with the exact probability of every arm.
import { exp } from '../../../schemas/exponential.ts';
import { U } from '../../../schemas/ids.ts';
import { ln } from '../../../schemas/natural-log.ts';

const CELLS = 1_000;

export interface ArmValue {
  /** Counts of the Beta distribution, integers ≥ 1. */
  readonly alpha: number;
  readonly beta: number;
  /** The arm is worth weight × θ. */
  readonly weight: number;
}

interface Distribution {
  /** Probability of each cell. */
  readonly mass: Float64Array;
  /** Probability below the start of each cell; one more entry, 1. */
  readonly below: Float64Array;
}

/** ln of the midpoints of the cells; the mirror gives ln(1 − θ). */
let logs: Float64Array | null = null;

function midpointLogs(): Float64Array {
  if (logs !== null) return logs;
  const made = new Float64Array(CELLS);
  for (let k = 0; k < CELLS; k += 1) made[k] = ln((k + 0.5) / CELLS);
  logs = made;
  return made;
}

/** The Beta density on the midpoints, relative to its mode so that no count is too large, normalised. */
function distributionOf(arm: ArmValue): Distribution {
  const table = midpointLogs();
  const a = arm.alpha - 1;
  const b = arm.beta - 1;
  const mode = a + b === 0 ? 0.5 : a / (a + b);
  const lnMode = a === 0 ? 0 : ln(mode);
  const lnRest = b === 0 ? 0 : ln(1 - mode);
  const mass = new Float64Array(CELLS);
  let sum = 0;
  for (let k = 0; k < CELLS; k += 1) {
    const left = a === 0 ? 0 : a * ((table[k] ?? 0) - lnMode);
    const right = b === 0 ? 0 : b * ((table[CELLS - 1 - k] ?? 0) - lnRest);
    const density = exp(left + right);
    mass[k] = density;
    sum += density;
  }
  const below = new Float64Array(CELLS + 1);
  for (let k = 0; k < CELLS; k += 1) {
    mass[k] = (mass[k] ?? 0) / sum;
    below[k + 1] = (below[k] ?? 0) + (mass[k] ?? 0);
  }
  return { mass, below };
}

/** P(θ ≤ x), linear inside a cell. */
function cumulative(of: Distribution, x: number): number {
  if (x >= 1) return 1;
  const cell = Math.floor(x * CELLS);
  return (of.below[cell] ?? 0) + (x * CELLS - cell) * (of.mass[cell] ?? 0);
}

/** Arms change with lessons only, so nearly every signal asks what the one before it asked. */
const known = new Map<string, readonly number[]>();
const KNOWN_MAX = 1_000;

/** P(arm i is the best), for each arm; sums to 1. */
export function bestProbabilities(arms: readonly ArmValue[]): readonly number[] {
  if (arms.length === 1) return [1];
  const key = arms.map(({ alpha, beta, weight }) => `${alpha}/${beta}/${weight}`).join();
  let probabilities = known.get(key);
  if (probabilities === undefined) {
    probabilities = integrated(arms);
    if (known.size === KNOWN_MAX) known.clear();
    known.set(key, probabilities);
  }
  return probabilities;
}

function integrated(arms: readonly ArmValue[]): readonly number[] {
  const distributions = arms.map(distributionOf);
  const raw = arms.map((arm, i) => {
    const own = distributions[i];
    let p = 0;
    for (let k = 0; own !== undefined && k < CELLS; k += 1) {
      let term = own.mass[k] ?? 0;
      const value = ((k + 0.5) / CELLS) * arm.weight;
      for (let j = 0; j < arms.length; j += 1) {
        const other = distributions[j];
        if (j !== i && other !== undefined) term *= cumulative(other, value / (arms[j]?.weight ?? 1));
      }
      p += term;
    }
    return p;
  });
  let sum = 0;
  for (const p of raw) sum += p;
  return raw.map((p) => p / sum);
}

/** No arm is left without a chance, so that every outcome can be learned from. */
export function withFloor(probabilities: readonly number[], floor: number): number[] {
  const k = probabilities.length;
  if (k === 1) return [1];
  const epsilon = Math.min(floor, 0.5 / k);
  return probabilities.map((p) => p * (1 - k * epsilon) + epsilon);
}

/** The only random number of a decision, a function of its id. */
export function banditDraw(decision_id: string): number {
  return U({ kind: 'bandit', decision_id });
}

/** Index of the first arm whose cumulative probability exceeds the draw. */
export function pick(probabilities: readonly number[], draw: number): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i += 1) {
    sum += probabilities[i] ?? 0;
    if (sum > draw) return i;
  }
  return probabilities.length - 1;
}
