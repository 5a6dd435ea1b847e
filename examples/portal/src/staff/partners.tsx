// Partners by what they earned. One page of them is put in order here, exactly; of a longer list it says so.
import { useState } from "react";
import { compare, sum } from "../format/decimal";
import { counted } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import { Amount } from "../ui/amount";
import { Choice } from "../ui/choice";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";

export const PARTNERS = graphql(`
  fragment PartnerList on PartnerConnection {
    totalCount
    nodes {
      id
      name
      status
      group {
        name
      }
      balances {
        currency
        accrued
        approved
        paid
      }
    }
  }
`);

export function Partners({ partners: masked }: { partners: FragmentType<typeof PARTNERS> }) {
  const { totalCount, nodes } = read(PARTNERS, masked);
  const currencies = [...new Set(nodes.flatMap(({ balances }) => balances.map(({ currency }) => currency)))].sort();
  const [wanted, setWanted] = useState("");
  const currency = currencies.includes(wanted) ? wanted : (currencies[0] ?? "");
  const rows = nodes
    .flatMap(({ balances, ...partner }) =>
      balances
        .filter((balance) => balance.currency === currency)
        .map((balance) => ({ ...partner, ...balance, earned: sum([balance.accrued, balance.approved, balance.paid]) })),
    )
    .sort((left, right) => compare(right.earned, left.earned));
  return (
    <Section
      title="Partners by earnings"
      aside={<Choice label="Partners' currency" options={currencies} chosen={currency} onChoose={setWanted} />}
    >
      {rows.length === 0 ? (
        <Empty>No partner has earned anything yet.</Empty>
      ) : (
        <div className="scroll" tabIndex={0} role="group" aria-label="Partners by earnings">
          <table>
            <thead>
              <tr>
                <th scope="col">Partner</th>
                <th scope="col">Status</th>
                <th scope="col" className="sum">
                  Earned
                </th>
                <th scope="col" className="sum">
                  Waiting
                </th>
                <th scope="col" className="sum">
                  To be paid
                </th>
                <th scope="col" className="sum">
                  Paid
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ id, name, status, group, earned, accrued, approved, paid }) => (
                <tr key={id} data-partner={id}>
                  <th scope="row">
                    {name}
                    <small className="muted">{group?.name ?? "Standard rules"}</small>
                  </th>
                  <td>
                    <Status status={status} />
                  </td>
                  {[earned, accrued, approved, paid].map((amount, index) => (
                    <td key={index}>
                      <Amount amount={amount} currency={currency} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="hint">
        {counted(rows.length, "partner")} with earnings
        {nodes.length < totalCount
          ? `, of the newest ${nodes.length}; the programme has ${counted(totalCount, "partner")}.`
          : ` of ${totalCount}.`}
      </p>
    </Section>
  );
}
