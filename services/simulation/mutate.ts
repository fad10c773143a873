// Loaded before everything else (`--import`): switches off the rule that WEIR_MUTANT names, in the source as it is read.
import { registerHooks } from 'node:module';
import { MUTANTS } from './mutants.ts';

const name = process.env.WEIR_MUTANT ?? '';
const mutant = MUTANTS.find((of) => of.name === name);
if (mutant === undefined)
  throw new TypeError(`WEIR_MUTANT: "${name}", expected one of ${MUTANTS.map((of) => of.name).join(', ')}`);
const root = new URL('../../', import.meta.url).href;
const open = new Set(mutant.edits);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edits = mutant.edits.filter(({ file }) => url === `${root}${file}`);
    if (edits.length === 0) return loaded;
    let source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    for (const edit of edits) {
      const parts = source.split(edit.find);
      if (parts.length !== 2)
        throw new TypeError(`mutant ${name}: ${edit.file} has ${parts.length - 1} times, expected once: ${edit.find}`);
      source = parts.join(edit.put);
      open.delete(edit);
    }
    return { ...loaded, source };
  },
});

process.on('exit', () => {
  if (open.size > 0) throw new TypeError(`mutant ${name}: ${[...open].map(({ file }) => file).join(', ')} was never loaded`);
});
