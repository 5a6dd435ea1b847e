// What would another rate have cost, on the sales that really happened? A proposal, worked out by the gateway, and what comes
// of it. Nothing here changes what anybody is paid.
import type { Client as Listener } from "graphql-sse";
import { useState } from "react";
import { useMutation } from "urql";
import { monthsAgo } from "../format/months";
import { useLive } from "../gateway/use-live";
import { usePage } from "../gateway/use-page";
import { problemOf } from "../gateway/problem";
import { graphql } from "../generated";
import { Progress } from "../ui/progress";
import { Section } from "../ui/section";
import { Trouble } from "../ui/trouble";
import { BacktestForm, type Proposal } from "./backtest-form";
import { BacktestResult } from "./backtest-result";

const CAMPAIGNS = graphql(`
  query BacktestCampaigns {
    campaigns(first: 200) {
      nodes {
        id
        name
        ...ProposalCampaign
      }
    }
  }
`);

const CREATE = graphql(`
  mutation CreateBacktest($input: CreateBacktestInput!) {
    createBacktest(input: $input) {
      backtest {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

const CANCEL = graphql(`
  mutation CancelBacktest($input: CancelBacktestInput!) {
    cancelBacktest(input: $input) {
      backtest {
        id
      }
      userErrors {
        message
      }
    }
  }
`);

const PROGRESSED = graphql(`
  subscription BacktestProgressed($id: ID!) {
    backtestProgressed(id: $id) {
      id
      status
      failure
      progress {
        events
        ofEvents
      }
    }
  }
`);

/** How far one is, as it is heard. */
interface Standing {
  status: string;
  failure?: string | null;
  progress: { events: number; ofEvents: number };
}

const isOver = ({ status }: Standing) => status === "DONE" || status === "FAILED" || status === "CANCELED";

interface BacktestProps {
  listener: Listener;
  timeZone: string;
  onRefused: () => void;
}

export function Backtest({ listener, timeZone, onRefused }: BacktestProps) {
  const [open, setOpen] = useState(false);
  const [id, setId] = useState<string | null>(null);
  const [standing, setStanding] = useState<Standing | null>(null);
  const [wrong, setWrong] = useState<string[]>([]);
  const campaigns = usePage(CAMPAIGNS, {}, !open);
  const [created, create] = useMutation(CREATE);
  const [, cancel] = useMutation(CANCEL);
  const runs = id !== null && !(standing && isOver(standing));
  useLive(
    listener,
    PROGRESSED,
    { heard: ({ backtestProgressed }) => setStanding(backtestProgressed), resumed: () => {}, refused: onRefused },
    runs ? { id } : null,
  );

  const propose = async ({ campaign, percent, months, replaceSnapshots }: Proposal) => {
    const now = new Date();
    const terms = [{ basis: "PERCENT" as const, value: percent, trigger: "EVERY" as const }];
    const { data } = await create({
      input: {
        from: monthsAgo(months, now, timeZone),
        to: now.toISOString(),
        proposal: { campaignTerms: { campaignId: campaign, terms, replaceSnapshots } },
      },
    });
    const { backtest, userErrors } = data?.createBacktest ?? {};
    setWrong((userErrors ?? []).map(({ message }) => message));
    setStanding(null);
    setId(backtest?.id ?? null);
  };

  const { events, ofEvents } = standing?.progress ?? { events: 0, ofEvents: 0 };
  return (
    <Section title="What would it have cost?">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="row-what">Try another rate on the sales that really happened</span>
        </summary>
        {campaigns.problem && <Trouble problem={campaigns.problem} onRetry={campaigns.ask} />}
        {campaigns.data && (
          <BacktestForm campaigns={campaigns.data.campaigns.nodes} busy={created.fetching || runs} onPropose={propose} />
        )}
        {created.error && <Trouble problem={problemOf(created.error)} onRetry={() => setId(null)} />}
        {wrong.map((message) => (
          <p key={message} className="hint" role="alert">
            {message}
          </p>
        ))}
        {runs && (
          <div className="backtest-run" role="status">
            <Progress label="How much of it is worked out" value={String(events)} goal={String(ofEvents)} />
            <button
              type="button"
              className="button button-quiet"
              onClick={() => void cancel({ input: { id: id ?? "" } })}
            >
              Cancel
            </button>
          </div>
        )}
        {standing?.status === "CANCELED" && <p className="hint">It was cancelled.</p>}
        {standing?.failure && (
          <p className="hint" role="alert">
            {standing.failure}
          </p>
        )}
        {id && standing?.status === "DONE" && <BacktestResult id={id} timeZone={timeZone} />}
      </details>
    </Section>
  );
}
