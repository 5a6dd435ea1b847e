// The staff's page: one query for what the programme owes and paid, what leaks, and who earns.
// It is asked for by hand: a programme's commissions change by the thousand, and its sums cost more than a partner's.
import { useEffect, useState } from "react";
import type { PageProps } from "../app";
import { rangeOfMonths } from "../format/months";
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { Frame } from "../ui/frame";
import { MONTHS, Series } from "../ui/series";
import { Skeleton } from "../ui/skeleton";
import { Trouble } from "../ui/trouble";
import { Backtest } from "./backtest";
import { Leaks } from "./leaks";
import { Partners } from "./partners";
import { Totals } from "./totals";

const QUERY = graphql(`
  query StaffPage($from: DateTime!, $to: DateTime!, $leaksFrom: DateTime!, $partners: Int!) {
    viewer {
      tenant {
        name
        timeZone
      }
      partner {
        id
      }
    }
    commissions(first: 0) {
      totals {
        ...Total
      }
    }
    eventDecisionTotals(from: $leaksFrom, to: $to) {
      ...Leak
    }
    partners(first: $partners) {
      ...PartnerList
    }
    commissionSeries(interval: MONTH, from: $from, to: $to) {
      ...Series
    }
  }
`);

const DAYS = 90;
const PARTNERS = 200;

export default function StaffPage({ gateway, onLeave, onRefused }: PageProps) {
  const [variables] = useState(() => ({
    ...rangeOfMonths(MONTHS, new Date()),
    leaksFrom: new Date(Date.now() - DAYS * 24 * 60 * 60 * 1000).toISOString(),
    partners: PARTNERS,
  }));
  const { data, problem, loading, ask } = usePage(QUERY, variables);
  const refused = problem?.kind === "refused";
  useEffect(() => {
    if (refused) onRefused();
  }, [refused]);

  if (refused) return null;
  if (!data?.partners) {
    if (problem) {
      return (
        <main className="door">
          <Trouble problem={problem} onRetry={ask} />
        </main>
      );
    }
    return <Skeleton />;
  }
  const { tenant, partner } = data.viewer;
  if (partner) return <NotStaff />;
  const refresh = (
    <button type="button" className="button" onClick={ask} disabled={loading}>
      {loading ? "Refreshing" : "Refresh"}
    </button>
  );
  return (
    <Frame programme={tenant.name} title="Programme at a glance" onLeave={onLeave} aside={refresh}>
      {problem && <Trouble problem={problem} onRetry={ask} stale />}
      <Totals totals={data.commissions.totals} />
      <Series title="What partners earned" points={data.commissionSeries} timeZone={tenant.timeZone} />
      <Leaks totals={data.eventDecisionTotals} days={DAYS} />
      <Partners partners={data.partners} />
      <Backtest listener={gateway.listener} timeZone={tenant.timeZone} onRefused={onRefused} />
    </Frame>
  );
}

/** A partner's token on the staff's page goes where it belongs. */
function NotStaff() {
  useEffect(() => window.location.replace(import.meta.env.BASE_URL), []);
  return <Skeleton />;
}
