import { amountText } from "../format/words";

interface AmountProps {
  amount: string;
  currency: string;
  className?: string;
}

/** An amount as people read it, with the exact value for programs. */
export function Amount({ amount, currency, className = "" }: AmountProps) {
  return (
    <data className={`amount ${amount.startsWith("-") ? "negative" : ""} ${className}`} value={`${amount} ${currency}`}>
      {amountText(amount, currency)}
    </data>
  );
}
