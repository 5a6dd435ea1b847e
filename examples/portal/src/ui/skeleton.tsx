import { useTexts } from "../words/texts";

/** What is in the place of a page's figures before its answer is there. */
export function Bones() {
  const { words } = useTexts();
  return (
    <div className="bones" role="status" aria-label={words.shell.loading}>
      <div className="bone bone-card" />
      <div className="bone bone-plot" />
    </div>
  );
}
