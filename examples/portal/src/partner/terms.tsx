// What the next sale earns: the terms that pay, the group's rules where they decide, and the tiers on top.
import { graphql, read, type FragmentType } from "../generated";
import { counted } from "../format/words";
import { Empty, Section } from "../ui/section";
import { REASONS } from "../ui/reasons";
import { ruleKey, RuleLine } from "./rules";
import { isJustRules, termText } from "./term-text";
import { Tiers } from "./tiers";

export const TERMS = graphql(`
  fragment Terms on TermsInForce {
    source
    earnsNothing
    holdbackDays
    group {
      name
    }
    terms {
      basis
      value
      currency
      trigger
      eventType
      recurringMonths
    }
    rules {
      __typename
      ...Rule
    }
    rulesCurrency
    lifetimeValue {
      amount
      currency
    }
    qualifiedCustomers
    tiers {
      ...Tier
    }
  }
`);

interface TermsProps {
  terms: FragmentType<typeof TERMS> | null;
  campaigns: { id: string; name: string }[];
  campaign: string | null;
  onChoose: (campaign: string | null) => void;
  timeZone: string;
}

export function Terms({ terms: masked, campaigns, campaign, onChoose, timeZone }: TermsProps) {
  const terms = read(TERMS, masked);
  const picker = campaigns.length > 0 && (
    <label className="pick">
      <span className="unseen">Campaign</span>
      <select value={campaign ?? ""} onChange={(event) => onChoose(event.target.value || null)}>
        {campaigns.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {!campaign && <option value="">Outside of campaigns</option>}
      </select>
    </label>
  );
  return (
    <Section title="What you get" aside={picker} className="terms">
      {!terms ? (
        <Empty>There are no terms for this campaign.</Empty>
      ) : (
        <>
          {terms.earnsNothing && (
            <p className="notice" role="note">
              <strong>New sales earn nothing at the moment.</strong> {REASONS[terms.earnsNothing].partner}
            </p>
          )}
          <div className="terms-columns">
            <div>
              <h3>{SOURCES[terms.source]}</h3>
              <ul className="offers">
                {terms.terms
                  .filter((term) => terms.rules.length === 0 || !isJustRules(term))
                  .map((term, index) => (
                    <li key={index}>{termText(term)}</li>
                  ))}
                {terms.rules.map((rule, index) => (
                  <RuleLine
                    key={ruleKey(rule, index)}
                    rule={rule}
                    only={!terms.rules.some(({ __typename }) => __typename === "NewCustomerTimeTierRule")}
                    currency={terms.rulesCurrency ?? null}
                    lifetimeValue={terms.lifetimeValue}
                    qualifiedCustomers={terms.qualifiedCustomers ?? null}
                  />
                ))}
              </ul>
              <p className="hint">
                {terms.group && `Your group: ${terms.group.name}. `}
                {terms.holdbackDays
                  ? `Approved ${counted(terms.holdbackDays, "day")} after the sale at the earliest.`
                  : "Approved without a holdback."}
              </p>
            </div>
            <Tiers tiers={terms.tiers} timeZone={timeZone} />
          </div>
        </>
      )}
    </Section>
  );
}

const SOURCES = {
  CAMPAIGN_SNAPSHOT: "Agreed with you for this campaign",
  PARTNER_SNAPSHOT: "Agreed with you",
  CAMPAIGN: "The campaign's terms",
  GROUP: "Your group's rules",
  DEFAULT_GROUP: "The programme's standard rules",
  NONE: "No terms",
} as const;
