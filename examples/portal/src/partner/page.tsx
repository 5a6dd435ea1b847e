// The partner's page: one query for all of it, and one subscription that says when to ask it anew.
import { useEffect, useRef, useState } from "react";
import type { PageProps } from "../app";
import { rangeOfMonths } from "../format/months";
import { amountText } from "../format/words";
import { useLive } from "../gateway/use-live";
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { Frame } from "../ui/frame";
import { Live } from "../ui/live";
import { Skeleton } from "../ui/skeleton";
import { Trouble } from "../ui/trouble";
import { MONTHS, Series } from "../ui/series";
import { Balances } from "./balances";
import { Commissions } from "./commissions";
import { Payouts } from "./payouts";
import { MonthStatement } from "./statement";
import { Terms } from "./terms";

const QUERY = graphql(`
  query PartnerPage($campaign: ID, $commissions: Int!, $from: DateTime!, $to: DateTime!) {
    viewer {
      tenant {
        name
        timeZone
        minimumPayouts {
          ...Minimum
        }
      }
      partner {
        id
        name
        campaigns(first: 50) {
          nodes {
            id
            name
          }
        }
        termsInForce(campaignId: $campaign) {
          ...Terms
        }
        balances {
          currency
          ...Balance
        }
        commissions(first: $commissions) {
          ...CommissionList
        }
        payouts(first: 12) {
          ...PayoutList
        }
      }
    }
    commissionSeries(interval: MONTH, from: $from, to: $to) {
      ...Series
    }
  }
`);

const CHANGED = graphql(`
  subscription CommissionChanged {
    commissionChanged {
      id
      status
      amount {
        amount
        currency
      }
    }
  }
`);

const STEP = 6;
/** So many changes at once ask once. */
const SETTLE = 400;

export default function PartnerPage({ gateway, onLeave, onRefused }: PageProps) {
  const [range] = useState(() => rangeOfMonths(MONTHS, new Date()));
  const [campaign, setCampaign] = useState(() => new URLSearchParams(window.location.search).get("campaign"));
  const [count, setCount] = useState(STEP);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [news, setNews] = useState("");
  const asking = useRef(0);

  const soon = () => {
    window.clearTimeout(asking.current);
    asking.current = window.setTimeout(() => page.ask(), SETTLE);
  };
  const hearing = useLive(gateway.listener, CHANGED, {
    heard: ({ commissionChanged: { id, status, amount } }) => {
      setFresh((known) => new Set(known).add(id));
      setNews(
        `${status === "ACCRUED" ? "New commission" : `Commission ${status.toLowerCase()}`}: ${amountText(amount.amount, amount.currency)}`,
      );
      soon();
    },
    resumed: soon,
    refused: onRefused,
  });
  const page = usePage(QUERY, { campaign, commissions: count, ...range }, hearing === "starting");
  useEffect(() => () => window.clearTimeout(asking.current), []);

  const { tenant, partner } = page.data?.viewer ?? {};
  const choose = (id: string | null) => {
    setCampaign(id);
    const address = new URL(window.location.href);
    if (id) address.searchParams.set("campaign", id);
    window.history.replaceState(null, "", address);
  };
  // Terms are a campaign's. A link that names none is answered with those outside of campaigns; then the newest is shown.
  const newest = partner?.campaigns.nodes[0]?.id;
  useEffect(() => {
    if (!campaign && newest) choose(newest);
  }, [campaign, newest]);

  const refused = page.problem?.kind === "refused";
  useEffect(() => {
    if (refused) onRefused();
  }, [refused]);

  if (refused) return null;
  if (!tenant || !partner) {
    if (page.problem) {
      return (
        <main className="door">
          <Trouble problem={page.problem} onRetry={page.ask} />
        </main>
      );
    }
    return page.data ? <NotAPartner /> : <Skeleton />;
  }
  return (
    <Frame
      programme={tenant.name}
      title={partner.name}
      onLeave={onLeave}
      aside={<Live hearing={hearing} news={news} />}
    >
      {page.problem && <Trouble problem={page.problem} onRetry={page.ask} stale />}
      <Balances balances={partner.balances} minimums={tenant.minimumPayouts} />
      <div className="columns">
        <Series title="What you earned" points={page.data?.commissionSeries ?? []} timeZone={tenant.timeZone} />
        <Commissions
          commissions={partner.commissions}
          timeZone={tenant.timeZone}
          fresh={fresh}
          loading={page.loading}
          onMore={() => setCount(count + STEP * 3)}
        />
      </div>
      <Terms
        terms={partner.termsInForce ?? null}
        campaigns={partner.campaigns.nodes}
        campaign={campaign}
        onChoose={choose}
        timeZone={tenant.timeZone}
      />
      <Payouts payouts={partner.payouts} timeZone={tenant.timeZone} />
      <MonthStatement
        partner={partner.id}
        currencies={partner.balances.map(({ currency }) => currency)}
        timeZone={tenant.timeZone}
      />
      <footer className="foot">Days and months are those of {tenant.timeZone.replaceAll("_", " ")}.</footer>
    </Frame>
  );
}

/** The token is good and bound to no partner: it is the staff's. */
function NotAPartner() {
  useEffect(() => window.location.replace(`${import.meta.env.BASE_URL}staff`), []);
  return <Skeleton />;
}
