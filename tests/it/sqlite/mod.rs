//! A SQLite file and its connections when something goes wrong with them.

mod connections;
mod full;
