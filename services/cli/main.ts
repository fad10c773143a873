// The command line: every command, its options and its help; what each does stands in a file of its own.
import './v8-flags.ts';
import completion from '@bomb.sh/tab/commander';
import { Command, CommanderError, Option } from 'commander';
import { decimal } from '../../schemas/money.ts';
import { backtestCheck } from './backtest-check.ts';
import { backtestRun } from './backtest-run.ts';
import { configPrint } from './config-print.ts';
import { decisionsTail } from './decisions-tail.ts';
import { demo } from './demo.ts';
import { DOCUMENTS } from './documents.ts';
import { EXAMPLES } from './examples.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { explain } from './explain.ts';
import { jsonSchema } from './json-schema.ts';
import { lag } from './lag.ts';
import { type CommonOptions, collect, moneyOption, shareOption, timeOption, wholeOption } from './options.ts';
import { makeOutput, type Output, printError, reportError } from './output.ts';
import { pnl, positions, query, sql, trades } from './reads.ts';
import { replay } from './replay.ts';
import { run as runCommand } from './run-command.ts';
import { schemasCheck, schemasDiff, schemasRegister } from './schemas.ts';
import { signalSend } from './signal-send.ts';
import { status } from './status.ts';
import { topicsApply, topicsPlan, topicsVerify } from './topics.ts';
import { trading } from './trading.ts';
import { checkVariables, optionOf } from './variables.ts';

type Action<T> = (options: T, output: Output, ...words: string[]) => Promise<ExitCode>;

let exit: ExitCode = EXIT.OK;

/** The words that call a command, without the program's name. */
export function wordsOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${wordsOf(parent)} ${command.name()}` : command.name();
}

/** Runs a command; whatever it throws is said once, with its exit code. */
function run<T extends CommonOptions>(action: Action<T>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const words = command.processedArgs.flat().filter((word) => word !== undefined);
    const options = command.optsWithGlobals<T>();
    const output = makeOutput(options, DOCUMENTS.get(wordsOf(command)));
    try {
      checkVariables(wordsOf(command), words, output);
      exit = await action(options, output, ...words);
    } catch (error) {
      exit = reportError(error, options.json === true);
    }
  };
}

/** Help cannot print a bigint by itself. */
function cash(description: string): Option {
  return new Option('--cash <amount>', description).argParser(moneyOption).default(decimal('10000'), '10000');
}

/** What every backtest is asked for. */
function ofBacktest(command: Command): Command {
  return command
    .option('--input <manifest>', 'manifest of recorded data; may be given several times', collect, [])
    .option('--policy <name>', 'profile (paper, live, conservative, demo) or file')
    .option('--portfolio <name>', 'name of the portfolio', 'paper-1')
    .addOption(cash('cash it starts with'))
    .option('--seed <n>', 'seed of the run', wholeOption, 42)
    .option('--regime-pin <tag>', 'regime that replaces the detector, such as chop_normal')
    .option('--max-gap-share <share>', 'share of missing bars that is accepted', shareOption, 0.01)
    .option('--max-gap-bars <n>', 'longest gap that is accepted, in bars', wholeOption, 60)
    .option('--synthetic <scenario>', 'a seeded synthetic market instead of files')
    .option('--signals <file>', 'signals of your own, one JSON object a line, sent at their event time')
    .option('--until <time>', 'end before the end of the data', timeOption);
}

export function program(): Command {
  const weir = new Command('weir')
    .description('Signals in, risk-gated and explained decisions out.')
    .addOption(optionOf('--data <folder>', 'WEIR_DATA'))
    .addOption(optionOf('--gateway <url>', 'WEIR_GATEWAY_URL'))
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'no progress and no notes')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .exitOverride()
    .showHelpAfterError();

  weir
    .command('demo')
    .description('run the shipped month of a BTC perpetual through all stages, and watch')
    .addOption(cash('cash the portfolio starts with'))
    .option('--synthetic <scenario>', 'a seeded synthetic market instead of the recorded one')
    .option('--seed <n>', 'seed of the synthetic market', wholeOption, 42)
    .action(run(demo));

  const backtest = weir.command('backtest').description('the same stages on recorded data, under a virtual clock');
  ofBacktest(backtest.command('run'))
    .description('run a backtest; without --input on the shipped month, under the policy of the demo')
    .option('--log <driver>', 'memory, or sqlite in the data directory (a killed run goes on)', 'memory')
    .option('--ticks <mode>', 'sparse, or dense: every second', 'sparse')
    .option('--twice', 'run twice and compare every byte')
    .action(run(backtestRun));
  ofBacktest(backtest.command('check'))
    .description('change everything after seeded moments, and see that nothing before them changes')
    .option('--cuts <n>', 'how many moments', wholeOption, 20)
    .action(run(backtestCheck));

  weir
    .command('run <what>')
    .description('run all stages on a synthetic market in real time, in paper mode; on Kafka also one: run decision, run gateway')
    .option('--policy <name>', 'profile or file', 'paper')
    .option('--portfolio <name>', 'name of the portfolio', 'paper-1')
    .addOption(cash('cash it starts with'))
    .option('--instrument <name>', 'instrument of the market; may be given several times', collect, [])
    .option('--scenario <name>', 'scenario of the market', 'calm')
    .option('--seed <n>', 'seed of the market', wholeOption, 42)
    .option('--no-archive', 'keep nothing in ClickHouse')
    .addOption(optionOf('--log <driver>', 'WEIR_LOG'))
    .addOption(optionOf('--health <address>', 'WEIR_OPS_LISTEN'))
    .action(run(runCommand));

  weir
    .command('signal')
    .description('signals of an outside producer')
    .command('send <json>')
    .description('send one signal; without event_time it is stamped now')
    .option('--key <key>', 'idempotency key: the same key sends once')
    .option('--validate', 'only say whether it would be accepted')
    .action(run(signalSend));

  weir
    .command('decisions')
    .description('what was decided')
    .command('tail')
    .description('the newest decisions')
    .option('--limit <n>', 'how many', wholeOption, 20)
    .option('--follow', 'and those to come, until Ctrl-C')
    .action(run(decisionsTail));

  weir
    .command('explain <decision>')
    .description(
      'why it was decided so: the reason, every gate, the size, the route, what would have changed it, what became of it',
    )
    .action(run(explain));

  weir
    .command('replay <decision>')
    .description('recompute a decision from the journal and compare every byte; 3 = it differs, 4 = the journal is missing')
    .option('--policy <name>', 'profile or file: what would have been decided under it')
    .action(run(replay));

  weir.command('status').description('trading state, limits, conditions, lag').action(run(status));
  weir.command('positions').description('open positions').option('--portfolio <name>', 'of one portfolio').action(run(positions));
  weir
    .command('trades')
    .description('closed round trips, newest first')
    .option('--portfolio <name>', 'of one portfolio')
    .option('--limit <n>', 'how many', wholeOption, 50)
    .action(run(trades));
  weir
    .command('pnl')
    .description('net of closed trades and the legs that made it')
    .option('--by <slice>', 'strategy, day, instrument, source, regime or exit_reason', 'strategy')
    .option('--portfolio <name>', 'of one portfolio')
    .action(run(pnl));
  weir
    .command('sql <select>')
    .description('ask ClickHouse; reads only, for 30 s at most, 5 s through an owner or a gateway')
    .action(run(sql));
  weir
    .command('query [name]')
    .description('a named query; without a name, which there are')
    .option('--param <name=value>', 'a parameter; may be given several times', collect, [])
    .action(run(query));

  weir
    .command('trading <act>')
    .description('halt, reduce or resume trading')
    .requiredOption('--reason <text>', 'why; it stands in the journal')
    .option('--portfolio <name>', 'one portfolio, or * for all', '*')
    .option('--baseline <which>', 'resume: keep the baseline of the stops, or take a new one', 'keep')
    .option('--code <condition>', 'resume: only this condition; may be given several times', collect, [])
    .action(run(trading));

  weir.command('lag').description('records that each stage has still to take, on Kafka').action(run(lag));

  const topics = weir.command('topics').description('the topics and permissions on Kafka, against the tables (WEIR_KAFKA_*)');
  topics
    .command('plan')
    .description('show what differs; exit 3 if anything does')
    .option('--no-acls', 'leave permissions out')
    .action(run(topicsPlan));
  topics
    .command('apply')
    .description('create and alter what can be; takes nothing away')
    .option('--no-acls', 'leave permissions out')
    .action(run(topicsApply));
  topics
    .command('verify')
    .description('exit 3 on any difference')
    .option('--no-acls', 'leave permissions out')
    .action(run(topicsVerify));

  const schemas = weir.command('schemas').description('the record schemas in a registry (WEIR_KAFKA_REGISTRY_*)');
  schemas
    .command('register')
    .description('register what is missing; writes a map where ids differ from the lock')
    .action(run(schemasRegister));
  schemas.command('check').description('whether what is missing could be registered; exit 3 if not').action(run(schemasCheck));
  schemas.command('diff').description('what differs between lock and registry; exit 3 if anything does').action(run(schemasDiff));

  weir
    .command('config')
    .description('the variables of the environment (WEIR_*)')
    .command('print')
    .description('every variable: its value, where that is from, what it means; exit 78 if anything is wrong')
    .option('--redact', 'hide secrets (default)')
    .option('--no-redact', 'show them')
    .action(run(configPrint));

  weir
    .command('json-schema [command...]')
    .description('the JSON Schema of what a command prints with --json; without a command, which there are')
    .action(run(jsonSchema));

  completion(weir, { completionCommandName: 'completion' });
  weir.commands
    .find((command) => command.name() === 'completion')
    ?.description('what a shell offers at TAB, as a script: source <(weir completion bash)');
  showExamples(weir);
  return weir;
}

/** In the help of every command that has some. */
function showExamples(of: Command): void {
  for (const command of of.commands) {
    const lines = EXAMPLES.get(wordsOf(command)) ?? [];
    if (lines.length > 0) command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    showExamples(command);
  }
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exit);
});

if (import.meta.main) {
  try {
    await program().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exit = error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
    // What is wrong was said on stderr, with the help.
    if (exit !== EXIT.OK && process.argv.includes('--json'))
      printError('USAGE', error.message.replace(/^error: /, ''), 'look at the help, on stderr');
  }
  process.exitCode = exit;
}
