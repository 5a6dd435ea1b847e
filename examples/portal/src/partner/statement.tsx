// A month's statement: what was owed when it began, what moved it, and what was owed when it ended. Asked for once it is
// opened, so that the page itself stays one query.
import { useState } from "react";
import { lastMonths, monthText, startOfMonth } from "../format/months";
import { dayText, sentence } from "../format/words";
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { Amount } from "../ui/amount";
import { Choice } from "../ui/choice";
import { Empty, Section } from "../ui/section";
import { Trouble } from "../ui/trouble";

const QUERY = graphql(`
  query StatementOfMonth($partner: ID!, $currency: CurrencyCode!, $from: DateTime!, $to: DateTime!) {
    statement(partnerId: $partner, currency: $currency, from: $from, to: $to) {
      opening {
        amount
        currency
      }
      closing {
        amount
        currency
      }
      totals {
        kind
        count
      }
      movements(first: 200) {
        edges {
          cursor
          node {
            at
            kind
            amount {
              amount
              currency
            }
            balance {
              amount
              currency
            }
            commission {
              campaign {
                name
              }
            }
            payout {
              reference
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

/** A statement is of a range that is over: the newest one is last month's. */
const MONTHS = 12;

interface StatementProps {
  partner: string;
  currencies: string[];
  timeZone: string;
}

export function MonthStatement({ partner, currencies, timeZone }: StatementProps) {
  const [months] = useState(() => lastMonths(MONTHS + 1, new Date(), timeZone).reverse());
  const [month, setMonth] = useState(1);
  const [chosen, setCurrency] = useState(currencies[0]);
  const [open, setOpen] = useState(false);
  const currency = chosen ?? currencies[0];
  const name = months[month] ?? "";
  const range = { from: startOfMonth(name, timeZone), to: startOfMonth(months[month - 1] ?? "", timeZone) };
  const page = usePage(QUERY, { partner, currency: currency ?? "", ...range }, !open || !currency);
  if (!currency) return null;
  const statement = page.data?.statement;
  return (
    <Section
      title="Your statement"
      aside={<Choice label="Currency" options={currencies} chosen={currency} onChoose={setCurrency} />}
    >
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="row-what">What was owed to you, month by month</span>
        </summary>
        <label className="hint">
          Month{" "}
          <select value={month} onChange={(event) => setMonth(Number(event.target.value))}>
            {months.slice(1).map((option, index) => (
              <option key={option} value={index + 1}>
                {monthText(option, "long")}
              </option>
            ))}
          </select>
        </label>
        {page.problem && <Trouble problem={page.problem} onRetry={page.ask} stale={statement != null} />}
        {statement && (
          <div className="scroll" tabIndex={0} role="group" aria-label={`Statement of ${monthText(name, "long")}`}>
            <table aria-busy={page.loading}>
              <thead>
                <tr>
                  <th scope="col">Date</th>
                  <th scope="col">What</th>
                  <th scope="col" className="sum">
                    Amount
                  </th>
                  <th scope="col" className="sum">
                    Owed
                  </th>
                </tr>
              </thead>
              <tbody>
                <tr data-statement="opening">
                  <th scope="row">{dayText(range.from, timeZone)}</th>
                  <td>Owed before</td>
                  <td />
                  <td>
                    <Amount {...statement.opening} />
                  </td>
                </tr>
                {statement.movements.edges.map(({ cursor, node: { at, kind, amount, balance, commission, payout } }) => (
                  <tr key={cursor} data-statement="movement">
                    <th scope="row">{dayText(at, timeZone)}</th>
                    <td>
                      {sentence(kind)}{" "}
                      <small className="muted">{payout?.reference ?? commission.campaign?.name ?? ""}</small>
                    </td>
                    <td>
                      <Amount {...amount} />
                    </td>
                    <td>
                      <Amount {...balance} />
                    </td>
                  </tr>
                ))}
                <tr data-statement="closing">
                  <th scope="row">{dayText(range.to, timeZone)}</th>
                  <td>Owed then</td>
                  <td />
                  <td>
                    <Amount {...statement.closing} />
                  </td>
                </tr>
              </tbody>
            </table>
            {statement.totals.length === 0 && <Empty>Nothing happened in {monthText(name, "long")}.</Empty>}
            {statement.movements.pageInfo.hasNextPage && (
              <p className="hint">These are the first {statement.movements.edges.length} movements.</p>
            )}
          </div>
        )}
      </details>
    </Section>
  );
}
