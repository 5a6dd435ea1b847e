// What partners read, in English.
import type { ReactNode } from "react";
import type { Formats } from "../format/formats";
import type { AttributedVia, CustomerCondition, LinkStatus, TermTrigger } from "../generated/graphql";
import { counting } from "./counting";

export type PartnerWords = ReturnType<typeof enPartner>;

export function enPartner(format: Formats) {
  const counted = counting(format);
  return {
    balances: {
      title: "Balances",
      inCurrency: (currency: string) => `Balances in ${currency}`,
      payable: "Ready to be paid",
      onTheWay: (amount: ReactNode) => <>and {amount} in payouts on their way</>,
      minimum: (amount: ReactNode) => <>Payouts start at {amount}</>,
      nextRun: "Goes out with the next payout run",
      waiting: "Waiting for approval",
      waitingHint: "Earned, and approved after its holdback",
      paid: "Paid so far",
      paidHint: "Since the partnership began",
    },
    links: {
      title: "Your links",
      brought: (name: string) => `What ${name} brought`,
      link: "Link",
      clicks: "Clicks",
      customers: "Customers",
      earned: "Earned",
      empty: "No link yet. Make one, and hand it out: sales of whoever follows it are yours.",
      none: "No link yet. Your partner manager makes them.",
      create: "New link",
      make: "Make it",
      copy: "Copy",
      copied: "Copied",
      qr: "QR code",
      qrOf: (name: string) => `QR code of ${name}`,
      save: "Save it",
      close: "Close",
      statuses: { ACTIVE: "Active", DISABLED: "Switched off" } satisfies Record<LinkStatus, string>,
      turn: { ACTIVE: "Switch on", DISABLED: "Switch off" } satisfies Record<LinkStatus, string>,
      fields: {
        campaignId: "Campaign",
        destinationUrl: "Where it leads",
        key: "The end of its address, such as spring-sale; empty: one is made",
      },
    },
    commissions: {
      title: "Commissions",
      newest: "Newest commissions",
      all: "All of them",
      empty: "No commission yet. Each sale that you bring appears here, with the steps that led to its amount.",
      noSteps: "No steps are kept for it.",
      matures: (day: string) => `It can be approved from ${day} on.`,
      saleOf: (what: string, amount: ReactNode) => (
        <>
          {what} of {amount}
        </>
      ),
      byCampaign: "By campaign, from the start",
      noCampaign: "Outside of campaigns",
      everyCampaign: "Every campaign",
      everyStatus: "Every status",
      counted: (count: number) => counted(count, "commission"),
      count: (count: string) => `${count} in all, whenever they were earned`,
    },
    payouts: {
      title: "What you were paid",
      empty: "No payout yet. Approved commissions are paid out together.",
    },
    statement: {
      title: "Your statement",
      choose: "Choose a month",
      hint: "What was owed to you when the month began, what changed it, and what was owed when it ended.",
      of: (month: string) => `Statement of ${month}`,
      owed: "Owed",
      opening: "Owed before",
      closing: "Owed then",
      nothing: (month: string) => `Nothing happened in ${month}.`,
      first: (count: string) => `These are the first ${count} movements. The file has all of them.`,
    },
    goals: { title: "Your next goals" },
    terms: {
      campaign: "Campaign",
      outside: "Outside of campaigns",
      none: "There are no terms for this campaign.",
      earnsNothing: "New sales earn nothing at the moment.",
      sources: {
        CAMPAIGN_SNAPSHOT: "Agreed with you for this campaign",
        PARTNER_SNAPSHOT: "Agreed with you",
        CAMPAIGN: "The campaign's terms",
        GROUP: "Your group's rules",
        DEFAULT_GROUP: "The programme's standard rules",
        NONE: "No terms",
      },
      group: (name: string) => `Your group: ${name}.`,
      holdback: (days: number) => `Approved ${counted(days, "day")} after the sale at the earliest.`,
      noHoldback: "Approved without a holdback.",
      fixed: "A fixed amount",
      groupRules: "Your group's rules",
      /** `what` is the type of event, null for all; `share` says that a share of it is meant. */
      when: (trigger: TermTrigger, what: string | null, share: boolean) => {
        const of = share ? "of" : "for";
        switch (trigger) {
          case "EVERY":
            return `${of} every ${what ?? "sale"}`;
          case "FIRST":
            return `${of} each customer's first ${what ?? "sale"}`;
          case "SUBSEQUENT":
            return `${of} each customer's later ${what ?? "sale"}s`;
        }
      },
      firstMonths: (months: number) => `in the customer's first ${counted(months, "month")}`,
      months: (months: number) => counted(months, "month"),
      perUnit: "for each unit",
      only: (conditions: string) => `(only ${conditions})`,
      conditions: {
        products: (names: string) => `products ${names}`,
        categories: (names: string) => `categories ${names}`,
        excludeProducts: (names: string) => `all products but ${names}`,
        countries: (names: string) => `in ${names}`,
        via: {
          LINK: "by your link",
          COUPON: "with your code",
          REFERRAL: "by your referral",
          BINDING: "of your customers",
          NAMED: "named as yours",
        } satisfies Record<AttributedVia, string>,
        from: (amount: string) => `sales of ${amount} or more`,
        below: (amount: string) => `sales below ${amount}`,
        customer: { NEW: "new customers", RETURNING: "returning customers" } satisfies Record<CustomerCondition, string>,
      },
    },
    rules: {
      newCustomer: (percent: string, months: number) =>
        `${percent} of every sale in a customer's first ${counted(months, "month")}`,
      /** `only`: no other rule has a rate. */
      recurring: (percent: string, only: boolean) => `${percent} of every ${only ? "" : "other "}sale`,
      upgrade: (points: string, sales: string) => `${points} percentage points more once your sales come to ${sales}`,
      towardsUpgrade: "Towards the upgrade",
      bonus: (amount: string, more: boolean, sale: string) =>
        `${amount} ${more ? "more" : "less"} for each sale of ${sale} or more`,
      gate: (customers: number) => `Earns from ${counted(customers, "paying customer")} on`,
      towardsGate: "Towards the first earning customer",
      customersToGo: (customers: number) => `${counted(customers, "customer")} to go`,
    },
    tiers: {
      title: "The way to the next tier",
      none: "No tiers count the sales of this campaign.",
      acts: "In force",
      reached: "Reached",
      counts: "Counts your sales",
      toGo: (what: string) => `${what} to go`,
      progress: (value: string, goal: string, metric: string) => `${value} of ${goal} ${metric}`,
      until: (day: string) => `until ${day}`,
      only: (what: string) => `only ${what}`,
      metrics: {
        CONVERSION: "conversions",
        EVENT: "events",
        SALE_AMOUNT: "in sales",
        PAYOUT: "in commission",
        REVENUE: "in revenue",
      },
      periods: { DAILY: "Daily", WEEKLY: "Weekly", MONTHLY: "Monthly", QUARTERLY: "Quarterly", GLOBAL: "Overall" },
      changes: {
        INCREASE: (value: string) => `${value} more commission`,
        DECREASE: (value: string) => `${value} less commission`,
        FLAT_INCREASE: (value: string) => `${value} more`,
        FLAT_DECREASE: (value: string) => `${value} less`,
        EXACT: (value: string) => value,
      },
      fromThen: (change: string) => `${change} for what follows`,
      ofTheSale: (percent: string) => `${percent} of the sale`,
      /** `same`: the period was named just before. */
      afterwards: (change: string, same: boolean) =>
        `${change} for each sale of the ${same ? "same " : ""}period, paid afterwards`,
    },
  };
}
