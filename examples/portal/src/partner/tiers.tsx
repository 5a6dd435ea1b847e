// The way to the next tier: what each goal still misses, until when, and what it is worth.
import { amountText, dayText, decimalText, plainDayText, sentence } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import type { TierFragment } from "../generated/graphql";
import { Progress } from "../ui/progress";
import { Empty } from "../ui/section";

export const TIER = graphql(`
  fragment Tier on TierOffer {
    name
    eventType
    period
    endDate
    currency
    payout {
      action
      value
    }
    retroactivePayout {
      action
      value
      type
    }
    achieved
    acts
    counters {
      metric
      value
      goal
      remaining
      goalReached
      windowEnd
    }
  }
`);

export function Tiers({ tiers: masked, timeZone }: { tiers: readonly FragmentType<typeof TIER>[]; timeZone: string }) {
  const tiers = read(TIER, masked);
  return (
    <div>
      <h3>The way to the next tier</h3>
      {tiers.length === 0 ? (
        <Empty>No tiers count the sales of this campaign.</Empty>
      ) : (
        <ul className="tiers">
          {tiers.map((tier, index) => (
            <Tier key={`${tier.name} ${index}`} tier={tier} timeZone={timeZone} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Tier({ tier, timeZone }: { tier: TierFragment; timeZone: string }) {
  const end = tier.counters.find(({ windowEnd }) => windowEnd)?.windowEnd;
  return (
    <li className={`tier ${tier.achieved ? "achieved" : ""}`}>
      <div className="tier-head">
        <strong>{tier.name}</strong>
        {tier.acts ? (
          <span className="tag tag-on">In force</span>
        ) : (
          tier.achieved && <span className="tag">Reached</span>
        )}
      </div>
      <p>{rewards(tier).join("; ") || "Counts your sales"}</p>
      {tier.counters.map((counter) => (
        <div className="goal" key={counter.metric}>
          <Progress label={`${tier.name}: ${METRICS[counter.metric]}`} value={counter.value} goal={counter.goal} />
          <small>
            {figure(counter.value, counter.metric, tier.currency)} of{" "}
            {figure(counter.goal, counter.metric, tier.currency)} {METRICS[counter.metric]}
            <b>
              {counter.goalReached ? "Reached" : `${figure(counter.remaining, counter.metric, tier.currency)} to go`}
            </b>
          </small>
        </div>
      ))}
      <small className="muted">
        {sentence(tier.period)}
        {end ? `, until ${lastDayText(end, timeZone)}` : `, until ${plainDayText(tier.endDate)}`}
        {tier.eventType && ` · only ${tier.eventType.replaceAll("_", " ")}`}
      </small>
    </li>
  );
}

const METRICS = {
  CONVERSION: "conversions",
  EVENT: "events",
  SALE_AMOUNT: "in sales",
  PAYOUT: "in commission",
  REVENUE: "in revenue",
} as const;

type Metric = keyof typeof METRICS;

const figure = (value: string, metric: Metric, currency: string) =>
  metric === "CONVERSION" || metric === "EVENT" ? decimalText(value) : amountText(value, currency);

/** A window ends where the next one begins: its last day is the one before. */
const lastDayText = (end: string, timeZone: string) =>
  dayText(new Date(new Date(end).getTime() - 1000).toISOString(), timeZone);

function rewards({ payout, retroactivePayout, currency }: TierFragment): string[] {
  const texts: string[] = [];
  if (payout) texts.push(`${change(payout, currency)} for what follows`);
  if (retroactivePayout) {
    const exactShare = retroactivePayout.action === "EXACT" && retroactivePayout.type === "CPS";
    const text = exactShare
      ? `${decimalText(retroactivePayout.value)} % of the sale`
      : change(retroactivePayout, currency);
    texts.push(`${text} for each sale of the ${payout ? "same " : ""}period, paid afterwards`);
  }
  return texts;
}

function change(
  { action, value }: { action: "INCREASE" | "DECREASE" | "FLAT_INCREASE" | "FLAT_DECREASE" | "EXACT"; value: string },
  currency: string,
): string {
  switch (action) {
    case "INCREASE":
      return `${decimalText(value)} % more commission`;
    case "DECREASE":
      return `${decimalText(value)} % less commission`;
    case "FLAT_INCREASE":
      return `${amountText(value, currency)} more`;
    case "FLAT_DECREASE":
      return `${amountText(value, currency)} less`;
    case "EXACT":
      return amountText(value, currency);
  }
}
