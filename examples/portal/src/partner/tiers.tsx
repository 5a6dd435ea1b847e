// The way to the next tier: what each goal still misses, until when, and what it is worth.
import { spaced } from "../format/formats";
import { graphql, read, type FragmentType } from "../generated";
import type { TierFragment, TierMetric } from "../generated/graphql";
import { Progress } from "../ui/progress";
import { Empty, Section } from "../ui/section";
import { useTexts, type Texts } from "../words/texts";
import { lastDay } from "./goals";

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
  const { words } = useTexts();
  const tiers = read(TIER, masked);
  return (
    <Section title={words.tiers.title}>
      {tiers.length === 0 ? (
        <Empty>{words.tiers.none}</Empty>
      ) : (
        <ul className="tiers">
          {tiers.map((tier, index) => (
            <Tier key={`${tier.name} ${index}`} tier={tier} timeZone={timeZone} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Tier({ tier, timeZone }: { tier: TierFragment; timeZone: string }) {
  const texts = useTexts();
  const { words, format } = texts;
  const end = tier.counters.find(({ windowEnd }) => windowEnd)?.windowEnd;
  const figure = (value: string, metric: TierMetric) =>
    metric === "CONVERSION" || metric === "EVENT" ? format.decimal(value) : format.amount(value, tier.currency);
  return (
    <li className={`tier ${tier.achieved ? "achieved" : ""}`}>
      <div className="tier-head">
        <strong>{tier.name}</strong>
        {tier.acts ? (
          <span className="tag tag-on">{words.tiers.acts}</span>
        ) : (
          tier.achieved && <span className="tag">{words.tiers.reached}</span>
        )}
      </div>
      <p>{rewards(tier, texts).join("; ") || words.tiers.counts}</p>
      {tier.counters.map(({ metric, value, goal, remaining, goalReached }) => (
        <div className="goal" key={metric}>
          <Progress label={`${tier.name}: ${words.tiers.metrics[metric]}`} value={value} goal={goal} />
          <small>
            {words.tiers.progress(figure(value, metric), figure(goal, metric), words.tiers.metrics[metric])}
            <b>{goalReached ? words.tiers.reached : words.tiers.toGo(figure(remaining, metric))}</b>
          </small>
        </div>
      ))}
      <small className="muted">
        {words.tiers.periods[tier.period]},{" "}
        {words.tiers.until(end ? lastDay(end, timeZone, format.day) : format.plainDay(tier.endDate))}
        {tier.eventType && ` · ${words.tiers.only(spaced(tier.eventType))}`}
      </small>
    </li>
  );
}

function rewards({ payout, retroactivePayout, currency }: TierFragment, texts: Texts): string[] {
  const { words, format } = texts;
  const found: string[] = [];
  if (payout) found.push(words.tiers.fromThen(change(payout, currency, texts)));
  if (retroactivePayout) {
    const exactShare = retroactivePayout.action === "EXACT" && retroactivePayout.type === "CPS";
    const text = exactShare
      ? words.tiers.ofTheSale(format.percent(retroactivePayout.value))
      : change(retroactivePayout, currency, texts);
    found.push(words.tiers.afterwards(text, payout != null));
  }
  return found;
}

function change(
  { action, value }: NonNullable<TierFragment["payout"]>,
  currency: string,
  { words, format }: Texts,
): string {
  const isShare = action === "INCREASE" || action === "DECREASE";
  return words.tiers.changes[action](isShare ? format.percent(value) : format.amount(value, currency));
}
