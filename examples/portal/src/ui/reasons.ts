import type { NoCommissionReason } from "../generated/graphql";

interface Words {
  /** What staff reads beside the count. */
  title: string;
  /** What staff can do about it. */
  mend: string;
  /** What a partner reads. */
  partner: string;
}

const words = (title: string, mend: string, partner = `${title}.`): Words => ({ title, mend, partner });

/** Why an event earned nothing, in words: one for each reason, or this does not compile. */
export const REASONS: Record<NoCommissionReason, Words> = {
  IMPORTED: words("Imported history", "Brought in as it was: nothing to mend"),
  ALREADY_PAID: words(
    "Paid to another partner",
    "What it had earned was paid before it was moved here: claw that back when moving, if it was wrong",
    "What it had earned was paid before it was credited to you.",
  ),
  COUPON_INVALID: words("Code not valid", "Check the code of the coupon, its dates and its partner"),
  UNATTRIBUTED: words("No partner", "Name a partner with the event, or bind the customer to one"),
  PARTNER_SUSPENDED: words(
    "Partner suspended",
    "Activate the partner, if its sales are to count again",
    "Your partnership is suspended.",
  ),
  PARTNER_REVOKED: words(
    "Partner revoked",
    "Reinstate the partner, if the partnership goes on",
    "Your partnership has ended.",
  ),
  CAMPAIGN_PAUSED: words("Campaign paused", "Resume the campaign, or stop sending it sales", "The campaign is paused."),
  CAMPAIGN_NOT_STARTED: words(
    "Before the campaign",
    "Check when the campaign starts",
    "The campaign has not started yet.",
  ),
  CAMPAIGN_ENDED: words("After the campaign", "Extend the campaign, or end its links", "The campaign has ended."),
  NO_TERMS: words(
    "No terms",
    "Give the campaign terms, or the partner a group",
    "No terms are agreed for these sales.",
  ),
  EVENT_TYPE: words("Another type of event", "Compare the types that are sent with those in the terms"),
  CUSTOMER_REQUIRED: words("No customer", "Send a customer with the event: its terms ask for one"),
  NOT_FIRST: words("Not the first", "Only a customer's first event pays: as agreed"),
  NOT_SUBSEQUENT: words("The first", "Only a customer's later events pay: as agreed"),
  RECURRING_MONTHS_OVER: words("Months are over", "The customer's paid months have passed: as agreed"),
  CURRENCY: words("Another currency", "Agree on a fixed amount in this currency, or on percent"),
  NO_AMOUNT: words("No amount", "Send an amount with the event"),
  NO_GROUP: words("No group", "Put the partner into a group, or make one the default"),
  ZERO_RATE: words("A rate of zero", "The terms say 0: as agreed"),
  RULES_GAVE_ZERO: words("Rules gave zero", "Look at the group's gates and deductions"),
  ROUNDED_TO_ZERO: words("Rounded to zero", "Too small for the currency: nothing to mend"),
  TIER_GAVE_ZERO: words("A tier took all", "Look at the tier's deduction"),
};
