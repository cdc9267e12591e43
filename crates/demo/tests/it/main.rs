//! The demo city's files, read as the platform reads them.

mod coherent;
mod faults;
mod town;
