//! `madang privacy`: personal data found, replaced, made anonymous.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::Shared;
use crate::exit::Failure;

mod anonymise;
mod case;
mod detect;
mod key;
mod lattice;
mod link;
pub(crate) mod pseudonymise;
pub(crate) mod table;
mod token;
mod verify;

/// Words of `madang privacy`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    command: Command,
}

/// What to do about personal data.
#[derive(Debug, Subcommand)]
enum Command {
    /// Find identifiers of persons in a file, a dataset, or lines of text
    Detect(detect::Words),
    /// Find the cheapest generalisation that makes persons indistinguishable, out of all
    Anonymise(Box<anonymise::Words>),
    /// List every generalisation with its classes and what must be suppressed
    Lattice(lattice::Words),
    /// Measure a file that is to leave
    Verify(verify::Words),
    /// Carry a project's recipe out over a file
    Pseudonymise(pseudonymise::Words),
    /// Keys of pseudonymisation projects: made, listed, destroyed
    Key(key::Words),
    /// A project of pseudonymisation, step by step
    Case(case::Words),
    /// Bring rows of two bodies together, and nobody sees both who and what
    Link(link::Words),
    /// Turn a token of a project back, for whoever has the duty `vault`
    Token(token::Words),
}

/// Does it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    match &words.command {
        Command::Detect(words) => detect::run(shared, words).await,
        Command::Anonymise(words) => anonymise::run(shared, words).await,
        Command::Lattice(words) => lattice::run(shared, words).await,
        Command::Verify(words) => verify::run(shared, words).await,
        Command::Pseudonymise(words) => pseudonymise::run(shared, words),
        Command::Key(words) => key::run(shared, words),
        Command::Case(words) => case::run(shared, words).await,
        Command::Link(words) => link::run(words),
        Command::Token(words) => token::run(shared, words).await,
    }
}
