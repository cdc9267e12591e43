//! The demo city's files, read as the platform reads them.

mod clock;
mod coherent;
mod faults;
mod town;
