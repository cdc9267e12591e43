//! `[sign-in]`: what a password must be, and how long a session lasts.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How people sign in. No rule asks for kinds of characters or for a new password from time to time: both make
/// passwords worse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SignIn {
    /// Characters of the shortest password, from 8 to 64.
    pub shortest_password: u32,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends, whatever was done in it.
    pub absolute_hours: u32,
    /// File with SHA-1 hashes of passwords that became known, one a line, in the order of the hashes, a colon and a
    /// count behind them if one likes; relative to the city's folder or absolute. Such a password is not taken.
    pub breached: Option<PathBuf>,
}

impl SignIn {
    /// Bounds of `shortest-password`.
    pub const SHORTEST: std::ops::RangeInclusive<u32> = 8..=64;
    /// Bounds of `idle-minutes`.
    pub const IDLE: std::ops::RangeInclusive<u32> = 1..=1440;
    /// Bounds of `absolute-hours`.
    pub const ABSOLUTE: std::ops::RangeInclusive<u32> = 1..=720;
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            shortest_password: 12,
            idle_minutes: 30,
            absolute_hours: 12,
            breached: None,
        }
    }
}
