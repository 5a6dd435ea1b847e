import { sentence } from "../format/words";

/** A status with the colour that it has in the plot as well. */
export const Status = ({ status }: { status: string }) => (
  <span className={`status status-${status.toLowerCase()}`}>{sentence(status)}</span>
);
