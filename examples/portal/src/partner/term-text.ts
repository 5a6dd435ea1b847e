import { spaced } from "../format/formats";
import type { TermsFragment } from "../generated/graphql";
import type { Texts } from "../words/texts";

type Term = TermsFragment["terms"][number];

/** A component that says no more than the rules themselves, which stand beside it. */
export const isJustRules = ({ basis, trigger, eventType, recurringMonths }: Term): boolean =>
  basis === "GROUP_RULES" && trigger === "EVERY" && !eventType && !recurringMonths;

/** A component of the terms as a sentence: what, for which sales, and for how long. */
export function termText(term: Term, texts: Texts): string {
  const { words } = texts;
  const { trigger, eventType, recurringMonths } = term;
  const when = words.terms.when(trigger, eventType ? spaced(eventType) : null, term.basis === "PERCENT");
  return [rateText(term, texts), when, recurringMonths ? words.terms.firstMonths(recurringMonths) : ""]
    .filter(Boolean)
    .join(" ");
}

function rateText({ basis, value, currency }: Term, { words, format }: Texts): string {
  switch (basis) {
    case "PERCENT":
      return format.percent(value ?? "0");
    case "FIXED":
      return value && currency ? format.amount(value, currency) : (value ?? words.terms.fixed);
    case "GROUP_RULES":
      return words.terms.groupRules;
  }
}
