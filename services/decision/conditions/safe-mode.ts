// SAFE_MODE: the judge has rejected too many of our entries: a pause, then a recovery at small size, then clear again.
import { SECOND } from '../../../schemas/time.ts';
import type { Fold } from '../fold.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, setCondition } from './conditions.ts';

const WINDOW = 10;
const CATASTROPHIC = 2;
const RECOVERY_VERDICTS = 5;
const FIRST_PAUSE_US = 3_600 * SECOND;
const LONGEST_PAUSE_US = 86_400 * SECOND;

/** Counts one judgement that is not synthetic. */
export function countJudgement(fold: Fold, p: PortfolioState, rejected: boolean, catastrophic: boolean): void {
  const { verdicts } = p;
  if (p.safe_mode === 'PAUSED') return;
  verdicts.window.push({ rejected, catastrophic });
  if (verdicts.window.length > WINDOW) verdicts.window.shift();
  const rejects = verdicts.window.filter((v) => v.rejected).length;
  const disasters = verdicts.window.filter((v) => v.catastrophic).length;
  if (p.safe_mode === 'RECOVERY') {
    if (disasters > 0) return pause(fold, p, 'a catastrophic verdict in recovery');
    if (verdicts.window.length < RECOVERY_VERDICTS) return;
    if (rejects * 2 > verdicts.window.length)
      return pause(fold, p, `${rejects} of ${verdicts.window.length} rejected in recovery`);
    p.safe_mode = 'CLEAR';
    verdicts.window = [];
    verdicts.pause_us = 0;
    return;
  }
  if (disasters >= CATASTROPHIC) pause(fold, p, `${disasters} catastrophic verdicts`);
  else if (verdicts.window.length === WINDOW && rejects * 2 > WINDOW) pause(fold, p, `${rejects} of the last ${WINDOW} rejected`);
}

function pause(fold: Fold, p: PortfolioState, reason: string): void {
  const { verdicts } = p;
  verdicts.pause_us = verdicts.pause_us === 0 ? FIRST_PAUSE_US : Math.min(2 * verdicts.pause_us, LONGEST_PAUSE_US);
  verdicts.paused_until = p.now + verdicts.pause_us;
  verdicts.window = [];
  p.safe_mode = 'PAUSED';
  setCondition(fold, p, 'SAFE_MODE', { actor: 'analysis', reason, until: verdicts.paused_until });
}

/** The pause is over: entries at trial size, judged anew. */
export function endPause(fold: Fold, p: PortfolioState): void {
  if (p.now < p.verdicts.paused_until) return;
  p.safe_mode = 'RECOVERY';
  p.verdicts.paused_until = -1;
  clearCondition(fold, p, 'SAFE_MODE', 'recovery: entries at trial size');
}
