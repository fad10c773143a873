// Somebody else answers where a gateway was named: every command says so, and takes nothing of it for an answer.
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Not spawnSync: the server is of this process. */
function weir(words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...words]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

describe.each([
  ['a page', '<html>welcome</html>', 'text/html'],
  ['other JSON', '{"ok":true}', 'application/json'],
])('%s', (_, body, type) => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((__, response) => {
      response.setHeader('content-type', type);
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each([[['status']], [['trades']], [['trading', 'halt', '--reason', 'x']]])('%j', async (words) => {
    const { code, stderr } = await weir([...words, '--gateway', url]);
    expect(stderr).toContain('OWNER_ANSWER_UNKNOWN: ');
    expect(stderr).toContain(body.slice(0, 10));
    expect(code).toBe(1);
  });
});
