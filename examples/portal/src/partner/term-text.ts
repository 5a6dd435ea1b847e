import { spaced } from "../format/formats";
import type { TermsFragment } from "../generated/graphql";
import type { Texts } from "../words/texts";

type Term = TermsFragment["terms"][number];

/** A component that says no more than the rules themselves, which stand beside it. */
export const isJustRules = ({ basis, trigger, eventType, recurringMonths, match }: Term): boolean =>
  basis === "GROUP_RULES" && trigger === "EVERY" && !eventType && !recurringMonths && !match;

/** A component of the terms as a sentence: what, for which sales and items, and for how long. */
export function termText(term: Term, texts: Texts): string {
  const { words } = texts;
  const { trigger, eventType, recurringMonths } = term;
  const when = words.terms.when(trigger, eventType ? spaced(eventType) : null, term.basis === "PERCENT");
  const unit = term.per === "UNIT" ? words.terms.perUnit : "";
  const only = conditions(term, texts);
  return [
    rateText(term, texts),
    unit,
    when,
    recurringMonths ? words.terms.firstMonths(recurringMonths) : "",
    only.length > 0 ? words.terms.only(only.join("; ")) : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** What limits the component, part by part; empty if it is for everything. */
function conditions({ match, currency }: Term, { words, format }: Texts): string[] {
  if (!match) return [];
  const only = words.terms.conditions;
  const amount = (value: string) => (currency ? format.amount(value, currency) : format.decimal(value));
  const listed = (names: readonly string[], say: (names: string) => string) =>
    names.length > 0 ? [say(format.either(names))] : [];
  return [
    ...listed(match.products, only.products),
    ...listed(match.categories, only.categories),
    ...listed(match.excludeProducts, only.excludeProducts),
    ...listed(match.countries.map(format.region), only.countries),
    ...listed(
      match.via.map((via) => only.via[via]),
      (names) => names,
    ),
    ...(match.minAmount ? [only.from(amount(match.minAmount))] : []),
    ...(match.maxAmount ? [only.below(amount(match.maxAmount))] : []),
    ...(match.customer ? [only.customer[match.customer]] : []),
  ];
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
