//! The binary: it wires the rooms together and does nothing of its own.
//!
//! | module | job |
//! | --- | --- |
//! | [`cli`] | the command line |
//! | [`commands`] | one file a command |
//! | [`config`] | what is in force, and where it comes from |
//! | [`exit`] | how a command ends |
//! | [`jobs`] | loads and reminders, and when they are due |
//! | [`logging`] | what the program says of itself while it works |
//! | [`offers`] | a catalogue's offers become drafts of manifests |
//! | [`out`] | standard output and error |
//! | [`platform`] | a city opened |
//! | [`server`] | pages, API and files at one address |

mod cli;
mod commands;
mod config;
mod exit;
mod jobs;
mod logging;
mod offers;
mod out;
mod platform;
mod server;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::exit::Failure;

fn main() -> ExitCode {
    // Two providers are in the tree; the first connection would panic without a choice.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        out::say("the cryptography provider was installed twice");
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            out::say(format!("failed to start: {error}"));
            return ExitCode::from(3);
        }
    };
    let code = match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(failure) => {
            out::say(format!("error: {}", failure.message()));
            failure.code()
        }
    };
    // What was acknowledged is on disk; a question that still runs has nobody left to answer.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    code
}

async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let shared = &cli.shared;
    match cli.command {
        Command::Demo(words) => Box::pin(commands::demo::run(shared, words)).await,
        Command::Init(words) => commands::init::run(&words),
        Command::Draft(words) => commands::draft::run(shared, &words).await,
        Command::Harvest(words) => commands::harvest::run(shared, &words).await,
        Command::Check(words) => commands::check::run(shared, &words),
        Command::Load(words) => commands::load::run(shared, &words).await,
        Command::Quarantine(words) => commands::quarantine::run(shared, &words).await,
        Command::Query(words) => commands::query::run(shared, &words).await,
        Command::Measure(words) => Box::pin(commands::measure::run(shared, &words)).await,
        Command::Trace(words) => commands::trace::run(shared, &words).await,
        Command::Correct(words) => commands::correct::run(shared, &words).await,
        Command::Corrections(words) => commands::corrections::run(shared, &words).await,
        Command::Impact(words) => commands::impact::run(shared, &words).await,
        Command::Decide(words) => commands::decide::run(shared, &words).await,
        Command::Overdue(words) => commands::overdue::run(shared, &words).await,
        Command::Confirm(words) => commands::confirm::run(shared, &words).await,
        Command::Remind(words) => commands::remind::run(shared, &words).await,
        Command::Standard(words) => commands::standard::run(shared, &words).await,
        Command::Catalogue(words) => commands::catalogue::run(shared, &words).await,
        Command::Evidence(words) => commands::evidence::run(shared, &words).await,
        Command::Profile(words) => commands::profile::run(shared, &words).await,
        Command::Quality(words) => commands::quality::run(shared, &words).await,
        Command::Compare(words) => commands::compare::run(shared, &words).await,
        Command::People(words) => commands::people::run(shared, &words).await,
        Command::Privacy(words) => commands::privacy::run(shared, &words).await,
        Command::Release(words) => commands::release::run(shared, &words).await,
        Command::Promises(words) => commands::promises::run(shared, &words).await,
        Command::Serve(words) => commands::serve::run(shared, words).await,
        Command::Verify(words) => commands::verify::run(shared, &words).await,
        Command::Log(words) => Box::pin(commands::log::run(shared, &words)).await,
        Command::Traffic(words) => commands::traffic::run(shared, &words).await,
        Command::Works(words) => commands::works::run(shared, &words).await,
        Command::Config(words) => commands::config::run(shared, &words),
    }
}

/// What clap has to say: help goes to standard output, mistakes to standard error.
fn usage(error: &clap::Error) -> ExitCode {
    // Nobody listening is no reason to end otherwise.
    let _deaf = error.print();
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}
