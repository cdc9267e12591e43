//! `madang privacy case`: a project of pseudonymisation, step by step.

use std::path::PathBuf;
use std::process::ExitCode;

use city::ProjectId;
use clap::{Args, Subcommand, ValueEnum};
use interop::desk::Project;
use serde_json::{Value, json};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::project::Office;
use crate::out;
use crate::platform::Platform;

/// Words of `madang privacy case`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The project's id: the name of its file in projects/
    project: String,
    #[command(subcommand)]
    command: Command,
    /// Who does it, by account name
    #[arg(long, value_name = "NAME", global = true, default_value = "local")]
    by: String,
    /// One JSON object
    #[arg(long, global = true)]
    json: bool,
}

/// What is done in the project.
#[derive(Debug, Subcommand)]
enum Command {
    /// Where it stands, and all that happened
    Show,
    /// Step 1: purpose, recipient, period and reviewers are as the recipe says
    Prepare,
    /// Step 2: how much could go wrong
    ReviewRisk(Risk),
    /// Step 3: the recipe is carried out over the dataset
    Process,
    /// Step 4: the first rows of what is judged, for a reviewer
    Look,
    /// Step 4: another person finds the result adequate
    FindAdequate(Adequate),
    /// Step 4: another person finds it inadequate, and it goes back
    FindInadequate(Inadequate),
    /// Step 5: the result was handed over
    HandOver(To),
    /// Step 5: something was checked or happened, an attempt to tell who somebody is among them
    Note(Text),
    /// Result, tokens and keys are destroyed; the records stay for three years
    Destroy(Reason),
    /// The report that a reviewer signs
    Report(Report),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Low,
    Middle,
    High,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Middle => "middle",
            Self::High => "high",
        }
    }
}

#[derive(Debug, Args)]
struct Risk {
    /// What the data say of persons
    #[arg(long)]
    of_data: Level,
    /// Where they are processed and by whom
    #[arg(long)]
    of_setting: Level,
    /// What was found
    #[arg(long, value_name = "TEXT")]
    findings: String,
}

#[derive(Debug, Args)]
struct Adequate {
    /// On what grounds
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    /// What must be kept to
    #[arg(long, value_name = "TEXT")]
    conditions: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Back {
    RiskReview,
    Processing,
}

#[derive(Debug, Args)]
struct Inadequate {
    /// Why
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    /// Which step it goes back to
    #[arg(long)]
    back_to: Back,
}

#[derive(Debug, Args)]
struct To {
    /// To whom
    #[arg(long, value_name = "NAME")]
    to: String,
}

#[derive(Debug, Args)]
struct Text {
    /// What
    #[arg(long, value_name = "TEXT")]
    text: String,
}

#[derive(Debug, Args)]
struct Reason {
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
struct Report {
    /// Where it goes: a name that ends in .pdf or .md
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Does it.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = answer(&platform, words).await;
    platform.close().await;
    outcome
}

async fn answer(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let office = Office::of(platform);
    let id = ProjectId::new(words.project.as_str());
    if let Some(act) = act(&words.command) {
        office
            .act(&id, &words.by, &act)
            .await
            .map_err(Failure::from)?;
    }
    if matches!(words.command, Command::Look) {
        let person = platform.door.person(&words.by);
        let person = person.unwrap_or_else(|| access::Person::operator(&words.by));
        let shown = office.look(&person, &id).await.map_err(Failure::from)?;
        if words.json {
            out::json(&shown)?;
        } else {
            for row in std::iter::once(&shown.columns).chain(&shown.rows) {
                out::line(row.join(" | "))?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let views = office.views().await?;
    let Some(view) = views.into_iter().find(|view| *view.id == *id) else {
        return Err(Failure::Input(format!(
            "projects/{id}.toml: there is no such project, or it has a mistake: `madang check` tells it"
        )));
    };
    if let Command::Report(report) = &words.command {
        write(platform, &view, report)?;
    }
    show(&view, words.json)?;
    Ok(ExitCode::SUCCESS)
}

/// The act of a command; nothing where it only looks.
fn act(command: &Command) -> Option<Value> {
    Some(match command {
        Command::Show | Command::Look | Command::Report(_) => return None,
        Command::Prepare => json!({"act": "prepare"}),
        Command::Process => json!({"act": "process"}),
        Command::ReviewRisk(own) => json!({
            "act": "review-risk", "of-data": own.of_data.word(), "of-setting": own.of_setting.word(),
            "findings": own.findings,
        }),
        Command::FindAdequate(own) => json!({
            "act": "find-adequate", "grounds": own.grounds, "conditions": own.conditions,
        }),
        Command::FindInadequate(own) => json!({
            "act": "find-inadequate", "grounds": own.grounds,
            "back-to": match own.back_to { Back::RiskReview => "risk-review", Back::Processing => "processing" },
        }),
        Command::HandOver(own) => json!({"act": "hand-over", "to": own.to}),
        Command::Note(own) => json!({"act": "note", "text": own.text}),
        Command::Destroy(own) => json!({"act": "destroy", "reason": own.reason}),
    })
}

fn write(platform: &Platform, view: &Project, report: &Report) -> Result<(), Failure> {
    let ending = report.out.extension().unwrap_or_default();
    let bytes = if ending == "pdf" {
        let day = city::calendar::korean_day(platform.records.clock().now());
        interop::projects::pdf(view, platform.city.provider(), day)
            .map_err(|error| Failure::Machine(error.to_string()))?
    } else if ending == "md" {
        interop::projects::markdown(view).into_bytes()
    } else {
        return Err(Failure::Usage(format!(
            "--out: {} ends neither in .pdf nor in .md",
            report.out.display()
        )));
    };
    std::fs::write(&report.out, bytes)?;
    Ok(())
}

fn show(view: &Project, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return out::json(view);
    }
    out::line(format!("{} ({}): {}", view.title, view.id, view.step))?;
    for event in &view.events {
        let at = event.at.format("%Y-%m-%dT%H:%M:%SZ");
        out::line(format!("  {at} {} {} {}", event.by, event.act, event.said))?;
    }
    if let Some(own) = &view.measured {
        out::line(format!(
            "  by {}: {} rows in {} classes, the smallest of {}, {} rows alone, largest risk {:.1} %",
            own.quasi.join(", "),
            own.rows,
            own.classes,
            own.smallest,
            own.alone,
            own.largest_risk * 100.0
        ))?;
    }
    if let Some(until) = view.kept_until {
        out::line(format!("  its records stay until {until}"))?;
    }
    Ok(())
}
