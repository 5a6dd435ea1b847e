//! The sizes of the data sets, and where they are kept.

use std::path::Path;

use clap::ValueEnum;

/// A data set. Each has a database of its own, filled once and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// 1 tenant of 200 partners, 10 campaigns and 5,000 commissions: for trying the benchmark itself
    Small,
    /// 5 tenants, 10,000 partners, 500 campaigns and 1,000,000 commissions in all
    Full,
    /// 1 tenant of 10,000 partners, 100 campaigns and 1,000,000 commissions: what `grown` is measured against
    Base,
    /// `base` copied up to 10,000,000 commissions, 1,000,000 of them of one partner; PostgreSQL only
    Grown,
    /// `small` copied up to 50,000 commissions, 20,000 of them of one partner: for trying `growth` itself; PostgreSQL only
    SmallGrown,
}

/// The contents of each tenant of a data set, and the number of tenants.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    pub tenants: u32,
    pub partners: u32,
    pub campaigns: u32,
    pub commissions: u32,
}

/// The commissions of a grown tenant after copying, and how many of them belong to one partner.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    pub commissions: i64,
    pub of_one_partner: i64,
}

impl Scale {
    /// The amounts that are seeded.
    pub fn amounts(self) -> Amounts {
        let (tenants, partners, campaigns, commissions) = match self {
            Self::Small | Self::SmallGrown => (1, 200, 10, 5_000),
            Self::Full => (5, 2_000, 100, 200_000),
            Self::Base | Self::Grown => (1, 10_000, 100, 1_000_000),
        };
        Amounts {
            tenants,
            partners,
            campaigns,
            commissions,
        }
    }

    /// `None`: the data set stays as it was seeded.
    pub fn growth(self) -> Option<Growth> {
        let (commissions, of_one_partner) = match self {
            Self::Small | Self::Full | Self::Base => return None,
            Self::Grown => (10_000_000, 1_000_000),
            Self::SmallGrown => (50_000, 20_000),
        };
        Some(Growth {
            commissions,
            of_one_partner,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Full => "full",
            Self::Base => "base",
            Self::Grown => "grown",
            Self::SmallGrown => "small_grown",
        }
    }

    /// The name of its database on a PostgreSQL server.
    pub fn database(self) -> String {
        format!("bench_{}", self.name())
    }

    /// Its file as a URL.
    pub fn sqlite_url(self, folder: &Path) -> String {
        format!("sqlite://{}/{}.db?mode=rwc", folder.display(), self.name())
    }
}
