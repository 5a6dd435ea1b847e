import type { Hearing } from "../gateway/use-live";

const WORDS: Record<Hearing, string> = { starting: "Connecting", listening: "Live", interrupted: "Reconnecting" };

/** Whether the page hears of changes; and to screen readers, what it heard last. */
export function Live({ hearing, news }: { hearing: Hearing; news: string }) {
  return (
    <>
      <span
        className={`live live-${hearing}`}
        title={hearing === "listening" ? "New commissions appear by themselves" : undefined}
      >
        {WORDS[hearing]}
      </span>
      <span className="unseen" role="status">
        {news}
      </span>
    </>
  );
}
