// Reads over HTTP: the state of this process from memory, history through the archive.
import { formatTime } from '../../schemas/time.ts';
import { type Answer, ok } from './answer.ts';
import { parseBody, sqlBody } from './bodies.ts';
import { type ArchiveReads, type GatewayPorts, ReadRefused, type Row } from './ports.ts';
import { problem } from './problem.ts';

export interface ReadHandlers {
  status(): Answer;
  query(name: string, params: Readonly<Record<string, string | string[] | undefined>>): Promise<Answer>;
  sql(bytes: Uint8Array): Promise<Answer>;
  livez(): Answer;
  readyz(): Answer;
}

export function readHandlers(ports: GatewayPorts): ReadHandlers {
  const asOf = (source: string) => ({ 'weir-source': source, 'weir-as-of': formatTime(ports.now()) });

  async function archived(read: (archive: ArchiveReads) => Promise<readonly Row[]>): Promise<Answer> {
    const archive = ports.archive();
    if (archive === null) return problem('ARCHIVE_UNAVAILABLE', 'the archive is not running: writes, status and controls go on');
    try {
      const rows = await read(archive);
      return ok({ rows }, asOf('archive'));
    } catch (error) {
      if (error instanceof ReadRefused) return problem(refusalOf(error.code), error.message, [], { reason: error.code });
      return problem('ARCHIVE_UNAVAILABLE', error instanceof Error ? error.message : String(error));
    }
  }

  return {
    status: () => ok(ports.status(), asOf('projection')),
    async query(name, params) {
      const single: Record<string, string> = {};
      for (const [key, value] of Object.entries(params)) {
        if (typeof value !== 'string') return problem('PARAMETER_INVALID', `${key}: expected once`);
        single[key] = value;
      }
      return archived((archive) => archive.query(name, single));
    },
    async sql(bytes) {
      const parsed = parseBody(sqlBody, bytes);
      if ('refused' in parsed) return parsed.refused;
      return archived((archive) => archive.select(parsed.body.query));
    },
    livez: () => ok({ status: 'ok', time: formatTime(ports.now()), checks: {} }),
    readyz() {
      const { ready, checks } = ports.readiness();
      return { status: ready ? 200 : 503, body: { status: ready ? 'ok' : 'unready', time: formatTime(ports.now()), checks } };
    },
  };
}

function refusalOf(code: string): 'NOT_FOUND' | 'PARAMETER_INVALID' | 'SQL_REFUSED' {
  if (code === 'QUERY_UNKNOWN') return 'NOT_FOUND';
  return code === 'QUERY_PARAM_INVALID' ? 'PARAMETER_INVALID' : 'SQL_REFUSED';
}
