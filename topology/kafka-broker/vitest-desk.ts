// Set up once for a run of the tests: starts the broker when the first test file asks for it, and ends it with the run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type ChosenKafka, chooseKafka } from './choose-kafka.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket at which a test file asks for the broker. */
    kafka_desk: string;
    /** File into which a test file writes what it leaves out. */
    kafka_left_out: string;
    /** File into which a test file writes which tool it could not get, and why. */
    tools_left_out: string;
  }
}

/** What the desk answers: one line of JSON. */
export type DeskAnswer = { readonly brokers: readonly string[] } | { readonly error: string };

let folder = '';
let server: Server | null = null;
let kafka: Promise<ChosenKafka> | null = null;

async function answer(): Promise<DeskAnswer> {
  const before = Date.now();
  const first = kafka === null;
  kafka ??= chooseKafka();
  try {
    const { brokers, origin } = await kafka;
    if (first) process.stdout.write(`Kafka for the tests: ${brokers.join(',')} (${origin}, ${Date.now() - before} ms)\n`);
    return { brokers };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

export async function setup(project: TestProject): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'weir-desk-'));
  const socket = join(folder, 'desk');
  const leftOut = join(folder, 'left-out');
  const toolsLeftOut = join(folder, 'tools-left-out');
  writeFileSync(leftOut, '');
  writeFileSync(toolsLeftOut, '');
  const desk = createServer((connection) => {
    connection.on('error', () => {});
    void answer().then((said) => connection.end(`${JSON.stringify(said)}\n`));
  });
  await new Promise<void>((resolve) => desk.listen(socket, resolve));
  server = desk;
  project.provide('kafka_desk', socket);
  project.provide('kafka_left_out', leftOut);
  project.provide('tools_left_out', toolsLeftOut);
}

export async function teardown(): Promise<void> {
  server?.close();
  try {
    await (await kafka)?.stop();
  } catch {
    // It never started; the tests have said why.
  }
  const leftOut = linesOf('left-out');
  if (leftOut.length > 0)
    process.stdout.write(
      `\nWEIR_TEST_NO_KAFKA=1: ${leftOut.length} suites that need a broker were left out:\n  ${leftOut.join('\n  ')}\n`,
    );
  const tools = linesOf('tools-left-out');
  if (tools.length > 0)
    process.stdout.write(
      `\nleft out for want of a tool, ${tools.length} (WEIR_TEST_STRICT=1 makes it a failure):\n  ${tools.join('\n  ')}\n`,
    );
  rmSync(folder, { recursive: true, force: true });
}

function linesOf(file: string): readonly string[] {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  return lines.filter((line) => line !== '');
}
