import { compare, share, sum } from "../format/decimal";
import { graphql, read, type FragmentType } from "../generated";
import { useParameter } from "../shell/address";
import { Amount } from "../ui/amount";
import { Choice, chosenOf } from "../ui/choice";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";
import { PartnerActions, usePartnerStatus } from "./partner-actions";

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
        accruedAmount {
          amount
        }
        approvedAmount {
          amount
        }
        paidAmount {
          amount
        }
        payableAmount {
          amount
        }
      }
    }
    pageInfo {
      hasNextPage
    }
  }
`);

interface PartnerTableProps {
  partners: FragmentType<typeof PARTNERS>;
  loading: boolean;
  onMore: () => void;
  /** A partner's status was changed: what else depends on it is to be asked for. */
  onChanged: () => void;
}

export function PartnerTable({ partners: masked, loading, onMore, onChanged }: PartnerTableProps) {
  const { words, format } = useTexts();
  const { totalCount, nodes, pageInfo } = read(PARTNERS, masked);
  const [wanted, setCurrency] = useParameter("currency");
  const { statusOf, change, wrong } = usePartnerStatus(masked, onChanged);
  const currencies = [...new Set(nodes.flatMap(({ balances }) => balances.map((one) => one.currency)))].sort();
  const currency = chosenOf(currencies, wanted);
  const rows = nodes.map((partner) => {
    const own = partner.balances.find((balance) => balance.currency === currency);
    const earned = own && sum([own.accruedAmount.amount, own.approvedAmount.amount, own.paidAmount.amount]);
    return { ...partner, own, earned };
  });
  const most = rows.map(({ earned }) => earned ?? "0").reduce((a, b) => (compare(a, b) < 0 ? b : a), "0");
  const { partner, status: state, actions } = words.table;
  const { earned: earnedHead, waiting, payable, paid } = words.partners;
  return (
    <Section
      title={words.partners.found(format.count(totalCount), totalCount)}
      aside={<Choice label={words.table.currency} options={currencies} chosen={currency} onChoose={setCurrency} />}
    >
      {wrong && (
        <p className="notice" role="alert">
          {wrong}
        </p>
      )}
      {rows.length === 0 ? (
        <Empty>{words.partners.empty}</Empty>
      ) : (
        <Table
          label={words.pages.partners}
          heads={[partner, state, { sum: earnedHead }, { sum: waiting }, { sum: payable }, { sum: paid }, actions]}
          busy={loading}
        >
          {rows.map(({ id, name, status, group, own, earned }) => (
            <tr key={id} data-partner={id}>
              <th scope="row">
                {name}
                <small className="muted">{group?.name ?? words.partners.standard}</small>
              </th>
              <td>
                <Status status={statusOf(id, status)} text={words.partnerStatus[statusOf(id, status)]} />
              </td>
              {own && earned ? (
                <>
                  <td>
                    <Amount amount={earned} currency={currency} />
                    <div className="cell-bar" aria-hidden="true">
                      <div style={{ width: `${share(earned, most) * 100}%` }} />
                    </div>
                  </td>
                  {[own.accruedAmount, own.payableAmount, own.paidAmount].map(({ amount }, index) => (
                    <td key={index}>
                      <Amount amount={amount} currency={currency} />
                    </td>
                  ))}
                </>
              ) : (
                <td colSpan={4} className="muted nothing">
                  {words.partners.nothing(currency)}
                </td>
              )}
              <td>
                <PartnerActions id={id} name={name} status={statusOf(id, status)} change={change} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {pageInfo.hasNextPage && (
        <button type="button" className="button more" onClick={onMore} disabled={loading}>
          {words.table.more}
        </button>
      )}
    </Section>
  );
}
