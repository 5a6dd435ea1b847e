import type { Problem } from "../gateway/problem";

function words(problem: Problem): { title: string; text: string } {
  switch (problem.kind) {
    case "forbidden":
      return { title: "Your link does not open all of this page", text: `It lacks a scope: ${problem.detail}.` };
    case "busy":
      return { title: "The gateway is busy", text: "It asks to be tried again in a moment." };
    case "unreachable":
      return { title: "The gateway cannot be reached", text: "Check your connection. Nothing is lost." };
    case "refused":
      return { title: "This link no longer opens the portal", text: "Ask your partner manager for a new one." };
    case "failed":
      return {
        title: "Something went wrong",
        text: problem.requestId ? `${problem.detail} (request ${problem.requestId})` : problem.detail,
      };
  }
}

/** In the place of a page that could not be loaded; above one whose newest figures could not. */
export function Trouble({
  problem,
  onRetry,
  stale = false,
}: {
  problem: Problem;
  onRetry: () => void;
  stale?: boolean;
}) {
  const { title, text } = words(problem);
  return (
    <div className={stale ? "trouble trouble-stale" : "trouble"} role="alert">
      <div>
        <h2>{title}</h2>
        <p>
          {text} {stale && "The figures below are the last ones that arrived."}
        </p>
      </div>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
