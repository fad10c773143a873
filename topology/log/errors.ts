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

/** An append was refused, or its result did not name every partition: what stands of it only a recovery can tell. */
export class AppendFailedError extends Error {
  override readonly name = 'AppendFailedError';
  constructor(reason: string, cause?: unknown) {
    super(`log: an append failed: ${reason}`, { cause });
  }
}

/** The log does not answer, and did not through all tries. */
export class LogAwayError extends Error {
  override readonly name = 'LogAwayError';
  constructor(where: string, ms: number, cause: unknown) {
    super(`log: ${where} has not answered for ${ms} ms: ${messageOf(cause)}`, { cause });
  }
}

/** The broker refuses who we say we are, or what we may do: trying again does not help. */
export class LogRefusedError extends Error {
  override readonly name = 'LogRefusedError';
  constructor(where: string, cause: unknown) {
    super(`log: ${where} refuses us: ${messageOf(cause)}`, { cause });
  }
}

/** A topic is missing on the broker, or has another number of partitions than the topology says. */
export class TopicDiffersError extends Error {
  override readonly name = 'TopicDiffersError';
  constructor(findings: readonly string[]) {
    super(`log: the broker differs from the topology: ${findings.join('; ')}; see \`weir topics plan\``);
  }
}

/** Offsets are missing where there can be none missing, or a reader stands beyond the end. */
export class LogHoleError extends Error {
  override readonly name = 'LogHoleError';
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  constructor(topic: string, partition: number, offset: number, found: string) {
    super(`log: ${topic}/${partition} offset ${offset} was expected, ${found}`);
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
  }
}

/** A record that no broker takes; nothing of its batch was sent. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
  constructor(topic: string, type: string, id: string, bytes: number, limit: number) {
    super(`log: ${type}${id === '' ? '' : ` ${id}`} for ${topic} has ${bytes} bytes, at most ${limit} are allowed`);
  }
}

/** Of a shared log: what went wrong is not the record's fault. */
export function isLogError(error: unknown): boolean {
  return (
    error instanceof AppendFailedError ||
    error instanceof LogClosedError ||
    error instanceof LogAwayError ||
    error instanceof LogRefusedError ||
    error instanceof TopicDiffersError
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
