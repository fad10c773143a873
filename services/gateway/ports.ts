// What the gateway's handlers need of the process around them: all effects, so that a test can stand in for any.
import type { Mode, Signal } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { ResolvedInstrument } from '../signals/instrument.ts';
import type { SignalVerdict } from '../signals/validator.ts';
import type { Violation } from '../signals/violation.ts';
import type { Projection } from './projection.ts';

export interface PortfolioName {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: Mode;
}

/** The validator with the deployment's instruments and sources. */
export interface SignalReader {
  parse(bytes: Uint8Array): SignalVerdict;
  check(signal: Signal): SignalVerdict;
  instrument(text: string): ResolvedInstrument | Violation;
}

export type Row = Readonly<Record<string, unknown>>;

/** An archive read that the request itself is to blame for: `code` names how. */
export class ReadRefused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ReadRefused';
    this.code = code;
  }
}

/** Reads of what is archived. Both reject with ReadRefused, or with any other error where the archive is away. */
export interface ArchiveReads {
  query(name: string, params: Readonly<Record<string, string>>): Promise<readonly Row[]>;
  select(statement: string): Promise<readonly Row[]>;
}

export interface Check {
  readonly ok: boolean;
  readonly detail: string;
  readonly age_s: number;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, Check>>;
}

export interface GatewayPorts {
  readonly now: () => Micros;
  /** Resolves when the log has acknowledged the records; rejects when it is not known to have. */
  readonly append: (records: readonly SourceRecord[]) => Promise<AppendResult>;
  readonly signals: SignalReader;
  readonly projection: Projection;
  readonly portfolios: readonly PortfolioName[];
  /** Null while there is none: switched off, starting, or away. */
  readonly archive: () => ArchiveReads | null;
  /** Why the projection does not know the newest of the log; null if it does. Reads of it then have no answer. */
  readonly behind: () => string | null;
  /** The body of GET /v1/status. */
  readonly status: () => unknown;
  readonly readiness: () => Readiness;
  /** Told of answers that should never have been needed. */
  readonly failed: (route: string, error: unknown) => void;
}
