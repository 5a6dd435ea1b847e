// What a partner wants to know first: what is owed, how the year goes, what came in last, and what the next goal is.
import { useState } from "react";
import { rangeOfMonths } from "../format/months";
import { useLivePage } from "../gateway/use-live-page";
import { graphql } from "../generated";
import { Link } from "../shell/address";
import { Page } from "../shell/page";
import { Section } from "../ui/section";
import { MONTHS, Series } from "../ui/series";
import { useTexts } from "../words/texts";
import { Balances } from "./balances";
import { Commissions } from "./commissions";
import { Goals } from "./goals";

const QUERY = graphql(`
  query OverviewPage($from: DateTime!, $to: DateTime!, $count: Int!) {
    viewer {
      ...Shell
      tenant {
        minimumPayouts {
          ...Minimum
        }
      }
      partner {
        balances {
          ...Balance
        }
        commissions(first: $count) {
          ...CommissionList
        }
        tierProgress {
          ...Goal
        }
      }
    }
    commissionSeries(interval: MONTH, from: $from, to: $to) {
      ...Series
    }
  }
`);

/** How many commissions fit beside the plot. */
const COUNT = 6;

export default function Overview() {
  const { words } = useTexts();
  const [range] = useState(() => rangeOfMonths(MONTHS, new Date()));
  const asked = useLivePage(QUERY, { ...range, count: COUNT });
  return (
    <Page asked={asked}>
      {({ viewer, commissionSeries }, { tenant }) =>
        viewer.partner && (
          <>
            <Balances balances={viewer.partner.balances} minimums={viewer.tenant.minimumPayouts} />
            <div className="columns">
              <Series title={words.series.earned} points={commissionSeries} timeZone={tenant.timeZone} />
              <Section title={words.commissions.newest} aside={<Link to="/earnings">{words.commissions.all}</Link>}>
                <Commissions commissions={viewer.partner.commissions} timeZone={tenant.timeZone} />
              </Section>
            </div>
            <Goals goals={viewer.partner.tierProgress} timeZone={tenant.timeZone} />
          </>
        )
      }
    </Page>
  );
}
