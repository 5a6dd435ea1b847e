import type { NoCommissionReason } from "../generated/graphql";

interface ReasonWords {
  /** What staff reads beside the count. */
  title: string;
  /** What staff can do about it. */
  mend: string;
  /** What a partner reads. */
  partner: string;
}

/** Why an event earned nothing, in words: one for each reason, or this does not compile. */
export type Reasons = Record<NoCommissionReason, ReasonWords>;

export const reason = (title: string, mend: string, partner = `${title}.`): ReasonWords => ({ title, mend, partner });
