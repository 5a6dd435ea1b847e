import { share } from "../format/decimal";

/** How far a value has come. What it says in figures stands beside it. */
export function Progress({ label, value, goal }: { label: string; value: string; goal: string }) {
  const part = share(value, goal);
  const percent = Math.floor(Math.round(part * 1000) / 10);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div style={{ width: `${part * 100}%` }} className={part === 1 ? "full" : ""} />
    </div>
  );
}
