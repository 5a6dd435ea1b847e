// The portal in English. Other languages have the same words, or they do not compile.
import type { ReactNode } from "react";
import type { Formats } from "../format/formats";
import type { Problem } from "../gateway/problem";
import type {
  BacktestStatus,
  CommissionKind,
  CommissionStatus,
  EventKind,
  MovementKind,
  PartnerStatus,
  PayoutOutcome,
  PayoutStatus,
  TermTrigger,
} from "../generated/graphql";
import type { Why } from "../ui/door";
import { reasons } from "./reasons.en";

export type Words = ReturnType<typeof en>;

export function en(format: Formats) {
  const counted = (count: number, one: string, many = `${one}s`) =>
    `${format.count(count)} ${count === 1 ? one : many}`;
  return {
    pages: {
      overview: "Overview",
      earnings: "Earnings",
      payouts: "Payouts and statements",
      terms: "Terms",
      programme: "Programme",
      partners: "Partners",
      payoutRuns: "Payout runs",
      backtests: "Backtests",
    },
    shell: {
      portal: "Partner portal",
      navigation: "Pages",
      skip: "Skip to the page",
      language: "Language",
      leave: "Leave",
      signIn: "Sign in",
      providerAway: "The sign-in page cannot be reached. Try again in a moment.",
      loading: "Loading",
      refresh: "Refresh",
      refreshing: "Refreshing",
      retry: "Try again",
      stale: "The figures below are the last ones that arrived.",
      notFound: "There is no such page",
      toFirstPage: "To the first page",
      timeZone: (zone: string) => `Days and months are those of ${zone}.`,
    },
    live: {
      starting: "Connecting",
      listening: "Live",
      interrupted: "Reconnecting",
      hint: "New commissions appear by themselves",
      news: (status: CommissionStatus, amount: string) =>
        ({
          ACCRUED: `New commission: ${amount}`,
          APPROVED: `Commission approved: ${amount}`,
          PAID: `Commission paid: ${amount}`,
          REVERSED: `Commission reversed: ${amount}`,
        })[status],
    },
    door: (why: Why, canSignIn: boolean): { title: string; text: string } => {
      switch (why) {
        case "no token":
          return canSignIn
            ? {
                title: "Partner portal",
                text: "Sign in, or open the personal link that your partner manager sent you.",
              }
            : {
                title: "Open the portal with your link",
                text: "This page opens with the personal link that your partner manager sent you. The link holds your access, so it works from any browser.",
              };
        case "expired":
          return canSignIn
            ? { title: "Your session has ended", text: "Sign in again to go on where you were." }
            : {
                title: "Your link has expired",
                text: "Links are good for a limited time. Ask your partner manager for a new one, or open the portal from where you usually do.",
              };
        case "refused":
          return {
            title: canSignIn ? "Your access has ended" : "This link no longer opens the portal",
            text: "Your access has ended, or your partnership is suspended at the moment. What you have earned is not lost. Your partner manager can tell you more.",
          };
        case "signing in":
          return { title: "Signing in", text: "One moment." };
        case "not signed in":
          return {
            title: "Signing in did not work",
            text: "Try again. If it fails once more, your partner manager can help.",
          };
      }
    },
    trouble: (problem: Problem): { title: string; text: string } => {
      switch (problem.kind) {
        case "forbidden":
          return {
            title: "Your access does not open all of this page",
            text: `The gateway says: ${problem.detail}.`,
          };
        case "busy":
          return { title: "The gateway is busy", text: "It asks to be tried again in a moment." };
        case "unreachable":
          return { title: "The gateway cannot be reached", text: "Check your connection. Nothing is lost." };
        case "refused":
          return { title: "Your access has ended", text: "Ask your partner manager for a new link." };
        case "failed":
          return {
            title: "Something went wrong",
            text: `${problem.detail ?? "The gateway gave no answer."}${problem.requestId ? ` (request ${problem.requestId})` : ""}`,
          };
      }
    },
    table: {
      date: "Date",
      month: "Month",
      status: "Status",
      reference: "Reference",
      reason: "Reason",
      amount: "Amount",
      partner: "Partner",
      actions: "Actions",
      what: "What",
      currency: "Currency",
      more: "Show more",
      cancel: "Cancel",
      sameAsTable: "The same as a table",
      plot: (label: string) => `${label}; the arrow keys go from month to month`,
    },
    files: { csv: "Save as CSV", saving: "Saving" },
    series: {
      earned: "What you earned",
      partnersEarned: "What partners earned",
      label: "Earnings by month",
      empty: "Nothing yet. The first commission appears here by itself.",
      lastMonths: (months: number) => `in the last ${months} months`,
      PAID: "Paid",
      APPROVED: "Approved",
      ACCRUED: "Waiting for approval",
      total: "Total",
    },
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
    commissionStatus: {
      ACCRUED: "Accrued",
      APPROVED: "Approved",
      PAID: "Paid",
      REVERSED: "Reversed",
    } as Record<CommissionStatus, string>,
    commissionKind: {
      EVENT: "Sale",
      CLAWBACK: "Clawback",
      DEAL: "Deal",
      MANUAL: "Manual entry",
      OPENING: "Opening balance",
      RETURNED: "Returned payout",
      TIER_ADJUSTMENT: "Tier adjustment",
    } as Record<CommissionKind, string>,
    eventKind: {
      CHARGE: "sale",
      CONVERSION: "conversion",
      REFUND: "refund",
      CHARGEBACK: "chargeback",
    } as Record<EventKind, string>,
    movementKind: {
      ACCRUED: "Earned",
      ADJUSTED: "Adjusted",
      CLAWED_BACK: "Clawed back",
      OPENING: "Opening balance",
      PAID: "Paid",
      RETURNED: "Returned",
      REVERSED: "Reversed",
    } as Record<MovementKind, string>,
    payouts: {
      title: "What you were paid",
      empty: "No payout yet. Approved commissions are paid out together.",
    },
    payoutStatus: {
      PENDING: "Pending",
      PAID: "Paid",
      FAILED: "Failed",
      CANCELED: "Cancelled",
      RETURNED: "Returned",
    } as Record<PayoutStatus, string>,
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
    totals: {
      title: "Totals",
      inCurrency: (currency: string) => `Totals in ${currency}`,
      empty: "No commission yet. Record an event to see what it earns.",
      ACCRUED: "Waiting for approval",
      APPROVED: "Approved, to be paid",
      PAID: "Paid",
      REVERSED: "Reversed",
    },
    leaks: {
      title: "What leaks",
      empty: (days: number) => `No events in the last ${days} days.`,
      earned: (events: string, days: number) => `of ${events} events in the last ${days} days earned something`,
      unknown: "Unknown",
    },
    reasons,
    partners: {
      search: "Name or external id",
      everyStatus: "Every status",
      order: "Order",
      newest: "Newest first",
      byName: "By name",
      byPayable: (currency: string) => `Most to be paid in ${currency}`,
      bySales: (currency: string) => `Most sales in ${currency}`,
      found: (count: string, number: number) => `${count} ${number === 1 ? "partner" : "partners"}`,
      empty: "No partner is like that.",
      earned: "Earned",
      waiting: "Waiting",
      payable: "To be paid",
      paid: "Paid",
      standard: "Standard rules",
      nothing: (currency: string) => (currency ? `nothing in ${currency}` : "nothing yet"),
      suspend: "Suspend",
      suspendOne: (name: string) => `Suspend ${name}`,
      suspendHint: "New sales earn nothing, and links no longer open the portal. It can be undone.",
      activate: "Activate",
      activateOne: (name: string) => `Activate ${name}`,
      link: "Copy link",
      copied: "Copied, for an hour",
      notCopied: "The browser did not copy it",
    },
    partnerStatus: {
      ACTIVE: "Active",
      INVITED: "Invited",
      SUSPENDED: "Suspended",
      REVOKED: "Revoked",
    } as Record<PartnerStatus, string>,
    runs: {
      next: "The next run",
      list: "Runs so far",
      none: "No run yet.",
      unknown: "There is no such run.",
      cutOff: "Commissions that accrued",
      everything: "at any time",
      before: (month: string) => `before ${month}`,
      preview: "Preview",
      previewHint: "A preview changes nothing.",
      run: "Run",
      runNow: "Create the payouts",
      runHint: "Creates a payout for every payee that the preview pays. What was written since then counts too.",
      nothingToPay: "Nobody has anything to be paid.",
      of: (moment: string) => `Run of ${moment}`,
      by: (name: string) => `Created by ${name}.`,
      cutOffAt: (moment: string) => `Commissions that accrued before ${moment}.`,
      payouts: "Payouts",
      noPayouts: "The run made no payouts.",
      pending: "Pending",
      left: "What was not paid",
      lines: "Lines",
      commissions: "Commissions",
      bankReference: "Bank reference",
      payees: (count: string, number: number) => `${count} ${number === 1 ? "payee" : "payees"}`,
      first: (count: string) => `These are the first ${count}.`,
    },
    outcomes: {
      PAID_OUT: "Paid out",
      BELOW_MINIMUM: "Below the minimum",
      CURRENCY_NOT_CHOSEN: "Another currency chosen",
      NOT_POSITIVE: "Nothing owed",
      PARTNER_SUSPENDED: "Partner suspended",
      RECIPIENT_UNASSIGNED: "No recipient yet",
      TOO_LARGE: "Too large",
    } as Record<PayoutOutcome, string>,
    file: {
      title: "Payment file",
      format: "For",
      download: (currency: string | null) => (currency ? `Save the file in ${currency}` : "Save the file"),
      leftOut: (count: string, number: number) =>
        `${count} ${number === 1 ? "payout is" : "payouts are"} not in this file:`,
    },
    settlement: {
      title: "Settlement",
      allPaid: "All pending ones were paid",
      allPaidHint: "Records that every pending payout of this run arrived.",
      record: "Record it",
      file: "Or a CSV file with the columns id, status and reference",
      found: (count: string, number: number) => `${count} ${number === 1 ? "payout" : "payouts"} of this run found.`,
      wrong: (lines: string) => `The status is not PAID, FAILED, CANCELED or RETURNED in line ${lines}.`,
      others: (count: string) => `${count} other lines are ignored.`,
      settled: (count: string, number: number) => `${count} ${number === 1 ? "payout" : "payouts"} settled.`,
      problems: { columns: "The file has no columns id and status." },
      command: "Files as payment services write them",
    },
    backtest: {
      title: "What would it have cost?",
      hint: "Tries another rate on the sales that really happened. Nobody is paid anything else.",
      percent: "Percent of every sale",
      now: (terms: string) => `now ${terms}`,
      PERCENT: "a rate",
      FIXED: "a fixed amount",
      GROUP_RULES: "the group's rules",
      overLast: "Over the last",
      replace: "also for partners who were promised something else",
      start: "Work it out",
      progress: "How much of it is worked out",
      canceled: "It was cancelled.",
      result: "What it comes to",
      nothing: "Nothing was earned there in that time, and nothing would have been.",
      insteadOf: (proposed: ReactNode, actual: ReactNode, difference: ReactNode) => (
        <>
          {proposed} <span>instead of</span> {actual} <span>that was earned:</span> {difference}
        </>
      ),
      changes: (higher: string, lower: string) => `${higher} amounts would be higher, ${lower} lower.`,
      incomplete: "What some older sales were decided with is not known; for these, what is in force now was taken.",
      actual: "Earned",
      proposed: "Proposed",
      difference: "Difference",
      label: "Earned and proposed by month",
      gain: "Gain most",
      lose: "Lose most",
      list: "Backtests so far",
      none: "No backtest yet.",
      about: "About",
      over: "Over",
      tier: "A tiered commission",
      range: (from: string, to: string) => `${from} to ${to}`,
    },
    backtestStatus: {
      QUEUED: "Queued",
      RUNNING: "Running",
      DONE: "Done",
      FAILED: "Failed",
      CANCELED: "Cancelled",
    } as Record<BacktestStatus, string>,
  };
}
