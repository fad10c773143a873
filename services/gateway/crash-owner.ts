// For tests, run as a process of its own: the owner of a data directory, until a signal ends it or a kill does.
import { runAll } from '../cli/run-all.ts';
import { crashDeployment } from './example.ts';

const [data = '', policy = '', archive] = process.argv.slice(2);

process.exitCode = await runAll({
  data,
  deployment: crashDeployment(policy),
  market: { seed: 7, scenario: 'chop' },
  archive: archive === 'archive',
});
