// A new link: for a campaign, and where it leads if not to the campaign's own page.
import { useId, useRef, useState, type FormEvent } from "react";
import { useMutation } from "urql";
import { problemOf } from "../gateway/problem";
import { graphql } from "../generated";
import { useTexts } from "../words/texts";

const CREATE = graphql(`
  mutation CreateLink($campaign: ID!, $key: String, $destination: String) {
    createLink(input: { campaignId: $campaign, key: $key, destinationUrl: $destination }) {
      link {
        id
      }
      userErrors {
        message
        field
      }
    }
  }
`);

interface NewLinkProps {
  campaigns: readonly { id: string; name: string; destinationUrl?: string | null }[];
  onMade: () => void;
}

export function NewLink({ campaigns, onMade }: NewLinkProps) {
  const { words } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [campaign, choose] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CREATE);
  const chosen = campaigns.find(({ id }) => id === campaign) ?? campaigns[0];
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const entered = (name: string) => String(new FormData(form).get(name) ?? "").trim() || null;
    setWrong(null);
    const { data, error } = await create({
      campaign: chosen?.id ?? "",
      key: entered("key"),
      destination: entered("destination"),
    });
    if (data?.createLink?.link) {
      form.reset();
      dialog.current?.close();
      onMade();
      return;
    }
    const [first] = data?.createLink?.userErrors ?? [];
    const field = first?.field?.[0] as keyof typeof words.links.fields | undefined;
    if (first) setWrong(`${field ? `${words.links.fields[field] ?? field}: ` : ""}${first.message}`);
    else if (error) setWrong(words.trouble(problemOf(error)).title);
  };
  if (campaigns.length === 0) return null;
  return (
    <>
      <button type="button" className="button button-main" onClick={() => dialog.current?.showModal()}>
        {words.links.create}
      </button>
      <dialog ref={dialog} aria-labelledby={heading}>
        <form onSubmit={(event) => void make(event)}>
          <h2 id={heading}>{words.links.create}</h2>
          <label className="field">
            <span className="hint">{words.links.fields.campaignId}</span>
            <select value={chosen?.id} onChange={(event) => choose(event.target.value)}>
              {campaigns.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            <span className="hint">{words.links.fields.destinationUrl}</span>
            <input
              name="destination"
              type="url"
              maxLength={2000}
              placeholder={chosen?.destinationUrl ?? "https://"}
              required={!chosen?.destinationUrl}
            />
          </label>
          <label className="field">
            <span className="hint">{words.links.fields.key}</span>
            <input name="key" maxLength={64} pattern="[A-Za-z0-9_\-]*" />
          </label>
          {wrong && <p role="alert">{wrong}</p>}
          <div className="actions">
            <button type="submit" className="button button-main" disabled={fetching}>
              {words.links.make}
            </button>
            <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
              {words.table.cancel}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
