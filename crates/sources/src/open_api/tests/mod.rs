//! Open APIs on loopback: every dialect, and what goes wrong on the way.

mod dialects;
mod faults;
mod keys;
mod server;
