import { reason, type Reasons } from "./reasons";

export const reasons: Reasons = {
  IMPORTED: reason("Imported history", "Brought in as it was: nothing to mend"),
  ALREADY_PAID: reason(
    "Paid to another partner",
    "What it had earned was paid before it was moved here: claw that back when moving, if it was wrong",
    "What it had earned was paid before it was credited to you.",
  ),
  COUPON_INVALID: reason("Code not valid", "Check the code of the coupon, its dates and its partner"),
  UNATTRIBUTED: reason("No partner", "Name a partner with the event, or bind the customer to one"),
  PARTNER_SUSPENDED: reason(
    "Partner suspended",
    "Activate the partner, if its sales are to count again",
    "Your partnership is suspended.",
  ),
  PARTNER_REVOKED: reason(
    "Partner revoked",
    "Reinstate the partner, if the partnership goes on",
    "Your partnership has ended.",
  ),
  CAMPAIGN_PAUSED: reason(
    "Campaign paused",
    "Resume the campaign, or stop sending it sales",
    "The campaign is paused.",
  ),
  CAMPAIGN_NOT_STARTED: reason(
    "Before the campaign",
    "Check when the campaign starts",
    "The campaign has not started yet.",
  ),
  CAMPAIGN_ENDED: reason("After the campaign", "Extend the campaign, or end its links", "The campaign has ended."),
  NO_TERMS: reason(
    "No terms",
    "Give the campaign terms, or the partner a group",
    "No terms are agreed for these sales.",
  ),
  EVENT_TYPE: reason("Another type of event", "Compare the types that are sent with those in the terms"),
  CUSTOMER_REQUIRED: reason("No customer", "Send a customer with the event: its terms ask for one"),
  NOT_FIRST: reason("Not the first", "Only a customer's first event pays: as agreed"),
  NOT_SUBSEQUENT: reason("The first", "Only a customer's later events pay: as agreed"),
  RECURRING_MONTHS_OVER: reason("Months are over", "The customer's paid months have passed: as agreed"),
  CURRENCY: reason("Another currency", "Agree on a fixed amount in this currency, or on percent"),
  NO_AMOUNT: reason("No amount", "Send an amount with the event"),
  NO_GROUP: reason("No group", "Put the partner into a group, or make one the default"),
  ZERO_RATE: reason("A rate of zero", "The terms say 0: as agreed"),
  RULES_GAVE_ZERO: reason("Rules gave zero", "Look at the group's gates and deductions"),
  ROUNDED_TO_ZERO: reason("Rounded to zero", "Too small for the currency: nothing to mend"),
  TIER_GAVE_ZERO: reason("A tier took all", "Look at the tier's deduction"),
};
