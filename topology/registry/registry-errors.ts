// What a schema registry answers instead of a schema, each named for what will be done about it.

/** It has not answered, or not sensibly, through all our patience: trying again later may help. */
export class RegistryAwayError extends Error {
  override readonly name = 'RegistryAwayError';
  constructor(url: string, ms: number, cause: unknown) {
    super(`registry: ${url} has not answered for ${ms} ms: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** What it holds, or the map of its ids, does not fit the lock: what is written would be read as something else. */
export class RegistryDiffersError extends Error {
  override readonly name = 'RegistryDiffersError';
  constructor(findings: readonly string[]) {
    super(`registry: ${findings.join('; ')}`);
  }
}

/** It has answered no: 401 and 403 who we are, 409 incompatible, 422 what we sent. */
export class RegistryRefusedError extends Error {
  override readonly name = 'RegistryRefusedError';
  readonly status: number;
  constructor(url: string, status: number, message: string) {
    super(`registry: ${url} refuses (${status}): ${message}`);
    this.status = status;
  }
}
