// For tests: what the Dockerfile and .dockerignore put into the image, read from them, and laid out in a folder as there.
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Step {
  readonly name: 'FROM' | 'COPY' | 'RUN' | 'USER' | 'ENV' | 'WORKDIR' | 'ENTRYPOINT' | 'LABEL';
  readonly text: string;
  /** Index of the build stage. */
  readonly stage: number;
}

const STEP = /^(FROM|COPY|RUN|USER|ENV|WORKDIR|ENTRYPOINT|LABEL) (.+)$/;

/** Throws on an instruction that is not one of these: one that nobody checks. */
export function stepsOf(dockerfile: string): readonly Step[] {
  let stage = -1;
  return dockerfile
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line): Step => {
      const [, name, text = ''] = STEP.exec(line) ?? [];
      if (name === undefined) throw new SyntaxError(`Dockerfile: "${line}" is not looked at`);
      if (name === 'FROM') stage += 1;
      return { name: name as Step['name'], text, stage };
    });
}

/** Whether the build sees a path; the last pattern that matches it, or a folder that it lies in, decides. */
export function sees(dockerignore: string, path: string): boolean {
  const rules = dockerignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  let seen = true;
  for (const rule of rules) {
    const again = rule.startsWith('!');
    if (patternOf(again ? rule.slice(1) : rule).test(path)) seen = again;
  }
  return seen;
}

function patternOf(rule: string): RegExp {
  const inner = rule
    .replace(/[.+^$()|{}]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?');
  return new RegExp(`^${inner}(/.*)?$`);
}

/** Sources of the COPY steps that take from the project, with where they go. */
export function copiesOf(
  steps: readonly Step[],
): readonly { readonly from: string; readonly to: string; readonly stage: number }[] {
  return steps
    .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from='))
    .flatMap(({ text, stage }) => {
      const words = text.split(' ');
      const to = words.at(-1) ?? '';
      return words.slice(0, -1).map((from) => ({ from, to: to.endsWith('/') ? join(to, from) : to, stage }));
    });
}

/** Copies what one build stage takes from the project, as the engine would. */
export function layOut(root: string, into: string, steps: readonly Step[], dockerignore: string, stage: number): void {
  for (const copy of copiesOf(steps).filter((of) => of.stage === stage)) {
    const from = join(root, copy.from);
    const to = join(into, copy.to);
    if (!existsSync(from) || !sees(dockerignore, copy.from)) throw new Error(`COPY ${copy.from}: is not there for the build`);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to, {
      recursive: statSync(from).isDirectory(),
      filter: (path) => path === from || sees(dockerignore, path.slice(root.length).replace(/^\//, '')),
    });
  }
}

export function projectFile(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
