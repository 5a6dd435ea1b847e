// What the programme owes and paid, how the year goes, and what leaks.
// It is asked for by hand: a programme's commissions change by the thousand, and its sums cost more than a partner's.
import { useState } from "react";
import { rangeOfMonths } from "../format/months";
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { Page } from "../shell/page";
import { Refresh } from "../ui/refresh";
import { MONTHS, Series } from "../ui/series";
import { useTexts } from "../words/texts";
import { Leaks } from "./leaks";
import { Totals } from "./totals";

const QUERY = graphql(`
  query ProgrammePage($from: DateTime!, $to: DateTime!, $leaksFrom: DateTime!) {
    viewer {
      ...Shell
    }
    commissions(first: 0) {
      totals {
        ...Total
      }
    }
    eventDecisionTotals(from: $leaksFrom, to: $to) {
      ...Leak
    }
    commissionSeries(interval: MONTH, from: $from, to: $to) {
      ...Series
    }
  }
`);

/** How far back events are counted that earned nothing. */
const DAYS = 90;

export default function Programme() {
  const { words } = useTexts();
  const [variables] = useState(() => ({
    ...rangeOfMonths(MONTHS, new Date()),
    leaksFrom: new Date(Date.now() - DAYS * 24 * 60 * 60 * 1000).toISOString(),
  }));
  const asked = usePage(QUERY, variables);
  return (
    <Page asked={asked} aside={<Refresh asked={asked} />}>
      {({ commissions, eventDecisionTotals, commissionSeries }, { tenant }) => (
        <>
          <Totals totals={commissions.totals} />
          <Series title={words.series.partnersEarned} points={commissionSeries} timeZone={tenant.timeZone} />
          <Leaks totals={eventDecisionTotals} days={DAYS} />
        </>
      )}
    </Page>
  );
}
