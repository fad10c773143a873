// The crash matrix on a real broker: processes killed and frozen, brokers restarted, under load; then the verdict over the final logs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeKafka } from '../../../topology/kafka-broker/test-kafka.ts';
import type { StageName } from '../../../topology/stages.ts';
import { FULL, STAGE_KILLS } from '../../backtest/crash/extent.ts';
import { PIPELINE } from '../kafka-stages.ts';
import { type Field, type Finished, openField } from './field.ts';
import {
  addAndRemove,
  cutFromCoordinator,
  freeze,
  kill,
  killAll,
  loseMostBrokers,
  moveLeaders,
  restartBroker,
} from './rounds.ts';
import { HIDING, TAMPERED } from './tampered.ts';

/** They answer to more than one input, or to the outside: what a zombie of them writes is not what its successor writes. */
const FROZEN: readonly StageName[] = ['decision', 'enrichment', 'monitor', 'execution'];
const FROZEN_MS = FULL ? 20_000 : 5_000;
const LONG_MS = 4 * 3_600_000;

/** Every stage so often, in an order that is drawn, up to three at a time. */
function killRounds(draw: () => number): readonly (readonly StageName[])[] {
  const rounds: StageName[][] = [];
  let round: StageName[] = [];
  for (let i = 0; i < STAGE_KILLS; i++) {
    for (let left = [...PIPELINE]; left.length > 0; ) {
      const stage = left[Math.floor(draw() * left.length)];
      if (stage === undefined) break;
      left = left.filter((of) => of !== stage);
      if (round.includes(stage) || round.length === 3) {
        rounds.push(round);
        round = [];
      }
      round.push(stage);
    }
  }
  return [...rounds, round];
}

/** Ends the run, and holds what no verdict over the logs can see: nobody stood, nobody ended unasked, all stopped in good order. */
async function finish(field: Field): Promise<Finished> {
  const finished = await field.finish();
  const names = Object.keys(finished.exits);
  expect(names.flatMap((name) => field.crew.toldBy(name)).filter(({ event }) => event === 'partition-stopped')).toEqual([]);
  expect(field.crew.surprises).toEqual([]);
  for (const name of names) expect(finished.exits[name], `${name}: ${JSON.stringify(field.crew.toldBy(name).slice(-5))}`).toBe(0);
  return finished;
}

function judge(field: Field, finished: Finished): void {
  const { faults, counts } = finished.verdict();
  field.say(JSON.stringify(counts));
  expect(faults).toEqual([]);
  for (const what of ['signals', 'decisions', 'orders', 'fills', 'positions', 'trades', 'triggers', 'lessons', 'claims'])
    expect(counts[what], what).toBeGreaterThan(0);
}

describeKafka('the pipeline on one broker, under load', () => {
  let field: Field;
  let finished: Finished;
  beforeAll(async () => {
    field = await openField('crash matrix, one broker', 1);
  }, 240_000);
  afterAll(() => field?.close(), 60_000);

  it(
    `comes back after each stage was killed ${STAGE_KILLS} times, zombies, and a restart of the broker`,
    async () => {
      for (const stages of killRounds(field.draw)) await kill(field, stages);
      for (const stage of FULL ? FROZEN : FROZEN.slice(0, 1)) await freeze(field, stage, FROZEN_MS);
      await restartBroker(field, 0, 'kill');
      if (FULL) {
        for (const stage of FROZEN) await cutFromCoordinator(field, stage);
        for (const stage of FROZEN) await addAndRemove(field, stage);
        await killAll(field);
        await restartBroker(field, 0, 'shutDown', 60_000);
      }
      finished = await finish(field);
    },
    LONG_MS,
  );

  it('has lost nothing, doubled nothing, and published what a fold of the final journal derives', () => {
    judge(field, finished);
  }, 600_000);

  describe('the verdict finds', () => {
    let faults: readonly string[] = [];
    beforeAll(() => {
      // All at once: each has to be found beside the others.
      ({ faults } = finished.verdict(TAMPERED.reduce((logs, of) => of.logs(logs), finished.logs)));
    }, 600_000);

    it.each(TAMPERED)('$what', ({ says }) => {
      expect(faults.filter((fault) => says.test(fault)).length, faults.join('\n')).toBeGreaterThan(0);
    });

    it('what hides the rest, and a signal that was acknowledged and is lost', () => {
      const hidden = finished.verdict(
        HIDING.reduce((logs, of) => of.logs(logs), finished.logs),
        [...finished.sent, 'lost'],
      );
      for (const says of [...HIDING.map((of) => of.says), /^signal lost was acknowledged and is lost$/])
        expect(hidden.faults.filter((fault) => says.test(fault)).length, `${says}\n${hidden.faults.join('\n')}`).toBeGreaterThan(
          0,
        );
    }, 600_000);
  });
});

describe.runIf(FULL)('long', () => {
  describeKafka('the pipeline on three brokers, under load', () => {
    let field: Field;
    beforeAll(async () => {
      field = await openField('crash matrix, three brokers', 3);
    }, 240_000);
    afterAll(() => field?.close(), 60_000);

    it(
      'comes through a rolling restart, moved leaders and killed brokers, and the verdict finds nothing',
      async () => {
        for (const i of [0, 1, 2]) await restartBroker(field, i, 'shutDown');
        await moveLeaders(field);
        for (const i of [0, 1, 2]) await restartBroker(field, i, 'kill');
        await moveLeaders(field);
        await loseMostBrokers(field, 15_000);
        judge(field, await finish(field));
      },
      LONG_MS,
    );
  });
});
