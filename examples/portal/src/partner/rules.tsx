import { compare, minus } from "../format/decimal";
import { amountText, counted, decimalText, percentText } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import { Progress } from "../ui/progress";

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
  const rule = read(RULE, masked);
  switch (rule.__typename) {
    case "NewCustomerTimeTierRule":
      return (
        <li>
          {percentText(rule.percentage)} of every sale in a customer's first {counted(rule.maxMonths, "month")}
        </li>
      );
    case "RecurringRule":
      return (
        <li>
          {percentText(rule.percentage)} of every {only ? "" : "other "}sale
        </li>
      );
    case "PartnerLtvUpgradeRule": {
      // Each currency's sales count for its own charges; without one of the rules', the furthest is worth showing.
      const own = lifetimeValue.filter((value) => currency === null || value.currency === currency);
      const [most] = own.toSorted((left, right) => compare(right.amount, left.amount));
      const reached = most !== undefined && compare(most.amount, rule.minLtvTotal) >= 0;
      return (
        <li>
          {decimalText(rule.upgradePercentage)} percentage points more once your sales come to{" "}
          {inCurrency(rule.minLtvTotal, currency)}
          {most && (
            <Way
              label="Towards the upgrade"
              value={most.amount}
              goal={rule.minLtvTotal}
              text={reached ? "Reached" : `${amountText(minus(rule.minLtvTotal, most.amount), most.currency)} to go`}
            />
          )}
        </li>
      );
    }
    case "ChargeThresholdBonusRule":
      return (
        <li>
          {inCurrency(rule.bonus.replace("-", ""), currency)} {rule.bonus.startsWith("-") ? "less" : "more"} for each
          sale of {inCurrency(rule.minChargeTotal, currency)} or more
        </li>
      );
    case "CustomerVolumeGateRule": {
      const missing = rule.minQualifiedCustomers - (qualifiedCustomers ?? 0);
      return (
        <li>
          Earns from {counted(rule.minQualifiedCustomers, "paying customer")} on
          <Way
            label="Towards the first earning customer"
            value={String(qualifiedCustomers ?? 0)}
            goal={String(rule.minQualifiedCustomers)}
            text={missing <= 0 ? "Reached" : `${counted(missing, "customer")} to go`}
          />
        </li>
      );
    }
  }
}

const inCurrency = (amount: string, currency: string | null) =>
  currency ? amountText(amount, currency) : decimalText(amount);

function Way({ label, value, goal, text }: { label: string; value: string; goal: string; text: string }) {
  return (
    <span className="way">
      <Progress label={label} value={value} goal={goal} />
      <small>{text}</small>
    </span>
  );
}
