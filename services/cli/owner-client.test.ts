// Somebody else answers where a gateway was named: every command says so, and takes nothing of it for an answer.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weir } from '../backtest/crash/weir-child.ts';

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
    const { code, stderr } = await weir(...words, '--gateway', url);
    expect(stderr).toContain('OWNER_ANSWER_UNKNOWN: ');
    expect(stderr).toContain(body.slice(0, 10));
    expect(code).toBe(1);
  });
});
