// A month's statement: what was owed when it began, what moved it, and what was owed when it ended. Asked for once a month is
// chosen, so that the page itself stays one query.
import { useState } from "react";
import { lastMonths, startOfMonth } from "../format/months";
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import { useParameter } from "../shell/address";
import { Amount } from "../ui/amount";
import { Choice, chosenOf } from "../ui/choice";
import { Download } from "../ui/download";
import { Pick } from "../ui/pick";
import { Empty, Section } from "../ui/section";
import { Table } from "../ui/table";
import { Trouble } from "../ui/trouble";
import { useTexts } from "../words/texts";

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
const MONTHS = 24;

interface StatementProps {
  partner: string;
  currencies: string[];
  timeZone: string;
}

export function MonthStatement({ partner, currencies, timeZone }: StatementProps) {
  const { words, format } = useTexts();
  const [months] = useState(() => lastMonths(MONTHS + 1, new Date(), timeZone).reverse());
  const [chosen, setMonth] = useParameter("month");
  const [wanted, setCurrency] = useParameter("currency");
  const currency = chosenOf(currencies, wanted);
  const place = chosen ? months.indexOf(chosen) : -1;
  const [month, next] = [months[place], months[place - 1]];
  if (currency === "") return null;
  return (
    <Section
      title={words.statement.title}
      aside={<Choice label={words.table.currency} options={currencies} chosen={currency} onChoose={setCurrency} />}
    >
      <div className="filters">
        <Pick
          label={words.table.month}
          chosen={month ?? ""}
          options={[
            { value: "", text: words.statement.choose },
            ...months.slice(1).map((value) => ({ value, text: format.month(value, "long") })),
          ]}
          onChoose={setMonth}
        />
      </div>
      {month && next ? (
        // Another month's figures must not stand below this one's name, not even for a moment.
        <Statement
          key={`${month} ${currency}`}
          partner={partner}
          currency={currency}
          month={month}
          from={startOfMonth(month, timeZone)}
          to={startOfMonth(next, timeZone)}
          timeZone={timeZone}
        />
      ) : (
        <Empty>{words.statement.hint}</Empty>
      )}
    </Section>
  );
}

interface MonthProps {
  partner: string;
  currency: string;
  /** "2026-04" */
  month: string;
  from: string;
  to: string;
  timeZone: string;
}

function Statement({ partner, currency, month, from, to, timeZone }: MonthProps) {
  const { words, format } = useTexts();
  const { data, problem, loading, ask } = usePage(QUERY, { partner, currency, from, to });
  const statement = data?.statement;
  const name = format.month(month, "long");
  if (!statement) return problem ? <Trouble problem={problem} onRetry={ask} /> : <div className="bone bone-card" />;
  const { date, what, amount: sum } = words.table;
  return (
    <>
      {problem && <Trouble problem={problem} onRetry={ask} stale />}
      <Table
        label={words.statement.of(name)}
        heads={[date, what, { sum }, { sum: words.statement.owed }]}
        busy={loading}
      >
        <tr data-statement="opening">
          <th scope="row">{format.day(from, timeZone)}</th>
          <td>{words.statement.opening}</td>
          <td />
          <td>
            <Amount {...statement.opening} />
          </td>
        </tr>
        {statement.movements.edges.map(({ cursor, node: { at, kind, amount, balance, commission, payout } }) => (
          <tr key={cursor} data-statement="movement">
            <th scope="row">{format.day(at, timeZone)}</th>
            <td>
              {words.movementKind[kind]}{" "}
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
          <th scope="row">{format.day(to, timeZone)}</th>
          <td>{words.statement.closing}</td>
          <td />
          <td>
            <Amount {...statement.closing} />
          </td>
        </tr>
      </Table>
      {statement.totals.length === 0 && <p className="hint">{words.statement.nothing(name)}</p>}
      {statement.movements.pageInfo.hasNextPage && (
        <p className="hint">{words.statement.first(format.count(statement.movements.edges.length))}</p>
      )}
      <p>
        <Download
          name="statement"
          parameters={{ partnerId: partner, currency, from, to }}
          file={`statement-${month}-${currency}.csv`}
          text={words.files.csv}
        />
      </p>
    </>
  );
}
