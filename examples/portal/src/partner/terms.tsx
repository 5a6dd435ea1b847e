// What a partner gets, campaign by campaign.
import { useEffect } from "react";
import { useLivePage } from "../gateway/use-live-page";
import { graphql } from "../generated";
import { useParameter } from "../shell/address";
import { Page } from "../shell/page";
import { Pick } from "../ui/pick";
import { Empty } from "../ui/section";
import { useTexts } from "../words/texts";
import { TermsInForce } from "./terms-in-force";

const QUERY = graphql(`
  query TermsPage($campaign: ID) {
    viewer {
      ...Shell
      partner {
        campaigns(first: 100) {
          nodes {
            id
            name
          }
        }
        termsInForce(campaignId: $campaign) {
          ...Terms
        }
      }
    }
  }
`);

export default function Terms() {
  const { words } = useTexts();
  const [campaign, setCampaign] = useParameter("campaign");
  const asked = useLivePage(QUERY, { campaign });
  // An address that names no campaign is answered with the terms outside of campaigns; then the newest campaign's are shown.
  const newest = asked.data?.viewer.partner?.campaigns.nodes[0]?.id;
  useEffect(() => {
    if (!campaign && newest) setCampaign(newest, "replace");
  }, [campaign, newest]);
  return (
    <Page asked={asked}>
      {({ viewer: { partner } }, { tenant }) =>
        partner && (
          <>
            {partner.campaigns.nodes.length > 0 && (
              <div className="filters">
                <Pick
                  label={words.terms.campaign}
                  chosen={campaign ?? ""}
                  options={[
                    ...partner.campaigns.nodes.map(({ id, name }) => ({ value: id, text: name })),
                    ...(campaign ? [] : [{ value: "", text: words.terms.outside }]),
                  ]}
                  onChoose={(id) => setCampaign(id || null)}
                />
              </div>
            )}
            {partner.termsInForce ? (
              <TermsInForce terms={partner.termsInForce} timeZone={tenant.timeZone} />
            ) : (
              <Empty>{words.terms.none}</Empty>
            )}
          </>
        )
      }
    </Page>
  );
}
