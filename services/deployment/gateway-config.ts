// Where the gateway listens, and under which names.
import { z } from 'zod';
import { address, flag, readEnvironment, url } from './environment.ts';

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  /** Names beside those of the machine itself. */
  readonly hosts: readonly string[];
}

/** Every variable; its description stands in the reference. */
export const GATEWAY_ENVIRONMENT = {
  WEIR_GATEWAY_LISTEN: address('127.0.0.1:8080').default('127.0.0.1:8080').describe('where the gateway answers'),
  WEIR_GATEWAY_HOSTS: z
    .string()
    .regex(/^[^\s:/,]+(,[^\s:/,]+)*$/, 'expected names, such as gateway,weir.internal')
    .optional()
    .describe('names by which it may be called beside localhost, 127.0.0.1 and [::1]'),
  WEIR_GATEWAY_UNPROTECTED: flag
    .default('false')
    .describe('true: may listen beyond this machine without keys, in a network where everybody may trade'),
  WEIR_GATEWAY_URL: url('http://127.0.0.1:8080').optional().describe('ask this gateway, not the owner of the data directory'),
} as const;

export type GatewayConfigResult =
  | { readonly config: GatewayConfig; readonly faults: readonly [] }
  | { readonly config: null; readonly faults: readonly string[] };

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function readGatewayConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfigResult {
  const { values, faults } = readEnvironment(GATEWAY_ENVIRONMENT, ['WEIR_GATEWAY_'], env);
  if (values === null) return { config: null, faults };
  const { WEIR_GATEWAY_LISTEN: listen, WEIR_GATEWAY_HOSTS: hosts } = values;
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon);
  const all = [...faults];
  if (!LOOPBACK.test(host) && values.WEIR_GATEWAY_UNPROTECTED !== 'true')
    all.push(
      `WEIR_GATEWAY_LISTEN: "${listen}", GATEWAY_BIND_UNPROTECTED: expected an address of this machine alone, as there are no keys yet; or WEIR_GATEWAY_UNPROTECTED=true`,
    );
  if (all.length > 0) return { config: null, faults: all };
  return {
    config: {
      host: host.replace(/^\[|\]$/g, ''),
      port: Number(listen.slice(colon + 1)),
      hosts: hosts === undefined ? [] : hosts.split(','),
    },
    faults: [],
  };
}
