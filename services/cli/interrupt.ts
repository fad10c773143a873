// Ctrl-C and a polite kill: noted once, so that work in progress ends whole; the second one ends the process at once.

export interface Interrupt {
  /** 0, or the exit code that the signal asks for. */
  code(): number;
  release(): void;
}

export function listenForInterrupt(): Interrupt {
  let code = 0;
  const heard = (exit: number) => () => {
    if (code !== 0) process.exit(exit);
    code = exit;
  };
  const onInt = heard(130);
  const onTerm = heard(143);
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  return {
    code: () => code,
    release() {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
    },
  };
}
