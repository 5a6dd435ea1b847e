// The partner's links: what one of them brought by month, what each brought, and new ones.
import { useState } from "react";
import { rangeOfMonths } from "../format/months";
import { useLivePage } from "../gateway/use-live-page";
import { graphql } from "../generated";
import { useParameter } from "../shell/address";
import { Page } from "../shell/page";
import { MONTHS } from "../ui/series";
import { LinkList } from "./link-list";
import { LinkSeries } from "./link-series";
import { NewLink } from "./new-link";

const QUERY = graphql(`
  query LinksPage($count: Int!, $shown: LinkFilter!, $from: DateTime!, $to: DateTime!) {
    viewer {
      ...Shell
      scopes
      partner {
        campaigns(first: 100) {
          nodes {
            id
            name
            destinationUrl
          }
        }
        links(first: $count) {
          ...LinkList
        }
      }
    }
    links(first: 1, filter: $shown) {
      nodes {
        key
        ...LinkSeries
      }
    }
  }
`);

const STEP = 20;

export default function Links() {
  const [range] = useState(() => rangeOfMonths(MONTHS, new Date()));
  const [count, setCount] = useState(STEP);
  // The newest one, if the address names none.
  const [link] = useParameter("link");
  const shown = link ? { keys: [link] } : {};
  const asked = useLivePage(QUERY, { count, shown, ...range });
  return (
    <Page asked={asked}>
      {({ viewer: { partner, scopes }, links }, { tenant }) =>
        partner && (
          <>
            {links.nodes.map((shown) => (
              <LinkSeries key={shown.key} name={shown.key} link={shown} timeZone={tenant.timeZone} />
            ))}
            <LinkList
              links={partner.links}
              writable={scopes.includes("links:write")}
              loading={asked.loading}
              onMore={() => setCount(count + STEP)}
              onChanged={asked.ask}
              aside={scopes.includes("links:write") && <NewLink campaigns={partner.campaigns.nodes} onMade={asked.ask} />}
            />
          </>
        )
      }
    </Page>
  );
}
