// What is done with a link: copied, shown as a QR code, switched off and on again.
import encodeQR from "qr";
import { useId, useRef, useState } from "react";
import { useMutation } from "urql";
import { problemOf } from "../gateway/problem";
import { graphql } from "../generated";
import type { LinkStatus } from "../generated/graphql";
import { useTexts } from "../words/texts";

const SWITCH = graphql(`
  mutation SwitchLink($id: ID!, $status: LinkStatus!) {
    updateLink(input: { id: $id, status: $status }) {
      link {
        status
      }
      userErrors {
        message
      }
    }
  }
`);

interface LinkActionsProps {
  link: { id: string; key: string; url?: string | null; status: LinkStatus };
  writable: boolean;
  onChanged: () => void;
}

export function LinkActions({ link, writable, onChanged }: LinkActionsProps) {
  const { words } = useTexts();
  const [{ fetching }, change] = useMutation(SWITCH);
  const [said, say] = useState("");
  const status = link.status === "ACTIVE" ? "DISABLED" : "ACTIVE";
  const turn = async () => {
    const { data, error } = await change({ id: link.id, status });
    if (data?.updateLink?.link) onChanged();
    else say(data?.updateLink?.userErrors[0]?.message ?? (error ? words.trouble(problemOf(error)).title : ""));
  };
  return (
    <div className="actions">
      {link.url && <Copy text={link.url} name={link.key} />}
      {link.url && <QrCode text={link.url} name={link.key} />}
      {writable && (
        <button
          type="button"
          className="button button-quiet"
          disabled={fetching}
          aria-label={`${words.links.turn[status]}: ${link.key}`}
          onClick={() => void turn()}
        >
          {words.links.turn[status]}
        </button>
      )}
      <span role="status">{said}</span>
    </div>
  );
}

function Copy({ text, name }: { text: string; name: string }) {
  const { words } = useTexts();
  const [said, say] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say(words.links.copied),
      () => say(text),
    );
  return (
    <button
      type="button"
      className="button button-quiet"
      aria-label={`${said || words.links.copy}: ${name}`}
      onClick={() => void copy()}
    >
      {said || words.links.copy}
    </button>
  );
}

/** A code that phones read from a screen or from paper: black on white in every colour scheme. */
function QrCode({ text, name }: { text: string; name: string }) {
  const { words } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [image, setImage] = useState<string | null>(null);
  const show = () => {
    setImage(`data:image/svg+xml,${encodeURIComponent(encodeQR(text, "svg", { border: 4 }))}`);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className="button button-quiet" aria-label={`${words.links.qr}: ${name}`} onClick={show}>
        {words.links.qr}
      </button>
      <dialog ref={dialog} aria-labelledby={heading}>
        <h2 id={heading}>{words.links.qrOf(name)}</h2>
        {image && <img className="qr" src={image} alt={text} />}
        <p className="address">{text}</p>
        <div className="actions">
          <a className="button button-main" href={image ?? undefined} download={`${name}.svg`}>
            {words.links.save}
          </a>
          <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
            {words.links.close}
          </button>
        </div>
      </dialog>
    </>
  );
}
