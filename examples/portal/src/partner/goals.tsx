// The goals that are nearest, over all campaigns. What reaching one is worth stands with the campaign's terms.
import { share } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { Link } from "../shell/address";
import { Progress } from "../ui/progress";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";

export const GOAL = graphql(`
  fragment Goal on TierCounter {
    tier
    metric
    value
    goal
    goalReached
    windowEnd
    campaign {
      id
      name
    }
  }
`);

/** So many are shown. */
const MOST = 4;

export function Goals({ goals: masked, timeZone }: { goals: readonly FragmentType<typeof GOAL>[]; timeZone: string }) {
  const { words, format } = useTexts();
  const open = read(GOAL, masked)
    .filter(({ goalReached }) => !goalReached)
    .sort((left, right) => share(right.value, right.goal) - share(left.value, left.goal))
    .slice(0, MOST);
  if (open.length === 0) return null;
  return (
    <Section title={words.goals.title}>
      <ul className="goals">
        {open.map(({ tier, metric, value, goal, windowEnd, campaign }) => (
          <li key={`${tier} ${metric} ${campaign?.id}`} data-goal={tier}>
            <div className="goal-head">
              <strong>{tier}</strong>
              <span className="amount">{format.percent(String(Math.floor(share(value, goal) * 100)))}</span>
            </div>
            <Progress label={`${tier}: ${words.tiers.metrics[metric]}`} value={value} goal={goal} />
            <small className="muted">
              {campaign && <Link to={`/terms?campaign=${campaign.id}`}>{campaign.name}</Link>}
              {windowEnd && <span>{words.tiers.until(lastDay(windowEnd, timeZone, format.day))}</span>}
            </small>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** A window ends where the next one begins: its last day is the one before. */
export const lastDay = (end: string, timeZone: string, day: (moment: string, timeZone: string) => string): string =>
  day(new Date(new Date(end).getTime() - 1000).toISOString(), timeZone);
