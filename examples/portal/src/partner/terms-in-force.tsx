// What the next sale earns: the terms that pay, the group's rules where they decide, and the tiers on top.
import { graphql, read, type FragmentType } from "../generated";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";
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
      per
      match {
        products
        categories
        excludeProducts
        countries
        via
        minAmount
        maxAmount
        customer
      }
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
  terms: FragmentType<typeof TERMS>;
  timeZone: string;
}

export function TermsInForce({ terms: masked, timeZone }: TermsProps) {
  const texts = useTexts();
  const { words } = texts;
  const terms = read(TERMS, masked);
  return (
    <>
      {terms.earnsNothing && (
        <p className="notice" role="note">
          <strong>{words.terms.earnsNothing}</strong> {words.reasons[terms.earnsNothing].partner}
        </p>
      )}
      <div className="columns">
        <Section title={words.terms.sources[terms.source]}>
          <ul className="offers">
            {terms.terms
              .filter((term) => terms.rules.length === 0 || !isJustRules(term))
              .map((term, index) => (
                <li key={index}>{termText(term, texts)}</li>
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
            {terms.group && `${words.terms.group(terms.group.name)} `}
            {terms.holdbackDays ? words.terms.holdback(terms.holdbackDays) : words.terms.noHoldback}
          </p>
        </Section>
        <Tiers tiers={terms.tiers} timeZone={timeZone} />
      </div>
    </>
  );
}
