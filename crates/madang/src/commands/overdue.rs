//! `madang overdue`: what departments owe, the latest first.

use std::process::ExitCode;

use city::DepartmentId;
use city::calendar::korean_day;
use city::freshness::State;
use clap::Args;
use interop::freshness::{Clock, Clocks, Line, is_open, list};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang overdue`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// One department, by id or Korean title
    #[arg(long, value_name = "ID")]
    department: Option<String>,
    /// One JSON object a dataset
    #[arg(long)]
    json: bool,
}

/// Lists what is late, never came or is due soon, by department.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = show(&platform, words).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn show(platform: &Platform, words: &Words) -> Result<(), Failure> {
    let wanted = words
        .department
        .as_deref()
        .map(|name| department(platform, name))
        .transpose()?;
    let reader = platform.reader(None, Some("overdue"));
    let clocks = Clocks::read(&platform.records).await?;
    let city = &platform.city;
    let entries = list(&reader, &clocks, city, wanted.as_deref())?;
    for warning in city.calendar.warnings(korean_day(clocks.now())) {
        out::say(format!("warning: {warning}"));
    }
    let mut head = None;
    for (dataset, clock) in entries
        .iter()
        .filter(|(_, clock)| is_open(&clock.freshness))
    {
        if words.json {
            out::json(&Line::new(dataset, clock))?;
            continue;
        }
        if head != Some(&dataset.department) {
            let title = city.department(&dataset.department);
            let title = title.map_or(dataset.department.as_str(), |known| known.title.as_str());
            out::line(format!("{} ({title})", dataset.department))?;
            head = Some(&dataset.department);
        }
        out::line(format!(
            "  {:<28} {}  {}",
            dataset.id,
            standing(clock),
            dataset.title
        ))?;
    }
    if head.is_none() && !words.json {
        out::say("nothing is late, and nothing is due soon");
    }
    Ok(())
}

/// `12 working days late (due 2026-11-06)`
fn standing(clock: &Clock) -> String {
    let due = clock.freshness.due_on;
    let due = due.map(|day| day.to_string()).unwrap_or_default();
    match clock.freshness.state {
        State::Overdue { working_days } => format!("{working_days} working days late (due {due})"),
        State::DueSoon { working_days } => format!("{working_days} working days left (due {due})"),
        State::NeverLoaded => "never loaded".to_owned(),
        State::Fresh | State::Unclocked => format!("in time (due {due})"),
    }
}

fn department(platform: &Platform, name: &str) -> Result<DepartmentId, Failure> {
    let all = &platform.city.manifest.departments;
    all.iter()
        .find(|known| known.id.as_str() == name || known.title == name)
        .map(|known| known.id.clone())
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|known| known.id.as_str()).collect();
            Failure::Input(format!(
                "no department is called `{name}`; there is: {}",
                known.join(", ")
            ))
        })
}
