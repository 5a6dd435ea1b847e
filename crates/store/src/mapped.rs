//! Conversion between rows and domain objects, column by column, in one list for both directions.

use sea_orm::prelude::{Json, Uuid};

use super::{StoreError, row};
use domain::Timestamp;
use domain::id::{Id, Kind};
use domain::money::Currency;

/// Defines `from_row` and `to_row`. `both` are the columns for which the object has fields of the same name; `read` are
/// the object's other fields, and `written` the row's other columns except the tenant's. `=>`: another model is written
/// than is read.
macro_rules! mapped {
    (
        $visibility:vis fn ($row:ident: $model:ty, $object:ident: $of:ty) of $($columns:tt)*
    ) => {
        $crate::mapped::mapped! {
            $visibility fn ($row: $model => $model, $object: $of) of $($columns)*
        }
    };
    (
        $visibility:vis fn ($row:ident: $model:ty => $model_written:ty, $object:ident: $of:ty) of $table:expr;
        both: $($column:ident),+ $(,)?;
        $(read: { $($read:tt)* })?
        $(written: { $($written:tt)* })?
    ) => {
        $visibility fn from_row($row: $model) -> Result<$of, $crate::StoreError> {
            type Object = $of;
            Ok(Object {
                $($column: $crate::mapped::ColumnValue::read($row.$column, ($table, stringify!($column)))?,)+
                $($($read)*)?
            })
        }

        $visibility fn to_row(tenant: domain::id::TenantId, $object: &$of) -> $model_written {
            type Row = $model_written;
            Row {
                tenant_id: tenant.uuid(),
                $($column: $crate::mapped::ColumnValue::written(&$object.$column),)+
                $($($written)*)?
            }
        }
    };
}

pub(super) use mapped;

/// How a column stores a domain value.
pub trait ColumnValue<T>: Sized {
    /// The value, or an error where the column holds something that no version of the program writes; `at` are the
    /// table's and the column's names.
    fn read(self, at: (&'static str, &'static str)) -> Result<T, StoreError>;

    fn written(value: &T) -> Self;
}

/// Types that are stored as they are.
macro_rules! same {
    ($($type:ty),+) => {
        $(
            impl ColumnValue<$type> for $type {
                fn read(self, _: (&'static str, &'static str)) -> Result<$type, StoreError> {
                    Ok(self)
                }

                fn written(value: &$type) -> Self {
                    value.clone()
                }
            }
        )+
    };
}

same!(String, Timestamp, Vec<u8>, bool, i32, i64);

/// Enumerations, which are stored as words.
macro_rules! words {
    ($($type:path),+ $(,)?) => {
        $(
            impl ColumnValue<$type> for String {
                fn read(self, (table, column): (&'static str, &'static str)) -> Result<$type, StoreError> {
                    row::text(table, column, &self, <$type>::parse)
                }

                fn written(value: &$type) -> Self {
                    value.as_str().to_owned()
                }
            }
        )+
    };
}

words! {
    domain::backtest::BacktestStatus,
    domain::campaign::CampaignStatus,
    domain::commission::CommissionKind,
    domain::commission::CommissionStatus,
    domain::commission::PaymentTarget,
    domain::commission::PayoutStatus,
    domain::coupon::CouponStatus,
    domain::deal::StageOutcome,
    domain::event::EventKind,
    domain::link::LinkStatus,
    domain::partner::PartnerStatus,
    domain::partnership_request::PartnershipRequestStatus,
    domain::snapshot::SnapshotSource,
    domain::terms::BasisKind,
    domain::touch::TouchKind,
}

impl ColumnValue<Currency> for String {
    fn read(self, (table, column): (&'static str, &'static str)) -> Result<Currency, StoreError> {
        row::currency(table, column, &self)
    }

    fn written(value: &Currency) -> Self {
        value.code().to_owned()
    }
}

impl<K: Kind> ColumnValue<Id<K>> for Uuid {
    fn read(self, _: (&'static str, &'static str)) -> Result<Id<K>, StoreError> {
        Ok(Id::from_uuid(self))
    }

    fn written(value: &Id<K>) -> Self {
        value.uuid()
    }
}

/// Counts and days.
impl ColumnValue<u32> for i32 {
    fn read(self, (table, column): (&'static str, &'static str)) -> Result<u32, StoreError> {
        row::unsigned(table, column, self)
    }

    fn written(value: &u32) -> Self {
        row::signed(*value)
    }
}

impl<T: serde::Serialize + serde::de::DeserializeOwned> ColumnValue<T> for Json {
    fn read(self, (table, column): (&'static str, &'static str)) -> Result<T, StoreError> {
        row::json(table, column, self)
    }

    fn written(value: &T) -> Self {
        row::to_json(value)
    }
}

/// Null is `None`.
impl<R: ColumnValue<T>, T> ColumnValue<Option<T>> for Option<R> {
    fn read(self, at: (&'static str, &'static str)) -> Result<Option<T>, StoreError> {
        self.map(|kept| kept.read(at)).transpose()
    }

    fn written(value: &Option<T>) -> Self {
        value.as_ref().map(R::written)
    }
}
