//! The search, the written files and the measuring code, against plain code that tries everything.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tables of tests have few rows"
)]

mod adult;
mod optimum;
mod plain;
mod verified;
mod wide;
mod written;
