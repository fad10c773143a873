// The echo beside the stages: two relays of bare kafkajs over topics of the same names, partitions and sizes under another prefix.
import { fileURLToPath } from 'node:url';
import { topologyOf } from '../../topology/topology.ts';
import { type Bed, makeTopics, removeTopics } from './bed.ts';
import type { BenchSignal } from './bench-signal.ts';
import { startChild } from './child.ts';
import { openPipe, PIPE_TOPICS, type Pipe } from './pipe.ts';

const RELAY = fileURLToPath(new URL('./relay.ts', import.meta.url));

export interface EchoOptions {
  /** Bytes of a value on the way out of each hop. */
  readonly bytes: readonly [number, number];
  readonly signal: (n: number) => BenchSignal;
}

export async function startEcho(bed: Bed, options: EchoOptions): Promise<Pipe> {
  const { settings, topology } = bed.config;
  const echo = topologyOf(topology.partitions['journal.v1'], {}, `${topology.prefix}echo.`);
  const config = { ...bed.config, topology: echo };
  await makeTopics(config, PIPE_TOPICS);
  bed.closing.add(() => removeTopics(config, PIPE_TOPICS));
  const [signals, journal, decisions] = PIPE_TOPICS;
  for (const [from, to, bytes] of [
    [signals, journal, options.bytes[0]],
    [journal, decisions, options.bytes[1]],
  ]) {
    const relay = startChild(`relay to ${to}`, [RELAY, settings.brokers.join(','), echo.prefix, `${from}`, `${to}`, `${bytes}`]);
    bed.children.add(relay);
    await relay.says('joined');
  }
  const pipe = await openPipe({ settings, topology: echo, signal: options.signal });
  bed.closing.add(() => pipe.close());
  return pipe;
}
