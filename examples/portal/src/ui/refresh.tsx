import type { Page } from "../gateway/use-page";
import { useTexts } from "../words/texts";

export function Refresh({ asked: { ask, loading } }: { asked: Page<unknown> }) {
  const { words } = useTexts();
  return (
    <button type="button" className="button" onClick={ask} disabled={loading}>
      {loading ? words.shell.refreshing : words.shell.refresh}
    </button>
  );
}
