// The error of a server that cannot be had here: what is missing, and how it is mended.

/** Nothing is wrong with our code: a tool or a download that the server needs is not there. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly fix: string;
  constructor(message: string, fix: string) {
    super(`${message}; ${fix}`);
    this.fix = fix;
  }
}
