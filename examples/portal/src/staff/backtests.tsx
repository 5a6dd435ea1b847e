// Backtests: what other rates would have cost on the sales that really happened. Nothing here changes what anybody is paid.
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { useParameter } from "../shell/address";
import { Page } from "../shell/page";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";
import { BacktestList } from "./backtest-list";
import { BacktestResult } from "./backtest-result";
import { BacktestRun } from "./backtest-run";
import { Proposal } from "./backtest-proposal";

const QUERY = graphql(`
  query BacktestsPage($backtest: ID!, $open: Boolean!) {
    viewer {
      ...Shell
    }
    campaigns(first: 200) {
      ...ProposalCampaigns
    }
    backtests(first: 24) {
      ...BacktestList
    }
    backtest(id: $backtest) @include(if: $open) {
      id
      status
      ...BacktestResult
      ...BacktestRun
    }
  }
`);

export default function Backtests() {
  const { words } = useTexts();
  const [id, setId] = useParameter("backtest");
  const asked = usePage(QUERY, { backtest: id ?? "", open: id !== null });
  return (
    <Page asked={asked}>
      {({ campaigns, backtests, backtest }, { tenant }) => (
        <>
          <Proposal campaigns={campaigns} timeZone={tenant.timeZone} onCreated={setId} />
          {id && backtest?.id === id && (
            <Section title={words.backtest.result}>
              <BacktestRun key={id} backtest={backtest} onOver={asked.ask} />
              {backtest.status === "DONE" && (
                <BacktestResult key={`${id} result`} backtest={backtest} timeZone={tenant.timeZone} />
              )}
            </Section>
          )}
          <BacktestList backtests={backtests} timeZone={tenant.timeZone} chosen={id} />
        </>
      )}
    </Page>
  );
}
