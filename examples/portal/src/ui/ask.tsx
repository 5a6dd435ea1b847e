import { useId, useRef, type ReactNode } from "react";
import { useTexts } from "../words/texts";

interface AskProps {
  /** The button that asks. */
  text: string;
  /** What screen readers are told of the button, where the text does not say it. */
  label?: string;
  main?: boolean;
  disabled?: boolean;
  title: string;
  /** A field to fill in, or else undefined. */
  field?: { label: string; required: boolean };
  /** The button that does it. */
  confirm: string;
  onConfirm: (value: string) => void;
  children?: ReactNode;
}

/** A button that asks back. The browser's own dialog keeps the focus inside, closes with Escape and gives the focus back. */
export function Ask({ text, label, main = false, disabled, title, field, confirm, onConfirm, children }: AskProps) {
  const { words } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  return (
    <>
      <button
        type="button"
        className={`button ${main ? "button-main" : "button-quiet"}`}
        aria-label={label}
        disabled={disabled}
        onClick={() => dialog.current?.showModal()}
      >
        {text}
      </button>
      <dialog ref={dialog} aria-labelledby={heading}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            dialog.current?.close();
            onConfirm(String(new FormData(event.currentTarget).get("value") ?? ""));
            event.currentTarget.reset();
          }}
        >
          <h2 id={heading}>{title}</h2>
          {children}
          {field && (
            <label className="field">
              <span className="hint">{field.label}</span>
              <input name="value" required={field.required} maxLength={200} />
            </label>
          )}
          <div className="actions">
            <button type="submit" className="button button-main">
              {confirm}
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
