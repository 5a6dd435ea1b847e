/** A status with the colour that it has in the plot as well; `text` is its name in words. */
export const Status = ({ status, text }: { status: string; text: string }) => (
  <span className={`status status-${status.toLowerCase()}`} data-status-of={status}>
    {text}
  </span>
);
