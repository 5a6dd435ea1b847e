// From a customer's charge to the partner's payout, against the demo: node main.js URL TOKEN
import {
  ApproveCommissionsDocument,
  CommissionChangedDocument,
  CreatePayoutRunDocument,
  PartnerDashboardDocument,
  PartnerListDocument,
  RecordEventDocument,
  SettlePayoutDocument,
  SimulateGroupDocument,
} from "./generated/graphql.js";
import type { PartnerListQuery } from "./generated/graphql.js";
import { Tributary, done } from "./tributary.js";

const [url, token] = process.argv.slice(2);
if (!url || !token) throw new Error("usage: node main.js URL TOKEN");
const tributary = new Tributary(url, token);

// All active partners, page by page.
type Partner = PartnerListQuery["partners"]["nodes"][number];
const partners: Partner[] = [];
for (let after: string | null | undefined = null; ; ) {
  const page: PartnerListQuery = await tributary.run(PartnerListDocument, {
    first: 10,
    after,
    filter: { status: ["ACTIVE"] },
  });
  partners.push(...page.partners.nodes);
  if (!page.partners.pageInfo.hasNextPage) break;
  after = page.partners.pageInfo.endCursor;
}
console.log(`${partners.length} active partners`);

// What would these rules pay for a charge of 299.90 in a customer's second month?
const simulated = done(
  (
    await tributary.run(SimulateGroupDocument, {
      input: {
        rules: [{ newCustomerTimeTier: { maxMonths: 3, percentage: "25" } }, { recurring: { percentage: "10" } }],
        scenarios: [{ chargeAmount: "299.90", customerMonths: 2, partnerLtv: "4500", qualifiedCustomers: 12 }],
      },
    })
  ).simulatePartnerGroup,
);
for (const { finalFee, explanation } of simulated.results ?? []) {
  console.log(`simulated ${finalFee.amount} ${finalFee.currency}: ${explanation.map((step) => step.detail).join("; ")}`);
}

// A customer pays. Sending the same externalId again, after a lost answer, would change nothing.
const partner = partners.find(({ campaigns }) => campaigns.nodes.some(({ name }) => name === "Lumen Annual Plan"));
const campaign = partner?.campaigns.nodes.find(({ name }) => name === "Lumen Annual Plan");
if (!partner || !campaign) throw new Error("no partner promotes the annual plan: is this the demo?");
const invoice = `example-${Date.now()}`;
const changes = await tributary.listen(CommissionChangedDocument, { partnerId: partner.id });
const recorded = done(
  (
    await tributary.run(RecordEventDocument, {
      input: {
        externalId: invoice,
        kind: "CHARGE",
        amount: { amount: "1200.00", currency: "EUR" },
        customerExternalId: `customer-of-${invoice}`,
        partnerId: partner.id,
        campaignId: campaign.id,
      },
    })
  ).recordEvent,
);
const [commission] = recorded.commissions;
if (!commission) throw new Error("the charge earned nothing");
console.log(`${partner.name} earned ${commission.amount.amount} ${commission.amount.currency}, payable ${commission.matureAt}`);

// Approved before its holdback ends, for a reason; then paid.
const approved = (
  await tributary.run(ApproveCommissionsDocument, {
    input: { ids: [commission.id], overrideHoldbackReason: "example", idempotencyKey: `approve-${invoice}` },
  })
).approveCommissions;
approved?.forEach(done);
const run = done(
  (
    await tributary.run(CreatePayoutRunDocument, {
      input: { partnerIds: [partner.id], currency: "EUR", idempotencyKey: `run-${invoice}` },
    })
  ).createPayoutRun,
);
for (const payout of run.payoutRun?.payouts.nodes ?? []) {
  const settled = done(
    (await tributary.run(SettlePayoutDocument, { input: { id: payout.id, status: "PAID", reference: invoice } })).settlePayout,
  );
  console.log(`payout of ${payout.amount.amount} ${payout.amount.currency} to ${payout.partner.name}: ${settled.payout?.status}`);
}

// Meanwhile somebody listened.
for await (const { commissionChanged } of changes) {
  console.log(`heard of ${commissionChanged.amount.amount} ${commissionChanged.amount.currency}: ${commissionChanged.status}`);
  if (commissionChanged.status === "PAID") break;
}

const dashboard = (await tributary.run(PartnerDashboardDocument, { id: partner.id, commissions: 3 })).partner;
for (const { currency, accruedAmount, approvedAmount, paidAmount } of dashboard?.balances ?? []) {
  const [accrued, approved, paid] = [accruedAmount, approvedAmount, paidAmount].map(({ amount }) => amount);
  console.log(`${dashboard?.name}: accrued ${accrued}, approved ${approved}, paid ${paid} ${currency}`);
}
