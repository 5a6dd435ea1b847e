// What each campaign brought, the most first.
import { compare, share } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { useParameter } from "../shell/address";
import { Amount } from "../ui/amount";
import { chosenOf } from "../ui/choice";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";

export const SUM = graphql(`
  fragment CampaignSum on ReportRow {
    count
    amount {
      amount
      currency
    }
    campaign {
      id
      name
    }
  }
`);

export function Campaigns({ sums: masked }: { sums: readonly FragmentType<typeof SUM>[] }) {
  const { words } = useTexts();
  const sums = read(SUM, masked);
  const currencies = [...new Set(sums.map(({ amount }) => amount.currency))].sort();
  // The switch of the plot above is for both.
  const currency = chosenOf(currencies, useParameter("currency")[0]);
  const own = sums
    .filter(({ amount }) => amount.currency === currency)
    .sort((left, right) => compare(right.amount.amount, left.amount.amount));
  if (own.length < 2) return null;
  return (
    <Section title={words.commissions.byCampaign}>
      <ul className="ranks">
        {own.map(({ amount, count, campaign }) => (
          <li key={campaign?.id ?? ""} data-campaign={campaign?.id ?? ""}>
            <div className="rank-head">
              <span>{campaign?.name ?? words.commissions.noCampaign}</span>
              <Amount {...amount} />
            </div>
            <div className="rank-bar" aria-hidden="true">
              <div style={{ width: `${share(amount.amount, own[0]?.amount.amount ?? "0") * 100}%` }} />
            </div>
            <small className="muted">{words.commissions.counted(count)}</small>
          </li>
        ))}
      </ul>
    </Section>
  );
}
