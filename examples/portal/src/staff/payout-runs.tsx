// Payout runs: what the next one would do, doing it, and what came of the others.
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { useParameter } from "../shell/address";
import { Page } from "../shell/page";
import { Refresh } from "../ui/refresh";
import { useTexts } from "../words/texts";
import { NextRun } from "./next-run";
import { RunDetails } from "./run-details";
import { RunList } from "./run-list";

const QUERY = graphql(`
  query PayoutRunsPage($run: ID!, $open: Boolean!, $lines: Int!) {
    viewer {
      ...Shell
    }
    payoutRuns(first: 24) {
      ...RunList
    }
    payoutRun(id: $run) @include(if: $open) {
      id
      ...RunDetails
    }
  }
`);

/** The most that the gateway gives at once. */
const LINES = 500;

export default function PayoutRuns() {
  const { words } = useTexts();
  const [run, setRun] = useParameter("run");
  const asked = usePage(QUERY, { run: run ?? "", open: run !== null, lines: LINES });
  return (
    <Page asked={asked} aside={<Refresh asked={asked} />}>
      {({ payoutRuns, payoutRun }, { tenant }) => (
        <>
          {!run && <NextRun timeZone={tenant.timeZone} onRan={setRun} />}
          {run && payoutRun?.id === run && (
            <RunDetails run={payoutRun} timeZone={tenant.timeZone} onSettled={asked.ask} />
          )}
          {run && payoutRun === null && !asked.loading && <p className="notice">{words.runs.unknown}</p>}
          <RunList runs={payoutRuns} timeZone={tenant.timeZone} chosen={run} />
        </>
      )}
    </Page>
  );
}
