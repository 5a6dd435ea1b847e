import { useId } from "react";

interface ChoiceProps {
  label: string;
  options: string[];
  chosen: string;
  onChoose: (option: string) => void;
}

/** One of a few: radio buttons, as the keyboard and screen readers know them. Nothing to choose from shows nothing. */
export function Choice({ label, options, chosen, onChoose }: ChoiceProps) {
  // Two switches of one page may have the same label.
  const group = useId();
  if (options.length < 2) return null;
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option}>
          <input type="radio" name={group} checked={option === chosen} onChange={() => onChoose(option)} />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What was chosen, as long as there is such an option; else the first; "" of none. */
export const chosenOf = (options: string[], wanted: string | null): string =>
  wanted !== null && options.includes(wanted) ? wanted : (options[0] ?? "");
