//! `madang demo`.

use std::process::ExitCode;

use clap::Args;

use crate::cli::Shared;
use crate::exit::Failure;

/// Words of `madang demo`.
#[derive(Debug, Args)]
pub(crate) struct Words {}

pub(crate) async fn run(_shared: &Shared, _words: Words) -> Result<ExitCode, Failure> {
    Err(Failure::Machine("not wired yet".to_owned()))
}
