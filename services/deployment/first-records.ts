// What a portfolio's journal begins with: its policy, and the cash put in.
import { controlId } from '../../schemas/ids.ts';
import type { Micros } from '../../schemas/time.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { Deployment, PortfolioSetup } from './deployment.ts';

const KEY_ID = 'weir';

function recordsOf(deployment: Deployment, setup: PortfolioSetup, at: Micros): SourceRecord[] {
  const { portfolio } = setup;
  const { mode, run_id } = deployment;
  const common = { portfolio, run_id, mode, actor: KEY_ID, issued_at: at };
  const policyId = controlId({ idempotency_key: 'first-policy', key_id: KEY_ID, portfolio });
  const cashId = controlId({ idempotency_key: 'first-cash', key_id: KEY_ID, portfolio });
  return [
    {
      topic: 'journal.v1',
      type: 'PolicyActivated',
      key: portfolio,
      id: policyId,
      value: {
        ...common,
        control_id: policyId,
        policy: setup.policy.json,
        policy_hash: setup.policy.policy_hash,
        reason: 'start of the portfolio',
        previous_hash: null,
        apply_to_open: 'keep',
        expires_at: null,
      },
    },
    {
      topic: 'journal.v1',
      type: 'CashFlow',
      key: portfolio,
      id: cashId,
      value: { ...common, control_id: cashId, amount: setup.cash, asset: deployment.currency, reason: 'start of the portfolio' },
    },
  ];
}

/** Ids are fixed, so a second start of the same portfolio changes nothing. */
export function firstRecords(deployment: Deployment, at: Micros): SourceRecord[] {
  return deployment.portfolios.flatMap((setup) => recordsOf(deployment, setup, at));
}
