// An append that is given up after a while: nobody waits for ever, and what became of it is then unknown.
import type { AppendResult } from '../../topology/log/log.ts';

export class AppendTimeout extends Error {
  override readonly name = 'AppendTimeout';
}

export async function within(append: Promise<AppendResult>, milliseconds: number): Promise<AppendResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppendTimeout(`the log has not answered for ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([append, late]);
  } finally {
    clearTimeout(timer);
  }
}
