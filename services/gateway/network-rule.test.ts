// Who may speak to the public listener: one row per caller, and what refuses it.
import { expect, test } from 'vitest';
import { networkRule } from './network-rule.ts';

const rule = networkRule({ hosts: ['gateway'] });
const here = { address: '127.0.0.1', host: '127.0.0.1:8080', origin: undefined };

test.each([
  ['this machine', {}, null],
  ['this machine by its name', { host: 'localhost:8080' }, null],
  ['this machine by IPv6', { address: '::1', host: '[::1]:8080' }, null],
  ['IPv4 mapped into IPv6', { address: '::ffff:127.0.0.1' }, null],
  ['a container beside it', { address: '172.31.255.255', host: 'gateway:8080' }, null],
  ['a name in other letters', { host: 'GateWay' }, null],
  ['a unique local address', { address: 'fd00::1' }, null],
  ['a page of the gateway itself', { origin: 'http://127.0.0.1:8080' }, null],
  ['the next network', { address: '172.32.0.1' }, 'ADDRESS_NOT_ALLOWED'],
  ['the internet', { address: '203.0.113.9' }, 'ADDRESS_NOT_ALLOWED'],
  ['the internet by IPv6', { address: '2001:db8::1' }, 'ADDRESS_NOT_ALLOWED'],
  ['nobody', { address: '' }, 'ADDRESS_NOT_ALLOWED'],
  ['a name that others made point here', { host: 'evil.example' }, 'HOST_NOT_ALLOWED'],
  ['no name at all', { host: undefined }, 'HOST_NOT_ALLOWED'],
  ['a page of others', { origin: 'https://evil.example' }, 'ORIGIN_NOT_ALLOWED'],
  ['a page without an origin', { origin: 'null' }, 'ORIGIN_NOT_ALLOWED'],
])('%s', (_, changes, code) => {
  const answer = rule({ ...here, ...changes });
  expect(answer === null ? null : (answer.body as { code: string }).code).toBe(code);
});
