//! Who sees and does what (domain.md 9): partners, scopes, tenants and tokens.

mod cursors;
mod lookups;
mod walk;
mod writes;
