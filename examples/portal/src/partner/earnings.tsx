// Everything that was earned: by month, by campaign, and one by one with the steps that led to each amount.
import { useState } from "react";
import { rangeOfMonths } from "../format/months";
import { useLivePage } from "../gateway/use-live-page";
import { graphql } from "../generated";
import type { CommissionStatus } from "../generated/graphql";
import { useParameter } from "../shell/address";
import { Page } from "../shell/page";
import { Download } from "../ui/download";
import { Pick } from "../ui/pick";
import { Section } from "../ui/section";
import { MONTHS, Series, STATUSES } from "../ui/series";
import { useTexts } from "../words/texts";
import { Campaigns } from "./campaigns";
import { Commissions } from "./commissions";

const QUERY = graphql(`
  query EarningsPage(
    $filter: CommissionFilter!
    $earned: CommissionFilter!
    $count: Int!
    $from: DateTime!
    $to: DateTime!
    $since: DateTime!
  ) {
    viewer {
      ...Shell
      partner {
        campaigns(first: 100) {
          nodes {
            id
            name
          }
        }
        commissions(first: $count, filter: $filter) {
          totalCount
          ...CommissionList
        }
      }
    }
    commissionSeries(interval: MONTH, from: $from, to: $to, filter: $filter) {
      ...Series
    }
    commissionReport(groupBy: [CAMPAIGN], from: $since, to: $to, filter: $earned, first: 100) {
      nodes {
        ...CampaignSum
      }
    }
  }
`);

/** Before anything was earned. */
const SINCE = "2000-01-01T00:00:00Z";
const STEP = 20;
const ALL: CommissionStatus[] = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];

export default function Earnings() {
  const { words, format } = useTexts();
  const [range] = useState(() => rangeOfMonths(MONTHS, new Date()));
  const [count, setCount] = useState(STEP);
  const [campaign, setCampaign] = useParameter("campaign");
  const [wanted, setStatus] = useParameter("status");
  const status = ALL.find((one) => one === wanted);
  const filter = { ...(campaign && { campaignId: campaign }), ...(status && { status: [status] }) };
  // What was reversed earned nothing.
  const earned = { ...filter, status: status ? [status] : [...STATUSES] };
  const asked = useLivePage(QUERY, { filter, earned, count, since: SINCE, ...range });
  return (
    <Page asked={asked}>
      {({ viewer, commissionSeries, commissionReport }, { tenant }) =>
        viewer.partner && (
          <>
            <div className="filters">
              <Pick
                label={words.terms.campaign}
                chosen={campaign ?? ""}
                options={[
                  { value: "", text: words.commissions.everyCampaign },
                  ...viewer.partner.campaigns.nodes.map(({ id, name }) => ({ value: id, text: name })),
                ]}
                onChoose={setCampaign}
              />
              <Pick
                label={words.table.status}
                chosen={status ?? ""}
                options={[
                  { value: "", text: words.commissions.everyStatus },
                  ...ALL.map((one) => ({ value: one, text: words.commissionStatus[one] })),
                ]}
                onChoose={setStatus}
              />
            </div>
            <Series title={words.series.earned} points={commissionSeries} timeZone={tenant.timeZone} />
            <Campaigns sums={commissionReport.nodes} />
            <Section
              title={words.commissions.title}
              aside={
                <Download
                  name="commissions"
                  parameters={{ ...(campaign && { campaignId: campaign }), ...(status && { status }) }}
                  file="commissions.csv"
                  text={words.files.csv}
                />
              }
            >
              <Commissions
                commissions={viewer.partner.commissions}
                timeZone={tenant.timeZone}
                loading={asked.loading}
                onMore={() => setCount(count + STEP)}
              />
              <p className="hint">{words.commissions.count(format.count(viewer.partner.commissions.totalCount))}</p>
            </Section>
          </>
        )
      }
    </Page>
  );
}
