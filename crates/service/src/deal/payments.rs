//! The payments that become due when a deal changes.

use crate::ServiceError;
use crate::ledger::posting::{Moments, Posting};
use auth::Writer;
use domain::Timestamp;
use domain::accrual;
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission, mature_at};
use domain::deal::{Deal, FieldValue, PaymentStage};
use domain::deal_rules::{
    CommissionRule, DealView, Due, Payee, PaymentHistory, governing, on_change, on_entry, on_renewal,
};
use domain::history::Moment;
use domain::id::{CommissionId, PaymentStageId};
use domain::money::AmountTooLarge;
use domain::partner::Partner;
use domain::problem::{ProblemCode, Problems};
use store::deal_payment::NewPayment;
use store::{StoreError, Transaction};

/// The past payments of a deal.
async fn history(transaction: &Transaction, writer: &Writer, deal: &Deal) -> Result<PaymentHistory, StoreError> {
    let id = deal.id.uuid();
    let mut histories = store::deal_payment::histories_of(transaction, &writer.scope(), &[id]).await?;
    Ok(histories.remove(&id).unwrap_or_default())
}

/// A deal with its past payments, under its partner's lock.
pub(super) struct DealPayments<'a> {
    transaction: &'a Transaction,
    writer: &'a Writer,
    partner: &'a Partner,
    deal: &'a Deal,
    history: PaymentHistory,
    moment: Moment,
    now: Timestamp,
}

impl<'a> DealPayments<'a> {
    pub async fn open(
        transaction: &'a Transaction,
        writer: &'a Writer,
        partner: &'a Partner,
        deal: &'a Deal,
        moment: Moment,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            transaction,
            writer,
            partner,
            deal,
            history: history(transaction, writer, deal).await?,
            moment,
            now: moment.at,
        })
    }

    /// Pays what is due because the deal has entered `stage`.
    pub async fn enter(mut self, stage: &PaymentStage) -> Result<Vec<Commission>, ServiceError> {
        if stage.outcome.is_lost() {
            self.lose().await?;
        }
        let rules = self.rules(stage.id).await?;
        let governing = self.governing(&rules, stage.id).await?;
        let due = on_entry(stage.id, &governing, &DealView::of(self.deal), &self.history);
        self.pay(due, &governing).await
    }

    /// Pays what is due because the deal, in `stage`, has other custom field values than `before`.
    pub async fn change(self, stage: PaymentStageId, before: &[FieldValue]) -> Result<Vec<Commission>, ServiceError> {
        let rules = self.rules(stage).await?;
        let governing = self.governing(&rules, stage).await?;
        let due = on_change(stage, &governing, &DealView::of(self.deal), before, &self.history);
        self.pay(due, &governing).await
    }

    /// Pays what is due because the deal was renewed.
    pub async fn renew(self) -> Result<Vec<Commission>, ServiceError> {
        let due = on_renewal(&DealView::of(self.deal), &self.history);
        self.pay(due, &[]).await
    }

    async fn rules(&self, stage: PaymentStageId) -> Result<Vec<CommissionRule>, StoreError> {
        let partner_type = self.partner.partner_type;
        store::commission_rule::for_stage(self.transaction, &self.writer.scope(), partner_type, stage).await
    }

    async fn governing<'r>(
        &self,
        rules: &'r [CommissionRule],
        stage: PaymentStageId,
    ) -> Result<Vec<&'r CommissionRule>, StoreError> {
        let id = self.partner.id.uuid();
        let categories = match rules.iter().any(|rule| !rule.filters.categories.is_empty()) {
            true => store::label::categories_of_partners(self.transaction, &self.writer.scope(), &[id]).await?,
            false => Default::default(),
        };
        let categories = categories.into_values().flatten().map(|category| category.id);
        let payee = Payee::of(self.partner, categories);
        Ok(governing(rules, &payee, self.deal.value.currency(), stage))
    }

    /// Reverses the deal's commissions that are still accrued. Approved ones stay, and their payments are not due
    /// again.
    async fn lose(&mut self) -> Result<(), StoreError> {
        let (scope, tenant) = (self.writer.scope(), self.writer.tenant());
        let ids = store::deal_payment::commissions_of(self.transaction, &scope, self.deal.id).await?;
        let rows = store::commission::by_ids(self.transaction, &scope, &ids).await?;
        let mut accrued: Vec<_> = rows
            .into_values()
            .filter(|row| row.status == CommissionStatus::Accrued)
            .collect();
        accrued.sort_by_key(|row| row.id);
        let mut posting = self.posting();
        // The partner's history advances whether or not rows are reversed.
        posting.touch(self.partner.id);
        for row in &accrued {
            posting.move_to(row, CommissionStatus::Reversed, Some("the deal was lost"));
        }
        self.transaction.counted(accrued.len() as u64);
        posting.write_to(self.transaction).await?;
        let reversed: Vec<_> = accrued.iter().map(|row| row.id.uuid()).collect();
        store::deal_payment::void(self.transaction, tenant, self.deal.id, &reversed, self.moment).await?;
        self.history = history(self.transaction, self.writer, self.deal).await?;
        Ok(())
    }

    /// Writes the payments that are due: the ledger rows, and the record that they were due.
    async fn pay(
        self,
        due: Result<Vec<Due>, AmountTooLarge>,
        rules: &[&CommissionRule],
    ) -> Result<Vec<Commission>, ServiceError> {
        // Suspended and revoked partners earn nothing, from deals as from events.
        if !accrual::partner_earns(self.partner.status) {
            return Ok(Vec::new());
        }
        let due = due.map_err(|error| {
            let message = format!("the deal would pay too much: {error}");
            Problems::one("", ProblemCode::Invalid, message)
        })?;
        let tenant = self.writer.tenant();
        let mut posting = self.posting();
        let (mut rows, mut payments) = (Vec::new(), Vec::with_capacity(due.len()));
        for due in due {
            let (slot, rule, version) = (due.slot, due.rule, due.version);
            let row = (due.amount.minor() != 0).then(|| self.row(due));
            let commission = row.as_ref().map(|earned| earned.row.id);
            payments.push(NewPayment {
                slot,
                rule,
                version,
                commission,
            });
            if let Some(earned) = row {
                rows.push(earned.row.clone());
                posting.write(earned, None);
            }
        }
        self.transaction.counted(rows.len() as u64);
        posting.write_to(self.transaction).await?;
        for rule in rules {
            let pays = |payment: &NewPayment| payment.rule == rule.id && payment.version == rule.version;
            if payments.iter().any(pays) {
                store::commission_rule::keep_version(self.transaction, tenant, rule, self.now).await?;
            }
        }
        store::deal_payment::insert(self.transaction, tenant, self.deal.id, &payments, self.moment).await?;
        Ok(rows)
    }

    fn posting(&self) -> Posting {
        let moments = Moments::from([(self.partner.id, self.moment)]);
        Posting::new(self.writer.tenant(), self.writer.actor(), moments)
    }

    fn row(&self, due: Due) -> ExplainedCommission {
        let (now, amount) = (self.now, due.amount);
        let row = Commission {
            payment_target: due.slot.target,
            recipient: due.recipient,
            holdback_days: due.holdback_days,
            mature_at: mature_at(now, due.holdback_days),
            ..Commission::accrued(
                CommissionId::new(now),
                CommissionKind::Deal,
                self.partner.id,
                amount,
                now,
            )
        };
        row.explained(due.explanation)
    }
}
