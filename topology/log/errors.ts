// What a log refuses, each named for what will be done about it.

/** A newer owner of the stage's partition exists: this one discards its work. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor(stage: string, partition: number, owner: number, newest: number) {
    super(`log: ${stage}/${partition} is owned by number ${newest}; the append of number ${owner} is refused`);
  }
}

/** The disk (or the configured page limit) is full. Nothing acknowledged is lost; nothing of the refused batch stands. */
export class LogFullError extends Error {
  override readonly name = 'LogFullError';
  constructor(path: string, cause: unknown) {
    super(`log: no space left for ${path}: free disk space or raise the limit, then start again (${messageOf(cause)})`, {
      cause,
    });
  }
}

/** Another living process owns the data directory. */
export class DataDirectoryLockedError extends Error {
  override readonly name = 'DataDirectoryLockedError';
  readonly pid: number;
  readonly url: string;
  constructor(directory: string, pid: number, url: string) {
    super(
      `data directory ${directory} is owned by process ${pid}${url === '' ? '' : ` at ${url}`}: talk to it, or stop it first`,
    );
    this.pid = pid;
    this.url = url;
  }
}

/** The log was closed, or an append failed and the log must be opened again. */
export class LogClosedError extends Error {
  override readonly name = 'LogClosedError';
  constructor(reason: string) {
    super(`log: closed (${reason})`);
  }
}

/** A read below the start of a partition: what was asked for is gone. */
export class OffsetGoneError extends Error {
  override readonly name = 'OffsetGoneError';
  constructor(topic: string, partition: number, from: number, start: number) {
    super(`log: ${topic}/${partition} starts at offset ${start}; offset ${from} is gone`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
