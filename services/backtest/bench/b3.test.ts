// Golden benchmark B3, some of its hundred pairs of averages: the same bars through the same pipeline, to the last digit.
import { expect, test } from 'vitest';
import type { Stage } from '../../../topology/stage.ts';
import { benchBars } from '../../market/bench-bars.ts';
import { strategyStage } from '../../strategy/stage.ts';
import { b1Result } from './b1.ts';
import { runBench } from './run-bench.ts';

const PATIENCE_MS = 300_000;

test.each<[number, number, number, string]>([
  [14, 110, 1_406, '998611315.803'],
  [5, 20, 6_389, '993754716.57'],
])(
  'fast %d, slow %d, 100,000 bars: %d fills, equity %s',
  (fast, slow, fills, equity) => {
    const crossing = strategyStage({ enabled: [{ id: 'bench_cross', parameters: { fast, slow } }], base_interval: '1m' });
    const run = runBench(benchBars(100_000), {
      stages: (stages) => stages.map((stage) => (stage.name === 'strategy' ? (crossing as Stage<unknown>) : stage)),
    });
    expect(b1Result(run)).toMatchObject({ fills, equity, executed: fills, refused: 0, dead_letters: 0 });
  },
  PATIENCE_MS,
);
