// The next payout run: a preview first, which writes nothing, and then the run with the same cut-off.
import { useState } from "react";
import { useMutation } from "urql";
import { lastMonths, startOfMonth } from "../format/months";
import { problemOf } from "../gateway/problem";
import { graphql } from "../generated";
import { Ask } from "../ui/ask";
import { Pick } from "../ui/pick";
import { Section } from "../ui/section";
import { Trouble } from "../ui/trouble";
import { useTexts } from "../words/texts";
import { Outcomes } from "./outcomes";
import { RunLines } from "./run-lines";

const PREVIEW = graphql(`
  mutation PreviewPayoutRun($input: CreatePayoutRunInput!) {
    previewPayoutRun(input: $input) {
      totals {
        ...Outcome
      }
      lines(first: 500) {
        ...RunLines
      }
      userErrors {
        message
      }
    }
  }
`);

const CREATE = graphql(`
  mutation CreatePayoutRun($input: CreatePayoutRunInput!) {
    createPayoutRun(input: $input) {
      payoutRun {
        id
      }
      userErrors {
        message
      }
    }
  }
`);

/** A run that is sent twice, after a lost answer for example, is one run: both carry this key. */
const newKey = () => crypto.randomUUID();

export function NextRun({ timeZone, onRan }: { timeZone: string; onRan: (run: string) => void }) {
  const { words, format } = useTexts();
  const [months] = useState(() => lastMonths(3, new Date(), timeZone).reverse());
  const [cutOff, setCutOff] = useState("");
  const [key] = useState(newKey);
  const [preview, look] = useMutation(PREVIEW);
  const [created, create] = useMutation(CREATE);
  const input = cutOff ? { accruedBefore: startOfMonth(cutOff, timeZone) } : {};
  const [previewed, setPreviewed] = useState<string | null>(null);
  const run = async () => {
    const { data } = await create({ input: { ...input, idempotencyKey: `${key} ${cutOff}` } });
    const id = data?.createPayoutRun?.payoutRun?.id;
    if (id) onRan(id);
  };
  const { totals, lines } = (previewed === cutOff && preview.data?.previewPayoutRun) || {};
  const problem = created.error ?? preview.error;
  const refusals = [
    ...(created.data?.createPayoutRun?.userErrors ?? []),
    ...(preview.data?.previewPayoutRun?.userErrors ?? []),
  ];
  return (
    <Section title={words.runs.next}>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setPreviewed(cutOff);
          void look({ input });
        }}
      >
        <Pick
          label={words.runs.cutOff}
          chosen={cutOff}
          options={[
            { value: "", text: words.runs.everything },
            ...months.map((month) => ({ value: month, text: words.runs.before(format.month(month, "long")) })),
          ]}
          onChoose={setCutOff}
        />
        <button type="submit" className="button" disabled={preview.fetching}>
          {words.runs.preview}
        </button>
      </form>
      {problem && <Trouble problem={problemOf(problem)} onRetry={() => void look({ input })} />}
      {refusals.map(({ message }) => (
        <p key={message} className="notice" role="alert">
          {message}
        </p>
      ))}
      <div role="status">{totals && <Outcomes totals={totals} />}</div>
      {lines && (
        <>
          <RunLines lines={lines} />
          <Ask
            main
            text={words.runs.run}
            disabled={created.fetching}
            title={words.runs.run}
            confirm={words.runs.runNow}
            onConfirm={() => void run()}
          >
            <p>{words.runs.runHint}</p>
          </Ask>
        </>
      )}
      {!lines && <p className="hint">{words.runs.previewHint}</p>}
    </Section>
  );
}
