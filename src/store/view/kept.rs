//! The statements that a plan asks again and again, whose text is made once for each of their shapes.

use std::sync::{PoisonError, RwLock};

use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbBackend, Statement, Value};
use uuid::Uuid;

use crate::auth::Scope;
use crate::domain::id::{PartnerId, TenantId};
use crate::store::commission::{CommissionFilter, Parent};
use crate::store::page::PageRequest;
use crate::store::template::Template;

/// The most of one list of a plan. Whoever asks for ever other sizes has statements made as they come.
const MOST: usize = 8;

/// The most values that a kept one binds, so that all are small.
const MOST_VALUES: usize = 24;

/// What a statement depends on, beside what is selected, who reads and the row that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "few are kept, and most are of the large kind")]
pub enum Shape {
    /// One row.
    One,
    /// The balances of one partner.
    Balances,
    /// A page of commissions, under one parent or of all.
    Commissions {
        parent: Option<Parent>,
        /// Names no ids.
        filter: CommissionFilter,
        /// The column that they are sorted by, if not by the id alone, and whether it descends.
        sort: (Option<&'static str>, bool),
        request: PageRequest,
    },
}

/// Of one list of a plan, which asks one database.
#[derive(Default)]
pub struct Kept(RwLock<Vec<Keep>>);

struct Keep {
    /// Whether a partner reads.
    own: bool,
    shape: Shape,
    template: Template,
}

impl Kept {
    /// The statement of this shape that `make` makes for who reads and the id of a row.
    pub fn statement(
        &self,
        backend: DbBackend,
        shape: Shape,
        (scope, id): (&Scope, Uuid),
        make: impl Fn(&Scope, Uuid) -> SelectStatement,
    ) -> Statement {
        let own = scope.partner().is_some();
        let is_it = |keep: &&Keep| keep.own == own && keep.shape == shape;
        let parameters = parameters(scope, id);
        let is_full = {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(keep) = kept.iter().find(is_it) {
                return keep.template.with(&parameters);
            }
            kept.len() >= MOST
        };
        if is_full {
            return backend.build(&make(scope, id));
        }
        let (scope, id) = stand_ins(own);
        let template = Template::of(backend.build(&make(&scope, id)), &self::parameters(&scope, id));
        let statement = template.with(&parameters);
        let is_small = statement.values.iter().all(|values| values.0.len() <= MOST_VALUES);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Others may have made the same at the same time.
        if is_small && kept.len() < MOST && !kept.iter().any(|keep| is_it(&keep)) {
            kept.push(Keep { own, shape, template });
        }
        statement
    }
}

/// What statements bind beside what belongs to their shape.
fn parameters(scope: &Scope, id: Uuid) -> [Value; 3] {
    let partner = scope.partner().map(|partner| partner.uuid());
    [scope.tenant().uuid().into(), Value::Uuid(partner), id.into()]
}

/// Ids that nothing has. Filters with ids have no shape, so that none of them can be taken for one.
fn stand_ins(own: bool) -> (Scope, Uuid) {
    let [tenant, partner, id] = [1, 2, 3].map(Uuid::from_u128);
    let tenant = TenantId::from_uuid(tenant);
    let scope = match own {
        true => Scope::of_partner(tenant, PartnerId::from_uuid(partner)),
        false => Scope::tenant_wide(tenant),
    };
    (scope, id)
}
