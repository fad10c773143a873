// The tables fit together: what a stage reads and writes is what the topics say, and counts that must agree do.
import { describe, expect, it } from 'vitest';
import { RECORD_NAMES } from '../schemas/records.generated.ts';
import { STAGES, stageOf, VIRTUAL_ORDER } from './stages.ts';
import { isTopicName, TOPICS, topicOf } from './topics.ts';
import { EMBEDDED, KAFKA, topologyOf } from './topology.ts';

describe('the tables', () => {
  it('every record has one topic', () => {
    const held = TOPICS.flatMap((topic) => topic.records);
    expect([...held].sort()).toEqual([...RECORD_NAMES].sort());
  });

  it('who writes a topic has it among its outputs, and the other way round', () => {
    const stages = new Set<string>(STAGES.map((stage) => stage.name));
    for (const topic of TOPICS) {
      if (topic.name === 'snapshots.v1') continue;
      const written = STAGES.filter((stage) => stage.outputs.includes(topic.name)).map((stage) => stage.name);
      expect(topic.written_by.filter((name) => stages.has(name)).sort(), topic.name).toEqual(written.sort());
    }
  });

  it('who reads a topic has it among its inputs, and the other way round', () => {
    const stages = new Set<string>(STAGES.map((stage) => stage.name));
    for (const topic of TOPICS) {
      if (topic.name === 'snapshots.v1') continue;
      const read = STAGES.filter((stage) => stage.inputs.some((input) => input.topic === topic.name)).map((stage) => stage.name);
      expect(topic.read_by.filter((name) => stages.has(name)).sort(), topic.name).toEqual(read.sort());
    }
  });

  it('a stage names only types that its topic holds, and reads each topic once', () => {
    for (const stage of STAGES) {
      expect(new Set(stage.inputs.map((input) => input.topic)).size).toBe(stage.inputs.length);
      for (const { topic, types } of stage.inputs) {
        const allowed = [...topicOf(topic).records, ...(topicOf(topic).raw ? ['Raw'] : [])];
        expect((types ?? []).filter((type) => !allowed.includes(type))).toEqual([]);
      }
    }
  });

  it('a fold reads one topic', () => {
    expect(STAGES.filter((stage) => stage.kind === 'fold' && stage.inputs.length !== 1)).toEqual([]);
  });

  it('the virtual order names every stage that derives records', () => {
    const deriving = STAGES.filter((stage) => ['fold', 'merge', 'effect'].includes(stage.kind)).map((stage) => stage.name);
    expect([...VIRTUAL_ORDER].sort()).toEqual(deriving.sort());
  });

  it('an unknown name is refused with the known ones', () => {
    expect(() => topicOf('journal')).toThrow(/topic: "journal" is not one of signals\.v1, market\.v1/);
    expect(() => stageOf('decide')).toThrow(/stage: "decide" is not one of market, clock/);
    expect([isTopicName('journal.v1'), isTopicName('journal')]).toEqual([true, false]);
  });
});

describe('partition counts', () => {
  it('are 1 embedded and 12 on Kafka', () => {
    expect(new Set(Object.values(EMBEDDED.partitions))).toEqual(new Set([1]));
    expect(new Set(Object.values(KAFKA.partitions))).toEqual(new Set([12]));
  });

  it.each([
    [{ 'market.v1': 0 }, /topology\.partitions\.market\.v1: 0, expected a whole number of at least 1/],
    [{ 'market.v1': 1.5 }, /topology\.partitions\.market\.v1: 1\.5, expected a whole number/],
    [{ 'orders.v1': 4 }, /topology\.partitions\.orders\.v1: 4, expected 12 like journal\.v1/],
    [{ 'positions.v1': 24 }, /topology\.partitions\.positions\.v1: 24, expected 12 like journal\.v1/],
    [{ 'market.v1': 24 }, /topology\.partitions\.market\.v1: 24, expected 12 like signals\.v1/],
  ])('%o are refused', (different, message) => {
    expect(() => topologyOf(12, different)).toThrow(message);
  });

  it('may differ where no portfolio is cut', () => {
    expect(topologyOf(12, { 'dead-letters.v1': 1, 'signals.v1': 24, 'market.v1': 24 }).partitions['signals.v1']).toBe(24);
  });
});
