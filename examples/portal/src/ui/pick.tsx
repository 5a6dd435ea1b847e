interface PickProps {
  label: string;
  /** Whether only screen readers are told the label. */
  hidden?: boolean;
  chosen: string;
  options: readonly { value: string; text: string }[];
  onChoose: (value: string) => void;
}

/** One of many, as the browser's own list. */
export function Pick({ label, hidden = false, chosen, options, onChoose }: PickProps) {
  return (
    <label className="pick">
      <span className={hidden ? "unseen" : "hint"}>{label}</span>
      <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
