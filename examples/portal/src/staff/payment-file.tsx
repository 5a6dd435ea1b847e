// The file that a payment service takes: the run's pending payouts. Those that a format cannot hold are named.
import { useState } from "react";
import { graphql, read, type FragmentType } from "../generated";
import { Download } from "../ui/download";
import { Pick } from "../ui/pick";
import { Section } from "../ui/section";
import { useTexts } from "../words/texts";

export const FILE = graphql(`
  fragment FileOfRun on PayoutRun {
    id
    totals {
      status
      amount {
        currency
      }
    }
    paypal: leftOut(format: PAYPAL, first: 20) {
      ...LeftOut
    }
    wise: leftOut(format: WISE, first: 20) {
      ...LeftOut
    }
  }
`);

const LEFT_OUT = graphql(`
  fragment LeftOut on PayoutLeftOutConnection {
    totalCount
    nodes {
      reason
      payout {
        id
        partner {
          name
        }
      }
    }
  }
`);

const FORMATS = ["csv", "paypal", "wise"] as const;
type Format = (typeof FORMATS)[number];
const NAMES: Record<Format, string> = { csv: "CSV", paypal: "PayPal", wise: "Wise" };

export function PaymentFile({ run: masked }: { run: FragmentType<typeof FILE> }) {
  const { words, format: formats } = useTexts();
  const run = read(FILE, masked);
  const [format, setFormat] = useState<Format>("csv");
  const pending = run.totals.filter(({ status }) => status === "PENDING").map(({ amount }) => amount.currency);
  const currencies = [...new Set(pending)].sort();
  const left = read(LEFT_OUT, format === "csv" ? null : run[format]);
  return (
    <Section title={words.file.title}>
      <Pick
        label={words.file.format}
        chosen={format}
        options={FORMATS.map((one) => ({ value: one, text: NAMES[one] }))}
        onChoose={(value) => setFormat(FORMATS.find((one) => one === value) ?? "csv")}
      />
      <div className="actions">
        {/* The services' own formats take one currency a file. */}
        {(format === "csv" ? [null] : currencies).map((currency) => (
          <Download
            key={currency}
            name="payout-file"
            parameters={{ runId: run.id, format, ...(currency && { currency }) }}
            file={["payouts", run.id, currency].filter(Boolean).join("-") + ".csv"}
            text={words.file.download(currency)}
          />
        ))}
      </div>
      {left && left.totalCount > 0 && (
        <div className="notice" role="note">
          <p>{words.file.leftOut(formats.count(left.totalCount), left.totalCount)}</p>
          <ul>
            {left.nodes.map(({ reason, payout }) => (
              <li key={payout.id}>
                {payout.partner.name}: <span lang="en">{reason}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}
