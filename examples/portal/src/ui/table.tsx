import type { ReactNode } from "react";

interface TableProps {
  /** What screen readers are told. */
  label: string;
  /** The heads of the columns; those of amounts, which are read from their ends, as `sum`. */
  heads: readonly (string | { sum: string })[];
  busy?: boolean;
  /** The rows. */
  children: ReactNode;
}

/** A table that scrolls by itself where the screen is too narrow, also with the keyboard. */
export function Table({ label, heads, busy = false, children }: TableProps) {
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={label}>
      <table aria-busy={busy}>
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === "string" ? (
                <th key={head} scope="col">
                  {head}
                </th>
              ) : (
                <th key={head.sum} scope="col" className="sum">
                  {head.sum}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
