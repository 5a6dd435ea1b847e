import type { Problem } from "../gateway/problem";
import { useTexts } from "../words/texts";

interface TroubleProps {
  problem: Problem;
  onRetry: () => void;
  /** Whether figures that came before are still shown. */
  stale?: boolean;
}

/** In the place of what could not be loaded; above figures of which the newest could not. */
export function Trouble({ problem, onRetry, stale = false }: TroubleProps) {
  const { words } = useTexts();
  const { title, text } = words.trouble(problem);
  return (
    <div className={stale ? "trouble trouble-stale" : "trouble"} role="alert">
      <div>
        <h2>{title}</h2>
        <p>
          {text} {stale && words.shell.stale}
        </p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        {words.shell.retry}
      </button>
    </div>
  );
}
