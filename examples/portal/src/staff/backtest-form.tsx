// A proposal: which campaign, which rate, over how long.
import { useState } from "react";
import { percentText } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";

export const PROPOSAL_CAMPAIGN = graphql(`
  fragment ProposalCampaign on Campaign {
    terms {
      basis
      value
    }
  }
`);

export interface Proposal {
  campaign: string;
  /** A decimal, as it was typed. */
  percent: string;
  months: number;
  replaceSnapshots: boolean;
}

interface FormProps {
  campaigns: readonly ({ id: string; name: string } & FragmentType<typeof PROPOSAL_CAMPAIGN>)[];
  busy: boolean;
  onPropose: (proposal: Proposal) => void;
}

const MONTHS = [3, 6, 12];

export function BacktestForm({ campaigns, busy, onPropose }: FormProps) {
  const [campaign, setCampaign] = useState(campaigns[0]?.id ?? "");
  const [percent, setPercent] = useState("");
  const [months, setMonths] = useState(6);
  const [replaceSnapshots, setReplace] = useState(false);
  const chosen = campaigns.find(({ id }) => id === campaign);
  const terms = chosen ? read(PROPOSAL_CAMPAIGN, chosen).terms : [];
  const now = terms.map(({ basis, value }) => (basis === "PERCENT" && value ? percentText(value) : basis.toLowerCase()));
  return (
    <form
      className="backtest-form"
      onSubmit={(event) => {
        event.preventDefault();
        onPropose({ campaign, percent, months, replaceSnapshots });
      }}
    >
      <label className="hint">
        Campaign{" "}
        <select value={campaign} onChange={(event) => setCampaign(event.target.value)}>
          {campaigns.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="hint">
        Percent of every sale{" "}
        <input
          required
          inputMode="decimal"
          pattern="[0-9]{1,3}([.][0-9]{1,6})?"
          size={6}
          placeholder={now.length > 0 ? `now ${now.join(" + ").replaceAll("_", " ")}` : "10"}
          value={percent}
          onChange={(event) => setPercent(event.target.value)}
        />
      </label>
      <label className="hint">
        Over the last{" "}
        <select value={months} onChange={(event) => setMonths(Number(event.target.value))}>
          {MONTHS.map((count) => (
            <option key={count} value={count}>
              {count} months
            </option>
          ))}
        </select>
      </label>
      <label className="hint">
        <input type="checkbox" checked={replaceSnapshots} onChange={(event) => setReplace(event.target.checked)} /> also for
        partners who were promised something else
      </label>
      <button type="submit" className="button" disabled={busy || !campaign}>
        {busy ? "Working it out" : "Work it out"}
      </button>
    </form>
  );
}
