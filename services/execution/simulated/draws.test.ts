// The draws of the simulated venue against their golden values.
import { describe, expect, test } from 'vitest';
import { orderId } from '../../../schemas/ids.ts';
import { vectorDecision } from '../example.ts';
import { draw, happens, latencyUs, partialFractionBps } from './draws.ts';

const order = (n: string): string => orderId({ attempt: 1, decision_id: vectorDecision(n), leg: 'entry' });
const AT = 1_735_689_600_000_000;

test('latency of the golden order', () => expect(draw('latency', order('1'))).toBe(0.4016930820307113));

describe.each([
  ['12', 0.9401, 244, 0.8664, 0.305],
  ['3', 0.8236, 232, 0.7168, 0.5371],
  ['5', 0.5181, 201, 0.1551, 0.1104],
])('order of decision %s', (n, latency, ms, touch, partial) => {
  test('draws', () => {
    expect(draw('latency', order(n))).toBeCloseTo(latency, 4);
    expect(draw(`touch:${AT}`, order(n))).toBeCloseTo(touch, 4);
    expect(draw(`partial:${AT}`, order(n))).toBeCloseTo(partial, 4);
  });
  test(`way to the book: ${ms} ms`, () => {
    expect(latencyUs({ latency_ms: 150, jitter_ms: 100 }, order(n))).toBe(ms * 1_000);
  });
});

test('fraction of the third order', () => {
  expect(draw(`fraction:${AT}`, order('5'))).toBeCloseTo(0.2798, 4);
  expect(partialFractionBps(AT, order('5'))).toBe(6_371);
});
test('certainty draws nothing', () => {
  expect(happens(1, 'x', 'y')).toBe(true);
  expect(happens(0, 'x', 'y')).toBe(false);
});
