//! The search, the written files and the measuring code, against plain code that tries everything.

mod adult;
mod optimum;
mod plain;
mod verified;
mod wide;
mod written;
