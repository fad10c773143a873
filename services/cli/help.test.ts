// The help of every command, kept golden: a change of the command line is seen.
import { expect, it } from 'vitest';
import { program } from './main.ts';

type Program = ReturnType<typeof program>;

function helps(command: Program): string[] {
  let said = '';
  command.configureHelp({ helpWidth: 100 });
  command.configureOutput({
    writeOut: (text) => {
      said += text;
    },
  });
  command.outputHelp();
  return [said, ...command.commands.flatMap((sub) => helps(sub as Program))];
}

it('is what it was', async () => {
  const text = helps(program()).join('\n────\n');
  await expect(text).toMatchFileSnapshot('golden/help.txt');
});
