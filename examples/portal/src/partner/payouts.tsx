// What was paid, and the statement of each month.
import { useState } from "react";
import { useLivePage } from "../gateway/use-live-page";
import { graphql } from "../generated";
import { Page } from "../shell/page";
import { PayoutList } from "./payout-list";
import { MonthStatement } from "./statement";

const QUERY = graphql(`
  query PayoutsPage($count: Int!) {
    viewer {
      ...Shell
      partner {
        id
        balances {
          currency
        }
        payouts(first: $count) {
          ...PayoutList
        }
      }
    }
  }
`);

const STEP = 12;

export default function Payouts() {
  const [count, setCount] = useState(STEP);
  const asked = useLivePage(QUERY, { count });
  return (
    <Page asked={asked}>
      {({ viewer: { partner } }, { tenant }) =>
        partner && (
          <>
            <PayoutList
              payouts={partner.payouts}
              timeZone={tenant.timeZone}
              loading={asked.loading}
              onMore={() => setCount(count + STEP * 2)}
            />
            <MonthStatement
              partner={partner.id}
              currencies={partner.balances.map(({ currency }) => currency)}
              timeZone={tenant.timeZone}
            />
          </>
        )
      }
    </Page>
  );
}
