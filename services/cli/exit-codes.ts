// What the exit code of a command says to a script.

export const EXIT = {
  OK: 0,
  FAILURE: 1,
  USAGE: 2,
  /** A check or gate failed: a replay differs, a look-ahead was found. */
  CHECK_FAILED: 3,
  /** What the question needs is no longer, or not yet, in the log. */
  EVIDENCE_MISSING: 4,
  /** Something we depend on is away; trying again may help. */
  DEPENDENCY_AWAY: 69,
  BAD_CONFIGURATION: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error that a person can act on: what is wrong, and how it is mended. */
export class CommandError extends Error {
  readonly exit: ExitCode;
  readonly code: string;
  readonly fix: string;
  constructor(exit: ExitCode, code: string, message: string, fix = '') {
    super(message);
    this.name = 'CommandError';
    this.exit = exit;
    this.code = code;
    this.fix = fix;
  }
}

/** Every fault of the variables of `what`, at once. */
export function configError(what: string, faults: readonly string[]): CommandError {
  return new CommandError(
    EXIT.BAD_CONFIGURATION,
    'CONFIG',
    `${what}:\n  ${faults.join('\n  ')}`,
    'mend them, or unset them: `weir config print` tells what each is',
  );
}
