// `weir signal send`: one signal as JSON to the process that owns the data directory, stamped with its clock where it has no time.
import { formatTime } from '../../schemas/time.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { gatewayOf, problemError, type Reply } from './owner-client.ts';

export interface SendOptions extends CommonOptions {
  readonly key?: string;
  readonly validate?: boolean;
}

/** The owner, or the error that says how to start one. */
async function requireOwner(options: CommonOptions) {
  const owner = await gatewayOf(options);
  if (owner !== null) return owner;
  throw new CommandError(
    EXIT.DEPENDENCY_AWAY,
    'OWNER_AWAY',
    `no process runs in ${options.data}`,
    `npm run weir -- run all --data ${options.data}, or name the gateway of one with --gateway`,
  );
}

/** The text is sent as it is, but for a time it does not have: numbers keep their digits. */
function stamped(text: string, now: string): string {
  const open = text.indexOf('{');
  if (open < 0 || /"event_time"\s*:/.test(text)) return text;
  const rest = text.slice(open + 1).trimStart();
  return `{"event_time":"${now}"${rest.startsWith('}') ? '' : ','}${rest}`;
}

function violationsOf(reply: Reply): string {
  const errors = Array.isArray(reply.body.errors) ? (reply.body.errors as Record<string, unknown>[]) : [];
  return errors
    .map(
      (error) =>
        `\n  ${String(error.code)} ${String(error.field ?? '')}: ${JSON.stringify(error.value)}, expected ${String(error.expected)}`,
    )
    .join('');
}

export async function signalSend(options: SendOptions, output: Output, text: string): Promise<ExitCode> {
  const owner = await requireOwner(options);
  const signal = stamped(text, formatTime(Math.round((performance.timeOrigin + performance.now()) * 1000)));
  const reply = options.validate === true ? await owner.validateSignal(signal) : await owner.submitSignal(signal, options.key);
  if (reply.status >= 400) {
    const problem = problemError(reply);
    throw new CommandError(problem.exit, problem.code, `${problem.message}${violationsOf(reply)}`, problem.fix);
  }
  output.document({ replayed: reply.replayed, ...reply.body });
  const { signal_id, status, valid, errors } = reply.body;
  if (options.validate === true) output.line(valid === true ? `valid ${String(signal_id)}` : `invalid ${JSON.stringify(errors)}`);
  else output.line(`${reply.replayed ? 'already there' : 'accepted'} ${String(signal_id)} ${String(status ?? '')}`.trimEnd());
  return options.validate === true && valid !== true ? EXIT.CHECK_FAILED : EXIT.OK;
}
