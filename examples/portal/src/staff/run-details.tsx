// One run: its sums, the file for the payment service, what the service answered, and every payout.
import { graphql, read, type FragmentType } from "../generated";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";
import { Outcomes } from "./outcomes";
import { PaymentFile } from "./payment-file";
import { RunLines } from "./run-lines";
import { RunPayouts } from "./run-payouts";
import { Settlement } from "./settlement";

export const RUN = graphql(`
  fragment RunDetails on PayoutRun {
    id
    createdAt
    createdBy
    accruedBefore
    totals {
      status
      ...Outcome
    }
    payouts(first: $lines) {
      ...RunPayouts
      ...Settleable
    }
    left: lines(
      first: $lines
      outcome: [BELOW_MINIMUM, CURRENCY_NOT_CHOSEN, NOT_POSITIVE, PARTNER_SUSPENDED, RECIPIENT_UNASSIGNED, TOO_LARGE]
    ) {
      totalCount
      ...RunLines
    }
    ...FileOfRun
  }
`);

interface RunDetailsProps {
  run: FragmentType<typeof RUN>;
  timeZone: string;
  onSettled: () => void;
}

export function RunDetails({ run: masked, timeZone, onSettled }: RunDetailsProps) {
  const { words, format } = useTexts();
  const run = read(RUN, masked);
  const isPending = run.totals.some(({ status }) => status === "PENDING");
  return (
    <>
      <Section title={words.runs.of(format.moment(run.createdAt, timeZone))}>
        <Outcomes totals={run.totals} />
        <p className="hint">
          {run.createdBy && `${words.runs.by(run.createdBy)} `}
          {run.accruedBefore && words.runs.cutOffAt(format.moment(run.accruedBefore, timeZone))}
        </p>
      </Section>
      {isPending && (
        <div className="columns">
          <PaymentFile run={run} />
          <Settlement run={run.id} payouts={run.payouts} onSettled={onSettled} />
        </div>
      )}
      <Section title={words.runs.payouts}>
        <RunPayouts payouts={run.payouts} />
      </Section>
      {run.left.totalCount > 0 && (
        <Section title={words.runs.left}>
          <RunLines lines={run.left} />
        </Section>
      )}
    </>
  );
}
