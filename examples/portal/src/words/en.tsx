// The portal in English: what partners and staff both read, and their own words. Other languages have the same words, or they do
// not compile.
import type { Formats } from "../format/formats";
import type { Problem } from "../gateway/problem";
import type { CommissionKind, CommissionStatus, EventKind, MovementKind, PayoutStatus } from "../generated/graphql";
import type { Why } from "../ui/door";
import { enPartner } from "./en-partner";
import { enStaff } from "./en-staff";

export type Words = ReturnType<typeof en>;

export function en(format: Formats) {
  return {
    pages: {
      overview: "Overview",
      links: "Links",
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
    payoutStatus: {
      PENDING: "Pending",
      PAID: "Paid",
      FAILED: "Failed",
      CANCELED: "Cancelled",
      RETURNED: "Returned",
    } as Record<PayoutStatus, string>,
    ...enPartner(format),
    ...enStaff,
  };
}
