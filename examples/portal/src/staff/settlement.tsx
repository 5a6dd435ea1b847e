// What the payment service answered: that all was paid, or a file that says it payout by payout.
import { useState } from "react";
import { useMutation } from "urql";
import { problemOf } from "../gateway/problem";
import { graphql, read, type FragmentType } from "../generated";
import type { PayoutSettlementInput, SettlePayoutsWhatInput } from "../generated/graphql";
import { Ask } from "../ui/ask";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";
import { settlementsOf, type Reading } from "./settlement-file";

export const SETTLEABLE = graphql(`
  fragment Settleable on PayoutConnection {
    nodes {
      id
      bankReference
    }
  }
`);

const SETTLE = graphql(`
  mutation SettlePayouts($what: SettlePayoutsWhatInput!) {
    settlePayouts(input: { what: $what }) {
      settled
      remaining
      results {
        id
        userErrors {
          message
        }
      }
      userErrors {
        message
      }
    }
  }
`);

/** So many payouts go in one call. */
const AT_ONCE = 500;

interface SettlementProps {
  run: string;
  payouts: FragmentType<typeof SETTLEABLE>;
  onSettled: () => void;
}

export function Settlement({ run, payouts, onSettled }: SettlementProps) {
  const { words, format } = useTexts();
  const { nodes } = read(SETTLEABLE, payouts);
  const [{ fetching }, settle] = useMutation(SETTLE);
  const [reading, setReading] = useState<Reading | null>(null);
  const [said, say] = useState<string[]>([]);

  /** Settles until nothing remains; what is wrong is said, and what was settled stays so. */
  const settleAll = async (parts: SettlePayoutsWhatInput[]) => {
    let settled = 0;
    const wrong: string[] = [];
    for (const what of parts) {
      let remaining: number;
      do {
        const { data, error } = await settle({ what });
        const answer = data?.settlePayouts;
        settled += answer?.settled ?? 0;
        remaining = answer?.settled ? (answer.remaining ?? 0) : 0;
        if (error) wrong.push(words.trouble(problemOf(error)).title);
        wrong.push(...(answer?.userErrors ?? []).map(({ message }) => message));
        for (const { id, userErrors } of answer?.results ?? [])
          wrong.push(...userErrors.map(({ message }) => `${id}: ${message}`));
      } while (remaining > 0);
    }
    say([words.settlement.settled(format.count(settled), settled), ...wrong]);
    setReading(null);
    onSettled();
  };
  const partsOf = (settlements: PayoutSettlementInput[]): SettlePayoutsWhatInput[] =>
    Array.from({ length: Math.ceil(settlements.length / AT_ONCE) }, (_, part) => ({
      settlements: settlements.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
    }));

  return (
    <Section title={words.settlement.title}>
      <div className="actions">
        <Ask
          text={words.settlement.allPaid}
          title={words.settlement.allPaid}
          disabled={fetching}
          field={{ label: words.table.reference, required: false }}
          confirm={words.settlement.record}
          onConfirm={(reference) =>
            void settleAll([{ run: { runId: run, status: "PAID", ...(reference && { reference }) } }])
          }
        >
          <p>{words.settlement.allPaidHint}</p>
        </Ask>
      </div>
      <label className="field">
        <span className="hint">{words.settlement.file}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          onChange={async (event) => {
            const file = event.target.files?.[0];
            setReading(file ? settlementsOf(await file.text(), nodes) : null);
            say([]);
          }}
        />
      </label>
      {reading && (
        <div role="status">
          {reading.problem ? (
            <p className="notice">{words.settlement.problems[reading.problem]}</p>
          ) : (
            <>
              <p>{words.settlement.found(format.count(reading.settlements.length), reading.settlements.length)}</p>
              {reading.wrong.length > 0 && (
                <p className="notice">
                  {words.settlement.wrong(reading.wrong.map((line) => format.count(line)).join(", "))}
                </p>
              )}
              {reading.others > 0 && <p className="hint">{words.settlement.others(format.count(reading.others))}</p>}
              <button
                type="button"
                className="button button-main"
                disabled={fetching || reading.settlements.length === 0}
                onClick={() => void settleAll(partsOf(reading.settlements))}
              >
                {words.settlement.record}
              </button>
            </>
          )}
        </div>
      )}
      <div role="status">
        {said.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
      <details>
        <summary className="hint">{words.settlement.command}</summary>
        <pre tabIndex={0}>
          <code>{"tributary import settlements FILE.csv --tenant TENANT"}</code>
        </pre>
      </details>
    </Section>
  );
}
