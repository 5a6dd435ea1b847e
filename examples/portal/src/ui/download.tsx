import { useState } from "react";
import { save } from "../gateway/files";
import type { Problem } from "../gateway/problem";
import { usePortal } from "../shell/portal";
import { useTexts } from "../words/texts";

interface DownloadProps {
  /** The export's name in its address: "statement". */
  name: string;
  parameters: Record<string, string>;
  /** What the saved file is called. */
  file: string;
  text: string;
}

/** Saves one of the gateway's exports. */
export function Download({ name, parameters, file, text }: DownloadProps) {
  const { token, refuse } = usePortal();
  const { words } = useTexts();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const fetchIt = async () => {
    setBusy(true);
    const found = await save(token, name, parameters, file);
    setBusy(false);
    setProblem(found);
    if (found?.kind === "refused") refuse();
  };
  return (
    <>
      <button type="button" className="button" disabled={busy} onClick={() => void fetchIt()}>
        {busy ? words.files.saving : text}
      </button>
      {problem && (
        <span className="hint" role="alert">
          {words.trouble(problem).title}
        </span>
      )}
    </>
  );
}
