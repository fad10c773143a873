// Real processes, really killed: started again on the same file they end with what an undisturbed run ends with.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inFolder } from '../log/in-folder.ts';
import { createMemoryLog } from '../log/memory.ts';
import { openSqliteLog } from '../log/sqlite.ts';
import { createLiveRuntime } from './live-runtime.ts';
import { firstDifferentLine, printedLog } from './printed-log.ts';
import { TOY_STAGES, toyMarket } from './toy-stages.ts';
import { createVirtualRuntime } from './virtual-runtime.ts';

const program = join(import.meta.dirname, 'run-until-killed.ts');
const EVENTS = 150;

/** Runs until so many events were reported, then kills; true when the run came to its end before. */
function runUntil(path: string, mode: string, events: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, path, mode, String(EVENTS)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data) => {
      output += String(data);
      if (output.length >= events) child.kill('SIGKILL');
    });
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`ended with ${code}`));
    });
  });
}

async function killedRun(mode: string, kills: readonly number[]): Promise<string[]> {
  return inFolder(async (folder) => {
    const path = join(folder, 'log.db');
    let ended = false;
    for (const events of kills) ended = ended || (await runUntil(path, mode, events));
    expect(ended).toBe(false);
    expect(await runUntil(path, mode, Number.POSITIVE_INFINITY)).toBe(true);
    const log = openSqliteLog({ path });
    const printed = printedLog(log);
    await log.close();
    return printed;
  });
}

it('virtual: kill -9 four times', async () => {
  const expected = createMemoryLog();
  createVirtualRuntime({ log: expected, stages: TOY_STAGES, ticks: 'sparse' }).run(toyMarket(EVENTS));
  expect(firstDifferentLine(await killedRun('virtual', [1, 40, 60, 100]), printedLog(expected))).toBeNull();
});

it('live: kill -9 four times', async () => {
  const expected = createMemoryLog();
  let at = 0;
  const runtime = createLiveRuntime({ log: expected, stages: TOY_STAGES, ticks: false, clock: () => at });
  for (const event of toyMarket(EVENTS)) {
    at = event.at;
    await runtime.append(event.records);
  }
  await runtime.stop();
  expect(firstDifferentLine(await killedRun('live', [1, 20, 30, 25]), printedLog(expected))).toBeNull();
});
