//! The source of made-up data: random numbers that depend on the command's arguments only.

use chrono::Duration;
use fastrand::Rng;
use sha2::{Digest, Sha256};

use domain::Timestamp;
use domain::audit::{AuditEntry, Audited, Origin, whole};
use domain::id::{Id, Kind};

/// The two years of made-up history end at this moment, whenever the data are made.
const END: &str = "2026-01-01T00:00:00Z";
const DAYS: i64 = 730;

/// The days on which partners join: after the campaigns, and early enough for their later history to fit in.
pub const JOINING: (i64, i64) = (30, DAYS - 90);

/// The same tenant and seed always give the same data; other tenants get the same content with other ids, since ids are
/// unique across tenants.
#[derive(Clone, Debug)]
pub struct SeedSource {
    tenant_slug: String,
    seed: u64,
}

impl SeedSource {
    pub fn new(tenant_slug: &str, seed: u64) -> Self {
        Self {
            tenant_slug: tenant_slug.to_owned(),
            seed,
        }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The external id of the `number`th object of its kind, by which it is recognised.
    pub fn external_id(&self, what: &str, number: u32) -> String {
        format!("{}{number}", self.external_ids(what))
    }

    /// The prefix of the external ids of all objects of a kind.
    pub fn external_ids(&self, what: &str) -> String {
        format!("seed-{}-{what}-", self.seed)
    }

    /// Random numbers for the content of one object. Each object has its own generator, so that its content does not
    /// depend on how many objects there are.
    pub fn content(&self, what: &str, number: u32) -> Rng {
        chances(&format!("{}/{what}/{number}", self.seed))
    }

    /// The ids of one object and of what belongs to it.
    pub fn ids(&self, what: &str, number: u32) -> IdSequence {
        let random = chances(&format!("{}/{}/{what}/{number}", self.tenant_slug, self.seed));
        IdSequence {
            sequence: number,
            step: 0,
            random,
        }
    }

    /// The audit log's entry for a made-up object.
    pub fn entry<T: Audited>(&self, what: &str, number: u32, at: Timestamp, made: &T) -> AuditEntry {
        AuditEntry {
            id: self.ids(&format!("audit-{what}"), number).next(at),
            at,
            origin: Origin::command("seed"),
            count: None,
            changes: vec![whole(made)],
        }
    }

    /// The ids of a history, which sort in the order of creation even where many are created at one moment.
    pub fn ids_in_order(&self, what: &str, number: u32) -> IdSequence {
        let ids = self.ids(what, number);
        IdSequence {
            sequence: 0,
            step: 1,
            ..ids
        }
    }
}

/// Generates ids that are the same every time.
pub struct IdSequence {
    sequence: u32,
    step: u32,
    random: Rng,
}

impl IdSequence {
    pub fn next<K: Kind>(&mut self, at: Timestamp) -> Id<K> {
        let id = Id::from_parts(at, self.sequence, self.random.u64(..));
        self.sequence = self.sequence.wrapping_add(self.step);
        id
    }
}

/// Hashed, so that similar texts give unrelated numbers.
fn chances(text: &str) -> Rng {
    let hash = Sha256::digest(text.as_bytes());
    let seed = hash.iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte));
    Rng::with_seed(seed)
}

/// The beginning of the history.
pub fn start() -> Timestamp {
    let end: Timestamp = END.parse().expect("a constant moment");
    end - Duration::days(DAYS)
}

/// A random moment between these days of the history.
pub fn between_days(random: &mut Rng, first: i64, last: i64) -> Timestamp {
    start() + Duration::days(first) + Duration::seconds(random.i64(0..(last - first) * 86_400))
}

/// A random moment 1 to 20 days later.
pub fn soon_after(random: &mut Rng, moment: Timestamp) -> Timestamp {
    moment + Duration::seconds(random.i64(86_400..20 * 86_400))
}

/// Whether something happens that has this probability.
pub fn happens(random: &mut Rng, percent: u32) -> bool {
    random.u32(..100) < percent
}

/// A random element.
pub fn pick<'a, T>(random: &mut Rng, among: &'a [T]) -> &'a T {
    &among[random.usize(..among.len())]
}

/// Fewer than `limit` distinct random elements.
pub fn pick_some<'a, T>(random: &mut Rng, among: &'a [T], limit: usize) -> Vec<&'a T> {
    let mut places: Vec<usize> = Vec::with_capacity(limit);
    for _ in 0..random.usize(..limit) {
        if !among.is_empty() {
            let place = random.usize(..among.len());
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places.into_iter().map(|place| &among[place]).collect()
}
