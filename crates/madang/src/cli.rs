//! The command line: a contract that scripts rely on.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;

/// A city is a folder. Madang turns it into a running, governed data platform.
#[derive(Debug, Parser)]
#[command(
    name = "madang",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// What every command understands.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Shared {
    /// The city's folder
    #[arg(short = 'C', long, global = true, value_name = "CITY")]
    pub(crate) city: Option<PathBuf>,
    /// Where tables, arrived bytes and records are kept
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Threads that decode and check
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// What to log to standard error: off, error, warn, info, debug, and of single parts: warn,lake=debug
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the demo city, load it, serve it
    Demo(commands::demo::Words),
    /// Make a new city folder, commented
    Init(commands::init::Words),
    /// Read a file and propose a dataset manifest
    Draft(commands::draft::Words),
    /// What another body's catalogue offers, and a manifest drafted for each dataset of it
    Harvest(commands::harvest::Words),
    /// Validate the city's folder: every mistake at once
    Check(commands::check::Words),
    /// Run loads: read = accepted + quarantined, per dataset
    Load(commands::load::Words),
    /// The rows a dataset's loads put aside, and why
    Quarantine(commands::quarantine::Words),
    /// Put a quarantined row right, now and whenever the source repeats the error
    Correct(commands::correct::Words),
    /// What people put right, and what came of it
    Corrections(commands::corrections::Words),
    /// Ask a question in SQL
    Query(commands::query::Words),
    /// A figure, with what explains it, what it is made of and its parts
    Measure(commands::measure::Words),
    /// Where a dataset or a measure comes from, down to the bytes that arrived
    Trace(commands::trace::Words),
    /// What changed manifests would make of the last deliveries: rows newly failing or passing, what depends on them
    Impact(commands::impact::Words),
    /// Accept or turn down a delivery that waits because it differs from the one before
    Decide(commands::decide::Words),
    /// What departments owe: late, never loaded, due soon
    Overdue(commands::overdue::Words),
    /// A department's word that nothing has changed: the clock of a dataset begins anew
    Confirm(commands::confirm::Words),
    /// Remind departments by mail of what is late or due soon
    Remind(commands::remind::Words),
    /// Which national standard a dataset resembles, what differs, and what to tell its department
    Standard(commands::standard::Words),
    /// The list of open data in the national portal's fields; or whether a published one is true
    Catalogue(commands::catalogue::Words),
    /// What the national evaluation of a year asks for, as far as the records say it
    Evidence(commands::evidence::Words),
    /// What a dataset holds in figures, and what looks wrong in it although every row is sound
    Profile(commands::profile::Words),
    /// Errors among diagnosed values by field, department or dataset, as the national evaluation counts them
    Quality(commands::quality::Words),
    /// What differs between two versions of a dataset
    Compare(commands::compare::Words),
    /// Accounts, invitations, blocks, keys of programs, the journal of grants
    People(commands::people::Words),
    /// Personal data: found, replaced, made anonymous
    Privacy(commands::privacy::Words),
    /// What leaves: made, and checked on the bytes that leave
    Release(commands::release::Words),
    /// What was announced, what follows from it, and what was not said
    Promises(commands::promises::Words),
    /// Serve the portal and the API, and load on cadence
    Serve(commands::serve::Words),
    /// Recheck the access log, arrived bytes and row accounting
    Verify(commands::verify::Words),
    /// Roots, proofs, checkpoints and keys of the access log
    Log(commands::log::Words),
    /// Street works: in each other's way, on protected roads, that could be one; feeds of work zones
    Works(commands::works::Words),
    /// How fast it is on which road, and how long it takes between two places
    Traffic(commands::traffic::Words),
    /// The configuration in force, and where each value comes from
    Config(commands::config::Words),
}
