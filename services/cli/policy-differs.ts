// Tells where another policy is in force than the one that a portfolio is configured with: a start puts none in force but the first.
import type { DecisionState } from '../decision/state.ts';
import type { PortfolioSetup } from '../deployment/deployment.ts';
import type { OwnerLog } from './owner-events.ts';

/** `state`: of the decision partition in which the portfolio lies. */
export function tellPolicy(state: DecisionState | undefined, { portfolio, policy }: PortfolioSetup, tell: OwnerLog): void {
  const active = state?.portfolios.get(portfolio)?.policy?.policy_hash ?? null;
  const configured = policy.policy_hash;
  if (active !== null && active !== configured) tell({ event: 'policy-differs', portfolio, active, configured });
}
