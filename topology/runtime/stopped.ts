// A stage partition stands: a bug in its step, or a difference between what it derives and what stands in the log.
export class StageStopped extends Error {
  override readonly name = 'StageStopped';
  readonly stage: string;
  readonly partition: number;
  readonly reason: 'EXCEPTION' | 'DIVERGED' | 'LOG_CHANGED' | 'OTHER_SHAPE';
  /** Position of the record that could not be taken or compared. */
  readonly topic: string;
  readonly topic_partition: number;
  readonly offset: number;

  constructor(
    stage: string,
    partition: number,
    reason: StageStopped['reason'],
    at: { readonly topic: string; readonly partition: number; readonly offset: number },
    message: string,
    cause?: unknown,
  ) {
    super(`${stage}/${partition} stopped at ${at.topic}/${at.partition} offset ${at.offset}: ${message}`, { cause });
    this.stage = stage;
    this.partition = partition;
    this.reason = reason;
    this.topic = at.topic;
    this.topic_partition = at.partition;
    this.offset = at.offset;
  }
}
