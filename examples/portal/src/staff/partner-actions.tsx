// What staff does with a partner: activate, suspend with a reason, reinstate, and a link that opens the portal as that partner.
import { startTransition, useEffect, useOptimistic, useState } from "react";
import { useMutation } from "urql";
import { problemOf } from "../gateway/problem";
import { graphql } from "../generated";
import type { PartnerStatus } from "../generated/graphql";
import { Ask } from "../ui/ask";
import { useTexts } from "../words/texts";

const ACTIVATE = graphql(`
  mutation ActivatePartner($id: ID!) {
    activatePartner(input: { id: $id }) {
      partner {
        status
      }
      userErrors {
        message
      }
    }
  }
`);

const SUSPEND = graphql(`
  mutation SuspendPartner($id: ID!, $reason: String!) {
    suspendPartner(input: { id: $id, reason: $reason }) {
      partner {
        status
      }
      userErrors {
        message
      }
    }
  }
`);

const LINK = graphql(`
  mutation PartnerLink($id: ID!, $scopes: [String!]!) {
    issuePartnerToken(input: { partnerId: $id, scopes: $scopes }) {
      token
      userErrors {
        message
      }
    }
  }
`);

/** All that a partner may do here: read what is its own, and make links. */
const SCOPES = [
  "partners:read",
  "partner_groups:read",
  "campaigns:read",
  "coupons:read",
  "links:read",
  "links:write",
  "events:read",
  "commissions:read",
  "payouts:read",
  "deals:read",
  "tiered_commissions:read",
];

type Statuses = Readonly<Record<string, PartnerStatus>>;
/** `reason` of null: to ACTIVE, which needs none. */
type Change = (id: string, reason: string | null) => void;

/**
 * The status of partners, which shows a change at once: it can be undone, and the gateway refuses it rarely. If it does, the
 * old status is back, with `wrong` as the gateway's words. Nothing of the kind is done with money. Once a newer `answer` has
 * come, that says what the status is.
 */
export function usePartnerStatus(answer: unknown, onChanged: () => void) {
  const { words } = useTexts();
  const [known, setKnown] = useState<Statuses>({});
  const [shown, show] = useOptimistic(known, (before, own: Statuses) => ({ ...before, ...own }));
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => setKnown({}), [answer]);
  const [, activate] = useMutation(ACTIVATE);
  const [, suspend] = useMutation(SUSPEND);
  const change: Change = (id, reason) =>
    startTransition(async () => {
      show({ [id]: reason === null ? "ACTIVE" : "SUSPENDED" });
      setWrong(null);
      const { error, payload } =
        reason === null
          ? await activate({ id }).then(({ data, error }) => ({ error, payload: data?.activatePartner }))
          : await suspend({ id, reason }).then(({ data, error }) => ({ error, payload: data?.suspendPartner }));
      const status = payload?.partner?.status;
      startTransition(() => {
        if (status) setKnown((before) => ({ ...before, [id]: status }));
        else setWrong(payload?.userErrors[0]?.message ?? (error ? words.trouble(problemOf(error)).title : null));
      });
      if (status) onChanged();
    });
  return { statusOf: (id: string, status: PartnerStatus) => shown[id] ?? status, change, wrong };
}

interface ActionsProps {
  id: string;
  name: string;
  status: PartnerStatus;
  change: Change;
}

export function PartnerActions({ id, name, status, change }: ActionsProps) {
  const { words } = useTexts();
  return (
    <div className="actions">
      {status === "ACTIVE" && (
        <>
          <PartnerLink id={id} name={name} />
          <Ask
            text={words.partners.suspend}
            label={words.partners.suspendOne(name)}
            title={words.partners.suspendOne(name)}
            field={{ label: words.table.reason, required: true }}
            confirm={words.partners.suspend}
            onConfirm={(reason) => change(id, reason)}
          >
            <p>{words.partners.suspendHint}</p>
          </Ask>
        </>
      )}
      {(status === "INVITED" || status === "SUSPENDED") && (
        <button
          type="button"
          className="button button-quiet"
          aria-label={words.partners.activateOne(name)}
          onClick={() => change(id, null)}
        >
          {words.partners.activate}
        </button>
      )}
    </div>
  );
}

/** A link for the partner, which is good for an hour. It is copied and not shown: it is a key. */
function PartnerLink({ id, name }: { id: string; name: string }) {
  const { words } = useTexts();
  const [{ fetching }, issue] = useMutation(LINK);
  const [said, say] = useState("");
  const copy = async () => {
    const { data, error } = await issue({ id, scopes: SCOPES });
    const { token, userErrors } = data?.issuePartnerToken ?? {};
    if (!token) {
      say(userErrors?.[0]?.message ?? (error ? words.trouble(problemOf(error)).title : ""));
      return;
    }
    const link = `${window.location.origin}${import.meta.env.BASE_URL}#token=${token}`;
    await navigator.clipboard.writeText(link).then(
      () => say(words.partners.copied),
      () => say(words.partners.notCopied),
    );
  };
  return (
    <>
      <button
        type="button"
        className="button button-quiet"
        disabled={fetching}
        aria-label={`${said || words.partners.link}: ${name}`}
        onClick={() => void copy()}
      >
        {said || words.partners.link}
      </button>
      <span className="unseen" role="status">
        {said}
      </span>
    </>
  );
}
