// Who may speak to the public listener at all: by address, by the name that the request was sent to, by the page it came from.
import { BlockList, isIP } from 'node:net';
import type { Answer } from './answer.ts';
import { problem } from './problem.ts';

export interface NetworkRule {
  /** Names of this gateway beside those of the machine itself: in `Host`, without a port. */
  readonly hosts: readonly string[];
}

/** Private networks and the machine itself. */
const ALLOWED: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
];

const OWN_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export interface Caller {
  /** The socket's peer; '' where there is none (a Unix socket). */
  readonly address: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** The answer that refuses the caller, null if it may go on. */
export function networkRule({ hosts }: NetworkRule): (caller: Caller) => Answer | null {
  const allowed = new BlockList();
  for (const [network, bits, family] of ALLOWED) allowed.addSubnet(network, bits, family);
  const names = new Set([...OWN_HOSTS, ...hosts.map((host) => host.toLowerCase())]);
  return ({ address, host, origin }) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    if (family === 0 || !allowed.check(plain, family === 4 ? 'ipv4' : 'ipv6'))
      return problem('ADDRESS_NOT_ALLOWED', `address ${plain}: expected one of a private network`);
    const name = nameOf(host ?? '');
    // A name that others resolve to this address would let their pages speak to us.
    if (!names.has(name)) return problem('HOST_NOT_ALLOWED', `Host "${name.slice(0, 100)}": expected ${[...names].join(', ')}`);
    if (origin !== undefined && !names.has(nameOf(origin.replace(/^https?:\/\//, ''))))
      return problem('ORIGIN_NOT_ALLOWED', `Origin "${origin.slice(0, 100)}": expected a page of this gateway, or none`);
    return null;
  };
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
