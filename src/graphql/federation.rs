//! Tributary as a subgraph of Apollo Federation 2. Other subgraphs refer to entities by type and id; the federation
//! gateway queries them in `_entities`, which shows exactly what `node` would show. Implemented here because the
//! library's own `_entities` fails the whole query if one entity is not visible.

use std::sync::LazyLock;

use async_graphql::{
    Context, InputValueResult, Object, SDLExportOptions, Scalar, ScalarType, SimpleObject, Union, Value,
};
use futures::future::join_all;

use super::context::request;
use super::error::{ApiError, nullable};
use super::rows::{Any, AnyList};
use super::{schema, tidy};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::ledger::commission::{COMMISSION, Commission};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::partner_group::{PARTNER_GROUP, PartnerGroup};
use domain::id::{CampaignId, CommissionId, PartnerGroupId, PartnerId};

/// The types that other subgraphs may reference by `id`.
const ENTITIES: [&str; 4] = ["Campaign", "Commission", "Partner", "PartnerGroup"];

/// Kept unparsed, so that an invalid representation is reported at its own index of the response.
#[derive(Clone, Debug, PartialEq)]
pub struct Representation(Value);

/// A reference to an entity by a federation gateway: an object with its `__typename` and its `id`. Other fields are
/// ignored.
#[Scalar(name = "_Any")]
impl ScalarType for Representation {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

/// An object to which other subgraphs can refer by its id.
#[derive(Union)]
#[graphql(name = "_Entity")]
pub enum Entity {
    Campaign(Campaign),
    Commission(Commission),
    Partner(Partner),
    PartnerGroup(PartnerGroup),
}

/// This service as a subgraph.
#[derive(SimpleObject)]
#[graphql(name = "_Service")]
pub struct Service {
    /// The schema with its federation directives, for composition.
    sdl: &'static str,
}

/// The entity that `representation` references, if the caller may see it; as `node` does.
async fn find(ctx: &Context<'_>, representation: &Representation) -> Result<Option<Any<Entity>>, ApiError> {
    let Value::Object(fields) = &representation.0 else {
        return Err(ApiError::bad_user_input("a representation must be an object"));
    };
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(ApiError::bad_user_input(format!(
            "a representation must have the text {name}"
        ))),
    };
    let (type_name, id) = (text("__typename")?, text("id"));
    let (to, uuid) = match type_name {
        "Campaign" => (&CAMPAIGN, id?.parse::<CampaignId>()?.uuid()),
        "Commission" => (&COMMISSION, id?.parse::<CommissionId>()?.uuid()),
        "Partner" => (&PARTNER, id?.parse::<PartnerId>()?.uuid()),
        "PartnerGroup" => (&PARTNER_GROUP, id?.parse::<PartnerGroupId>()?.uuid()),
        _ => {
            let known = ENTITIES.join(", ");
            return Err(ApiError::bad_user_input(format!("__typename must be one of {known}")));
        }
    };
    request(ctx).caller.read(to.resource)?;
    Ok(Some(Any::Row(to, uuid)))
}

#[derive(Default)]
pub struct FederationQuery;

#[Object]
impl FederationQuery {
    /// For federation gateways: the entity of each representation, in order; null in place of those that do not exist
    /// or that the caller may not see.
    #[graphql(name = "_entities")]
    async fn entities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The types and ids of the entities, at most 100 unless configured otherwise.")]
        representations: Vec<Representation>,
    ) -> AnyList<Entity> {
        let found = representations
            .iter()
            .map(|representation| nullable(find(ctx, representation)));
        AnyList(join_all(found).await)
    }

    /// For federation gateways: the schema. In production it needs the scope `admin`, like introspection.
    #[graphql(name = "_service")]
    async fn service(&self) -> Service {
        static SDL: LazyLock<String> = LazyLock::new(subgraph_sdl);
        Service { sdl: &SDL }
    }
}

/// The schema as a subgraph, for composition.
pub fn subgraph_sdl() -> String {
    let sdl = schema().sdl_with_options(
        SDLExportOptions::new()
            .sorted_fields()
            .sorted_enum_items()
            .sorted_arguments()
            .federation(),
    );
    // The keys are inserted into the text: if they were declared to the library, it would resolve `_entities` itself.
    ENTITIES.iter().fold(tidy(&sdl), |sdl, name| {
        let head = format!("\ntype {name} implements Node {{");
        sdl.replace(&head, &format!("\ntype {name} implements Node @key(fields: \"id\") {{"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subgraph_has_the_keys_of_its_entities_and_none_of_the_machinery() {
        let sdl = subgraph_sdl();
        for name in ENTITIES {
            let head = format!("type {name} implements Node @key(fields: \"id\") {{");
            assert_eq!(sdl.matches(&head).count(), 1, "{name}");
        }
        assert_eq!(sdl.matches("@key(").count(), ENTITIES.len());
        assert!(sdl.contains("url: \"https://specs.apollo.dev/federation/v2"));
        for name in ["_Any", "_Entity", "_Service", "_entities", "_service"] {
            assert!(!sdl.contains(name), "{name}");
        }
    }
}
