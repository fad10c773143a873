// The ladder: every gate, in the order that decides which reason is given.
import { admission } from './00-admission.ts';
import { tradingState } from './01-trading-state.ts';
import { policyGate } from './02-policy.ts';
import { ledgerGate } from './03-ledger.ts';
import { dailyStop } from './04-daily-stop.ts';
import { weeklyStop } from './05-weekly-stop.ts';
import { drawdownStop } from './06-drawdown-stop.ts';
import { reconciliation } from './07-reconciliation.ts';
import { clockSkew } from './08-clock-skew.ts';
import { unknownOrders } from './09-unknown-orders.ts';
import { listed } from './10-listed.ts';
import { restricted } from './11-restricted.ts';
import { pair } from './12-pair.ts';
import { productStatus } from './13-product-status.ts';
import { direction } from './14-direction.ts';
import { signalAge } from './15-signal-age.ts';
import { signalDuplicate } from './16-signal-duplicate.ts';
import { plan } from './17-plan.ts';
import { rewardRisk } from './18-reward-risk.ts';
import { liquidation } from './19-liquidation.ts';
import { quoteFresh } from './20-quote-fresh.ts';
import { priceDrift } from './21-price-drift.ts';
import { barsFresh } from './22-bars-fresh.ts';
import { dataQuality } from './23-data-quality.ts';
import { volatilityHalt } from './24-volatility-halt.ts';
import { pumpDump } from './25-pump-dump.ts';
import { spread } from './26-spread.ts';
import { depth } from './27-depth.ts';
import { volume } from './28-volume.ts';
import { cost } from './29-cost.ts';
import { tokenAge } from './30-token-age.ts';
import { tokenSafe } from './31-token-safe.ts';
import { holders } from './32-holders.ts';
import { sellSimulation } from './33-sell-simulation.ts';
import { onchainFresh } from './34-onchain-fresh.ts';
import { venueHealth } from './35-venue-health.ts';
import { breaker } from './36-breaker.ts';
import { rateLimit } from './37-rate-limit.ts';
import { orderFailures } from './38-order-failures.ts';
import { analysisBudget } from './39-analysis-budget.ts';
import { regime } from './40-regime.ts';
import { strategy } from './41-strategy.ts';
import { setup } from './42-setup.ts';
import { source } from './43-source.ts';
import { trust } from './44-trust.ts';
import { confidence } from './45-confidence.ts';
import { conviction } from './46-conviction.ts';
import { edge } from './47-edge.ts';
import { globalSpacing } from './50-global-spacing.ts';
import { symbolSpacing } from './51-symbol-spacing.ts';
import { hourly } from './52-hourly.ts';
import { daily } from './53-daily.ts';
import { symbolCooldown } from './54-symbol-cooldown.ts';
import { lossStreak } from './55-loss-streak.ts';
import { rejectionCooldown } from './56-rejection-cooldown.ts';
import { messageRate } from './57-message-rate.ts';
import { repeatedExecution } from './58-repeated-execution.ts';
import { openPositions } from './60-open-positions.ts';
import { sameSymbol } from './61-same-symbol.ts';
import { pendingEntry } from './62-pending-entry.ts';
import { opposite } from './63-opposite.ts';
import { selfTrade } from './64-self-trade.ts';
import { symbolCap } from './65-symbol-cap.ts';
import { tierCap } from './66-tier-cap.ts';
import { themeCap } from './67-theme-cap.ts';
import { strategyCap } from './68-strategy-cap.ts';
import { venueCap } from './69-venue-cap.ts';
import { totalCap } from './70-total-cap.ts';
import { leverageCap } from './71-leverage-cap.ts';
import { cashCap } from './72-cash.ts';
import { riskCap } from './73-risk.ts';
import { kellyCap } from './74-kelly.ts';
import { depthCap } from './75-depth-cap.ts';
import { orderValueCap } from './76-order-value-cap.ts';
import { leaseCap } from './77-lease.ts';
import { capitalCap } from './78-capital-cap.ts';
import { size } from './80-size.ts';
import { orderValue } from './81-order-value.ts';
import { orderQuantity } from './82-order-quantity.ts';
import { priceCollar } from './83-price-collar.ts';
import { venueFilters } from './84-venue-filters.ts';
import { orderDuplicate } from './86-order-duplicate.ts';
import type { Gate } from './gate.ts';

export const LADDER: readonly Gate[] = [
  admission,
  tradingState,
  policyGate,
  ledgerGate,
  dailyStop,
  weeklyStop,
  drawdownStop,
  reconciliation,
  clockSkew,
  unknownOrders,
  listed,
  restricted,
  pair,
  productStatus,
  direction,
  signalAge,
  signalDuplicate,
  plan,
  rewardRisk,
  liquidation,
  quoteFresh,
  priceDrift,
  barsFresh,
  dataQuality,
  volatilityHalt,
  pumpDump,
  spread,
  depth,
  volume,
  cost,
  tokenAge,
  tokenSafe,
  holders,
  sellSimulation,
  onchainFresh,
  venueHealth,
  breaker,
  rateLimit,
  orderFailures,
  analysisBudget,
  regime,
  strategy,
  setup,
  source,
  trust,
  confidence,
  conviction,
  edge,
  globalSpacing,
  symbolSpacing,
  hourly,
  daily,
  symbolCooldown,
  lossStreak,
  rejectionCooldown,
  messageRate,
  repeatedExecution,
  openPositions,
  sameSymbol,
  pendingEntry,
  opposite,
  selfTrade,
  symbolCap,
  tierCap,
  themeCap,
  strategyCap,
  venueCap,
  totalCap,
  leverageCap,
  cashCap,
  riskCap,
  kellyCap,
  depthCap,
  orderValueCap,
  leaseCap,
  capitalCap,
  size,
  orderValue,
  orderQuantity,
  priceCollar,
  venueFilters,
  orderDuplicate,
];
