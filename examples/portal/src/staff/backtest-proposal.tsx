// A proposal: which campaign, which rate, over how long.
import { useState } from "react";
import { useMutation } from "urql";
import { monthsAgo } from "../format/months";
import { problemOf } from "../gateway/problem";
import { graphql, read, type FragmentType } from "../generated";
import { Pick } from "../ui/pick";
import { Section } from "../ui/section";
import { Trouble } from "../ui/trouble";
import { useTexts } from "../words/texts";

export const CAMPAIGNS = graphql(`
  fragment ProposalCampaigns on CampaignConnection {
    nodes {
      id
      name
      terms {
        basis
        value
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
        message
      }
    }
  }
`);

interface ProposalProps {
  campaigns: FragmentType<typeof CAMPAIGNS>;
  timeZone: string;
  onCreated: (backtest: string) => void;
}

const MONTHS = [3, 6, 12];

export function Proposal({ campaigns: masked, timeZone, onCreated }: ProposalProps) {
  const { words, format } = useTexts();
  const { nodes } = read(CAMPAIGNS, masked);
  const [campaign, setCampaign] = useState(nodes[0]?.id ?? "");
  const [percent, setPercent] = useState("");
  const [months, setMonths] = useState(6);
  const [replaceSnapshots, setReplace] = useState(false);
  const [created, create] = useMutation(CREATE);
  const terms = nodes.find(({ id }) => id === campaign)?.terms ?? [];
  const now = terms.map(({ basis, value }) =>
    basis === "PERCENT" && value ? format.percent(value) : words.backtest[basis],
  );

  const propose = async () => {
    const moment = new Date();
    // Germans type 12,5.
    const value = percent.replace(",", ".");
    const { data } = await create({
      input: {
        from: monthsAgo(months, moment, timeZone),
        to: moment.toISOString(),
        proposal: {
          campaignTerms: {
            campaignId: campaign,
            terms: [{ basis: "PERCENT", value, trigger: "EVERY" }],
            replaceSnapshots,
          },
        },
      },
    });
    const id = data?.createBacktest?.backtest?.id;
    if (id) onCreated(id);
  };
  return (
    <Section title={words.backtest.title}>
      <p className="hint">{words.backtest.hint}</p>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void propose();
        }}
      >
        <Pick
          label={words.terms.campaign}
          chosen={campaign}
          options={nodes.map(({ id, name }) => ({ value: id, text: name }))}
          onChoose={setCampaign}
        />
        <label className="pick">
          <span className="hint">{words.backtest.percent}</span>
          <input
            required
            inputMode="decimal"
            pattern="[0-9]{1,3}([.,][0-9]{1,6})?"
            placeholder={now.length > 0 ? words.backtest.now(now.join(" + ")) : "10"}
            value={percent}
            onChange={(event) => setPercent(event.target.value)}
          />
        </label>
        <Pick
          label={words.backtest.overLast}
          chosen={String(months)}
          options={MONTHS.map((count) => ({ value: String(count), text: words.terms.months(count) }))}
          onChoose={(count) => setMonths(Number(count))}
        />
        <label className="check">
          <input type="checkbox" checked={replaceSnapshots} onChange={(event) => setReplace(event.target.checked)} />
          <span>{words.backtest.replace}</span>
        </label>
        <button type="submit" className="button button-main" disabled={created.fetching || !campaign}>
          {words.backtest.start}
        </button>
      </form>
      {created.error && <Trouble problem={problemOf(created.error)} onRetry={() => void propose()} />}
      {(created.data?.createBacktest?.userErrors ?? []).map(({ message }) => (
        <p key={message} className="notice" role="alert" lang="en">
          {message}
        </p>
      ))}
    </Section>
  );
}
