import { isZero } from "../format/decimal";
import { capital, spaced } from "../format/formats";
import { graphql, read, type FragmentType } from "../generated";
import type { CommissionRowFragment } from "../generated/graphql";
import { usePortal } from "../shell/portal";
import { Amount } from "../ui/amount";
import { Empty } from "../ui/section";
import { Status } from "../ui/status";
import { useTexts } from "../words/texts";

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
  loading?: boolean;
  /** Asks for more of them, where the page can. */
  onMore?: () => void;
}

export function Commissions({ commissions, timeZone, loading = false, onMore }: CommissionsProps) {
  const { words } = useTexts();
  const { live } = usePortal();
  const { nodes, pageInfo } = read(LIST, commissions);
  if (nodes.length === 0) return <Empty>{words.commissions.empty}</Empty>;
  return (
    <>
      <ul className="rows">
        {read(COMMISSION, nodes).map((commission) => (
          <Row key={commission.id} commission={commission} timeZone={timeZone} fresh={live.fresh.has(commission.id)} />
        ))}
      </ul>
      {onMore && pageInfo.hasNextPage && (
        <button type="button" className="button more" onClick={onMore} disabled={loading}>
          {words.table.more}
        </button>
      )}
    </>
  );
}

interface RowProps {
  commission: CommissionRowFragment;
  timeZone: string;
  fresh: boolean;
}

/** A line, and behind it why the amount is what it is. */
function Row({ commission, timeZone, fresh }: RowProps) {
  const { words, format } = useTexts();
  const { id, status, amount, accruedAt, matureAt, campaign, explanation } = commission;
  const steps = explanation.filter((step) => step.outcome === "APPLIED" && !roundsNothing(step));
  return (
    <li className={`${fresh ? "fresh" : ""} ${status === "REVERSED" ? "undone" : ""}`} data-commission={id}>
      <details>
        <summary>
          <span className="row-what">
            <span>
              <What commission={commission} />
            </span>
            <small>
              {format.day(accruedAt, timeZone)}
              {campaign && ` · ${campaign.name}`}
            </small>
          </span>
          <span className="row-sum">
            <Amount {...amount} />
            <Status status={status} text={words.commissionStatus[status]} />
          </span>
        </summary>
        <div className="why">
          {steps.length > 0 ? (
            <ol>
              {steps.map(({ source, detail, amount: given }, index) => (
                <li key={index}>
                  {/* The gateway explains in English. */}
                  <span lang="en">
                    {detail} <small>{stepName(source)}</small>
                  </span>
                  {given != null && <span className="amount">{format.decimal(given)}</span>}
                </li>
              ))}
            </ol>
          ) : (
            <p>{words.commissions.noSteps}</p>
          )}
          {status === "ACCRUED" && matureAt && (
            <p className="hint">{words.commissions.matures(format.day(matureAt, timeZone))}</p>
          )}
        </div>
      </details>
    </li>
  );
}

function What({ commission: { kind, event } }: { commission: CommissionRowFragment }) {
  const { words } = useTexts();
  if (!event || kind !== "EVENT") return words.commissionKind[kind];
  const what = capital(event.type ? spaced(event.type) : words.eventKind[event.kind]);
  return event.amount ? words.commissions.saleOf(what, <Amount {...event.amount} />) : what;
}

const roundsNothing = ({ source, amount }: { source: string; amount?: string | null }) =>
  source === "rounding" && amount != null && isZero(amount);

/** "rules.0 new_customer_time_tier" -> "new customer time tier": places in a list mean nothing to a partner. */
const stepName = (source: string) => spaced(source.replace(/^\S+\.\d+ /, ""));
