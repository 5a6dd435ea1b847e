import { compare, minus } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { Progress } from "../ui/progress";
import { useTexts } from "../words/texts";

export const RULE = graphql(`
  fragment Rule on PartnerGroupRule {
    __typename
    ... on NewCustomerTimeTierRule {
      maxMonths
      percentage
    }
    ... on RecurringRule {
      percentage
    }
    ... on PartnerLtvUpgradeRule {
      minLtvTotal
      upgradePercentage
    }
    ... on ChargeThresholdBonusRule {
      minChargeTotal
      bonus
    }
    ... on CustomerVolumeGateRule {
      minQualifiedCustomers
    }
  }
`);

export const ruleKey = (rule: { __typename?: string }, index: number) => `${rule.__typename} ${index}`;

interface RuleProps {
  rule: FragmentType<typeof RULE>;
  /** Whether no rule has a rate of its own for new customers. */
  only: boolean;
  /** What amounts in the rules are in; null: in whatever currency a sale has. */
  currency: string | null;
  /** What the rules take as inputs, as it stands now. */
  lifetimeValue: { amount: string; currency: string }[];
  qualifiedCustomers: number | null;
}

export function RuleLine({ rule: masked, only, currency, lifetimeValue, qualifiedCustomers }: RuleProps) {
  const { words, format } = useTexts();
  const rule = read(RULE, masked);
  const inCurrency = (amount: string) => (currency ? format.amount(amount, currency) : format.decimal(amount));
  switch (rule.__typename) {
    case "NewCustomerTimeTierRule":
      return <li>{words.rules.newCustomer(format.percent(rule.percentage), rule.maxMonths)}</li>;
    case "RecurringRule":
      return <li>{words.rules.recurring(format.percent(rule.percentage), only)}</li>;
    case "PartnerLtvUpgradeRule": {
      // Each currency's sales count for its own charges; without one of the rules', the furthest is worth showing.
      const own = lifetimeValue.filter((value) => currency === null || value.currency === currency);
      const [most] = own.toSorted((left, right) => compare(right.amount, left.amount));
      const reached = most !== undefined && compare(most.amount, rule.minLtvTotal) >= 0;
      const missing = most && format.amount(minus(rule.minLtvTotal, most.amount), most.currency);
      return (
        <li>
          {words.rules.upgrade(format.decimal(rule.upgradePercentage), inCurrency(rule.minLtvTotal))}
          {most && missing && (
            <Way
              label={words.rules.towardsUpgrade}
              value={most.amount}
              goal={rule.minLtvTotal}
              text={reached ? words.tiers.reached : words.tiers.toGo(missing)}
            />
          )}
        </li>
      );
    }
    case "ChargeThresholdBonusRule": {
      const more = !rule.bonus.startsWith("-");
      return (
        <li>{words.rules.bonus(inCurrency(rule.bonus.replace("-", "")), more, inCurrency(rule.minChargeTotal))}</li>
      );
    }
    case "CustomerVolumeGateRule": {
      const missing = rule.minQualifiedCustomers - (qualifiedCustomers ?? 0);
      return (
        <li>
          {words.rules.gate(rule.minQualifiedCustomers)}
          <Way
            label={words.rules.towardsGate}
            value={String(qualifiedCustomers ?? 0)}
            goal={String(rule.minQualifiedCustomers)}
            text={missing <= 0 ? words.tiers.reached : words.rules.customersToGo(missing)}
          />
        </li>
      );
    }
  }
}

function Way({ label, value, goal, text }: { label: string; value: string; goal: string; text: string }) {
  return (
    <span className="way">
      <Progress label={label} value={value} goal={goal} />
      <small>{text}</small>
    </span>
  );
}
