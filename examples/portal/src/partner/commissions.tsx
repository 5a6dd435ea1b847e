import { isZero } from "../format/decimal";
import { dayText, decimalText, sentence } from "../format/words";
import { graphql, read, type FragmentType } from "../generated";
import type { CommissionRowFragment } from "../generated/graphql";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";

export const COMMISSION = graphql(`
  fragment CommissionRow on Commission {
    id
    kind
    status
    amount {
      amount
      currency
    }
    accruedAt
    matureAt
    campaign {
      name
    }
    event {
      type
      kind
      amount {
        amount
        currency
      }
    }
    explanation {
      source
      outcome
      detail
      amount
    }
  }
`);

export const LIST = graphql(`
  fragment CommissionList on CommissionConnection {
    nodes {
      ...CommissionRow
    }
    pageInfo {
      hasNextPage
    }
  }
`);

interface CommissionsProps {
  commissions: FragmentType<typeof LIST>;
  timeZone: string;
  fresh: ReadonlySet<string>;
  loading: boolean;
  onMore: () => void;
}

export function Commissions({ commissions, timeZone, fresh, loading, onMore }: CommissionsProps) {
  const { nodes, pageInfo } = read(LIST, commissions);
  return (
    <Section title="Newest commissions">
      {nodes.length === 0 ? (
        <Empty>No commission yet. Each sale that you bring appears here, with the steps that led to its amount.</Empty>
      ) : (
        <ul className="rows">
          {read(COMMISSION, nodes).map((commission) => (
            <Row key={commission.id} commission={commission} timeZone={timeZone} fresh={fresh.has(commission.id)} />
          ))}
        </ul>
      )}
      {pageInfo.hasNextPage && (
        <button type="button" className="button more" onClick={onMore} disabled={loading}>
          Show more
        </button>
      )}
    </Section>
  );
}

interface RowProps {
  commission: CommissionRowFragment;
  timeZone: string;
  fresh: boolean;
}

/** A line, and behind it why the amount is what it is. */
function Row({ commission, timeZone, fresh }: RowProps) {
  const { id, status, amount, accruedAt, matureAt, campaign, explanation } = commission;
  const steps = explanation.filter((step) => step.outcome === "APPLIED" && !roundsNothing(step));
  return (
    <li className={`${fresh ? "fresh" : ""} ${status === "REVERSED" ? "undone" : ""}`} data-commission={id}>
      <details>
        <summary>
          <span className="row-what">
            <span>{whatFor(commission)}</span>
            <small>
              {dayText(accruedAt, timeZone)}
              {campaign && ` · ${campaign.name}`}
            </small>
          </span>
          <span className="row-sum">
            <Amount {...amount} />
            <Status status={status} />
          </span>
        </summary>
        <div className="why">
          {steps.length > 0 ? (
            <ol>
              {steps.map(({ source, detail, amount: given }, index) => (
                <li key={index}>
                  <span>
                    {detail} <small>{stepName(source)}</small>
                  </span>
                  {given != null && <span className="amount">{decimalText(given)}</span>}
                </li>
              ))}
            </ol>
          ) : (
            <p>No steps are kept for it.</p>
          )}
          {status === "ACCRUED" && matureAt && (
            <p className="hint">It can be approved from {dayText(matureAt, timeZone)} on.</p>
          )}
        </div>
      </details>
    </li>
  );
}

function whatFor({ kind, event }: CommissionRowFragment) {
  if (!event || kind !== "EVENT") return sentence(kind);
  return (
    <>
      {sentence(event.type ?? event.kind)}
      {event.amount && (
        <>
          {" "}
          of <Amount {...event.amount} />
        </>
      )}
    </>
  );
}

const roundsNothing = ({ source, amount }: { source: string; amount?: string | null }) =>
  source === "rounding" && amount != null && isZero(amount);

/** "rules.0 new_customer_time_tier" -> "new customer time tier": places in a list mean nothing to a partner. */
const stepName = (source: string) => source.replace(/^\S+\.\d+ /, "").replaceAll("_", " ");
