// Which portfolios a signal goes to, and with which profile.
import type { Signal } from '../../schemas/records.generated.ts';
import type { ResolvedSource } from '../signals/source.ts';
import { opening } from './admission.ts';
import type { PortfolioConfig, RouteConfig } from './config.ts';

export interface Subscription extends PortfolioConfig {
  readonly profile: string;
}

function names(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function matches(route: RouteConfig, signal: Signal, source: ResolvedSource): boolean {
  if (!names(route.sources, signal.source) && !names(route.sources, source.provider)) return false;
  if (!names(route.instruments, signal.instrument) || !names(route.directions, signal.direction)) return false;
  // A close must reach whoever may hold what was opened.
  if (!opening(signal)) return true;
  if (!names(route.signal_types, signal.signal_type)) return false;
  return route.min_confidence <= 0 || (signal.confidence !== null && signal.confidence >= route.min_confidence);
}

/** In order of the portfolios' ordinals; `portfolios` is so ordered. */
export function subscribers(
  signal: Signal,
  source: ResolvedSource,
  routes: readonly RouteConfig[],
  portfolios: readonly PortfolioConfig[],
): Subscription[] {
  const found: Subscription[] = [];
  for (const { portfolio, mode, ordinal } of portfolios) {
    const route = routeOf(portfolio, signal, source, routes);
    if (route !== undefined) found.push({ portfolio, mode, ordinal, profile: route.profile });
  }
  return found;
}

function routeOf(
  portfolio: string,
  signal: Signal,
  source: ResolvedSource,
  routes: readonly RouteConfig[],
): RouteConfig | undefined {
  for (const route of routes) if (route.portfolio === portfolio && matches(route, signal, source)) return route;
  return undefined;
}

/** Portfolios in order of their ordinals. Throws a RangeError naming what does not fit. */
export function checkRoutes(routes: readonly RouteConfig[], portfolios: readonly PortfolioConfig[]): readonly PortfolioConfig[] {
  const findings: string[] = [];
  for (const [i, { portfolio, ordinal }] of portfolios.entries()) {
    if (!Number.isInteger(ordinal) || ordinal < 0)
      findings.push(`portfolios.${portfolio}.ordinal: ${ordinal}: expected 0 or more`);
    const earlier = portfolios.slice(0, i);
    if (earlier.some((other) => other.portfolio === portfolio)) findings.push(`portfolios.${portfolio}: expected once`);
    const twin = earlier.find((other) => other.ordinal === ordinal);
    if (twin !== undefined)
      findings.push(`portfolios.${portfolio}.ordinal: ${ordinal}: expected one of its own, ${twin.portfolio} has it`);
  }
  for (const { portfolio } of routes) {
    if (!portfolios.some((each) => each.portfolio === portfolio)) {
      findings.push(`routes.portfolio: "${portfolio}": expected a configured portfolio`);
    }
  }
  if (findings.length > 0) throw new RangeError(findings.join('; '));
  return portfolios.toSorted((a, b) => a.ordinal - b.ordinal);
}
