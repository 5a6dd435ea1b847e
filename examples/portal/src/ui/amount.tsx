import { useTexts } from "../words/texts";

interface AmountProps {
  amount: string;
  currency: string;
  className?: string;
}

/** An amount as people read it, with the exact value for programs. */
export function Amount({ amount, currency, className = "" }: AmountProps) {
  const { format } = useTexts();
  return (
    <data className={`amount ${amount.startsWith("-") ? "negative" : ""} ${className}`} value={`${amount} ${currency}`}>
      {format.amount(amount, currency)}
    </data>
  );
}
