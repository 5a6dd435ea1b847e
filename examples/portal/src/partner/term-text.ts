import { amountText, counted, percentText } from "../format/words";
import type { TermsFragment } from "../generated/graphql";

type Term = TermsFragment["terms"][number];

/** A component that says no more than the rules themselves, which stand beside it. */
export const isJustRules = ({ basis, trigger, eventType, recurringMonths }: Term): boolean =>
  basis === "GROUP_RULES" && trigger === "EVERY" && !eventType && !recurringMonths;

/** A component of the terms as a sentence. */
export function termText(term: Term): string {
  return [rateText(term), whenText(term), howLongText(term)].filter(Boolean).join(" ");
}

function rateText({ basis, value, currency }: Term): string {
  switch (basis) {
    case "PERCENT":
      return percentText(value ?? "0");
    case "FIXED":
      return value && currency ? amountText(value, currency) : (value ?? "A fixed amount");
    case "GROUP_RULES":
      return "Your group's rules";
  }
}

function whenText({ trigger, eventType, basis }: Term): string {
  const what = eventType ? eventType.replaceAll("_", " ") : "sale";
  const of = basis === "PERCENT" ? "of" : "for";
  switch (trigger) {
    case "EVERY":
      return `${of} every ${what}`;
    case "FIRST":
      return `${of} each customer's first ${what}`;
    case "SUBSEQUENT":
      return `${of} each customer's later ${what}s`;
  }
}

const howLongText = ({ recurringMonths }: Term): string =>
  recurringMonths ? `in the customer's first ${counted(recurringMonths, "month")}` : "";
