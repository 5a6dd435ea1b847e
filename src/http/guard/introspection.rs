//! How much the lists of introspection multiply. They refer to each other, so that a short document can ask for more
//! than any memory holds: nesting is limited as in graphql-js (its MaxIntrospectionDepthRule), and the rest is priced
//! by the actual size of the schema.

use async_graphql::parser::types::{ServiceDocument, TypeKind, TypeSystemDefinition};

/// How many of the lists that lead from types to types may be nested in each other.
pub const MAX_NESTED_LISTS: u64 = 2;

/// Number of objects describing the schema that cost as much as one object that is read.
pub const OBJECTS_PER_COST: u64 = 20;

/// The cost of the SDL for federation, which is as long as thousands of objects.
pub const SDL_COST: u64 = 100;

/// The types behind `ofType`, one for each level of unwrapping: `[T!]!` has three wrappers, which is the maximum.
const UNWRAPPED: [&str; 4] = ["__Type", "__Type.1", "__Type.2", "__Type.3"];

/// The lengths of the schema's lists.
pub struct Lengths {
    types: u64,
    directives: u64,
    arguments: u64,
    fields: Length,
    input_fields: Length,
    enum_values: Length,
    possible_types: Length,
}

/// The length of a list that types have.
#[derive(Clone, Copy, Default)]
struct Length {
    entries: u64,
    most: u64,
}

/// The objects below a field of introspection.
pub struct IntrospectionChildren {
    pub parent: &'static str,
    /// Maximum number of objects.
    pub most: u64,
    /// Average number of objects over all types.
    pub average: u64,
}

impl Length {
    fn count(&mut self, entries: usize) {
        self.entries += entries as u64;
        self.most = self.most.max(entries as u64);
    }
}

impl Lengths {
    pub fn of(document: &ServiceDocument) -> Self {
        let mut lengths = Self {
            types: 0,
            // The built-in directives.
            directives: 5,
            arguments: 0,
            fields: Length::default(),
            input_fields: Length::default(),
            enum_values: Length::default(),
            possible_types: Length::default(),
        };
        let (mut arguments, mut implementations) = (0, 0);
        for definition in &document.definitions {
            let kind = match definition {
                TypeSystemDefinition::Type(definition) => &definition.node.kind,
                TypeSystemDefinition::Directive(_) => {
                    lengths.directives += 1;
                    continue;
                }
                TypeSystemDefinition::Schema(_) => continue,
            };
            lengths.types += 1;
            match kind {
                TypeKind::Enum(of) => lengths.enum_values.count(of.values.len()),
                TypeKind::InputObject(of) => lengths.input_fields.count(of.fields.len()),
                TypeKind::Object(of) => {
                    lengths.fields.count(of.fields.len());
                    arguments += of.fields.iter().map(|field| field.node.arguments.len()).sum::<usize>();
                    implementations += of.implements.len();
                }
                TypeKind::Interface(of) => lengths.fields.count(of.fields.len()),
                TypeKind::Union(of) => lengths.possible_types.count(of.members.len()),
                TypeKind::Scalar => {}
            }
        }
        lengths.arguments = (arguments as u64).div_ceil(lengths.fields.entries.max(1));
        lengths.possible_types.count(implementations);
        lengths
    }

    /// `None`: the field has no objects below it.
    pub fn below(&self, parent: &str, name: &str) -> Option<IntrospectionChildren> {
        let exactly = |parent, number| IntrospectionChildren {
            parent,
            most: number,
            average: number,
        };
        let of_types = |parent, length: Length| IntrospectionChildren {
            parent,
            most: length.most,
            average: length.entries.div_ceil(self.types.max(1)),
        };
        Some(match name {
            "__schema" => exactly("__Schema", 1),
            "types" => exactly("__Type", self.types),
            "directives" => exactly("__Directive", self.directives),
            "__type" | "queryType" | "mutationType" | "subscriptionType" | "type" | "interfaces" => {
                exactly("__Type", 1)
            }
            "ofType" => {
                let step = UNWRAPPED.iter().position(|known| *known == parent)?;
                match UNWRAPPED.get(step + 1) {
                    Some(next) => exactly(next, 1),
                    None => exactly("__Type.3", 0),
                }
            }
            "args" => exactly("__InputValue", self.arguments),
            "possibleTypes" => of_types("__Type", self.possible_types),
            "fields" => of_types("__Field", self.fields),
            "inputFields" => of_types("__InputValue", self.input_fields),
            "enumValues" => of_types("__EnumValue", self.enum_values),
            _ => return None,
        })
    }
}

/// Whether a field of `parent` is part of introspection.
pub fn is_part(parent: Option<&str>, name: &str) -> bool {
    matches!(name, "__schema" | "__type") || parent.is_some_and(|parent| parent.starts_with("__"))
}

/// Whether a field is one of the lists that lead from types to types.
pub fn nests(name: &str) -> bool {
    matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields")
}
