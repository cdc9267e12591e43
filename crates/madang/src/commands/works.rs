//! `madang works`: street works, judged; and feeds of work zones, checked, written and read.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use city::calendar::korean_day;
use clap::{Args, Subcommand};
use interop::situation::works::{Works, works};
use interop::situation::{Kept, serve, tell};
use situation::works::Lacks;
use situation::wzdx;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang works`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Works at most the city's buffer apart on one day
    Conflicts(Listing),
    /// Works on a road that was resurfaced not long ago
    Protected(Listing),
    /// Works on one road, near in time, that could be one, and what that saves
    Joinable(Listing),
    /// Works of which it cannot be said whether the road is protected, and why
    Unjudged(Listing),
    /// Permits that cannot be judged, and why
    Troubles(Listing),
    /// Feeds of work zones: checked, written, read
    #[command(subcommand)]
    Wzdx(Wzdx),
}

#[derive(Debug, Args)]
struct Listing {
    /// One JSON object a finding
    #[arg(long)]
    json: bool,
    /// Who reads: an account of people.toml, an operator's name, or `public` for anybody
    #[arg(long = "as", value_name = "USER")]
    person: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Wzdx {
    /// Whether a feed is valid: every finding with its line
    Check {
        /// The feed
        file: PathBuf,
        /// One JSON object a finding
        #[arg(long)]
        json: bool,
    },
    /// The city's works that are not over, as a feed
    Export {
        /// Where to; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Who reads: an account of people.toml, an operator's name, or `public` for anybody
        #[arg(long = "as", value_name = "USER")]
        person: Option<String>,
    },
    /// A feed of another body as plain GeoJSON, one row an event, to be loaded as a dataset
    Import {
        /// The feed
        file: PathBuf,
        /// Where to; standard output when absent
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Judges the city's works, or handles a feed.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    match &words.what {
        What::Conflicts(how) => list(shared, how, "conflicts").await,
        What::Protected(how) => list(shared, how, "protected").await,
        What::Joinable(how) => list(shared, how, "joinable").await,
        What::Unjudged(how) => list(shared, how, "unjudged").await,
        What::Troubles(how) => list(shared, how, "troubles").await,
        What::Wzdx(Wzdx::Check { file, json }) => check(file, *json),
        What::Wzdx(Wzdx::Import { file, out }) => import(file, out.as_deref()),
        What::Wzdx(Wzdx::Export { out, person }) => {
            export(shared, out.as_deref(), person.as_deref()).await
        }
    }
}

async fn judged(
    platform: &Platform,
    person: Option<&str>,
    purpose: &str,
) -> Result<Arc<Works>, Failure> {
    let reader = platform.reader(person, Some(purpose));
    let today = korean_day(platform.records.clock().now());
    let found = works(&platform.city, &Kept::default(), &reader, today).await?;
    found.ok_or_else(|| {
        Failure::Input(
            "the city declares no street works; situation.toml says which dataset has them"
                .to_owned(),
        )
    })
}

async fn list(shared: &Shared, how: &Listing, part: &str) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let found = judged(&platform, how.person.as_deref(), "street works").await;
    platform.close().await;
    let works = found?;
    if part == "troubles" {
        for trouble in &works.troubles {
            if how.json {
                out::json(trouble)?;
            } else {
                out::line(trouble.fault(works.dataset.as_str()).to_string())?;
            }
        }
    } else {
        for line in lines(&works, part, how.json) {
            out::line(line)?;
        }
    }
    summary(&works, part);
    Ok(ExitCode::SUCCESS)
}

fn lines(works: &Works, part: &str, json: bool) -> Vec<String> {
    let number = |at: usize| {
        let permit = works.permits.get(at);
        permit.map_or("", |permit| permit.number.as_str())
    };
    match (part, json) {
        ("conflicts", true) => told(&works.conflicts.rows, |own| tell::conflict(works, own)),
        ("protected", true) => told(&works.protected, |own| tell::protected(works, own)),
        ("unjudged", true) => told(&works.unjudged, |own| tell::unjudged(works, own)),
        (_, true) => told(&works.joinable, |own| tell::joinable(works, own)),
        ("conflicts", false) => {
            let line = |own: &situation::works::Conflict| {
                let (first, second) = (number(own.first), number(own.second));
                format!(
                    "{first}  {second}  {:.1} m apart, both from {} to {}",
                    own.metres, own.from, own.to
                )
            };
            works.conflicts.rows.iter().map(line).collect()
        }
        ("protected", false) => {
            let line = |own: &situation::works::Protected| {
                let permit = works.permits.get(own.permit);
                let road = permit.and_then(|permit| permit.road.as_deref());
                let basis = works.rules.get(own.rule).map(|rule| rule.basis.as_str());
                format!(
                    "{}  {}  resurfaced {}, protected until {} ({})",
                    number(own.permit),
                    road.unwrap_or_default(),
                    own.paved,
                    own.free_from.pred_opt().unwrap_or(own.free_from),
                    basis.unwrap_or_default()
                )
            };
            works.protected.iter().map(line).collect()
        }
        ("unjudged", false) => {
            let line = |own: &situation::works::Unjudged| {
                let permit = works.permits.get(own.permit);
                let road = permit.and_then(|permit| permit.road.as_deref());
                let road = road.unwrap_or("no road");
                format!("{}  {road}  {}", number(own.permit), lacks(own.lacks))
            };
            works.unjudged.iter().map(line).collect()
        }
        (_, false) => {
            let line = |own: &situation::works::Joinable| {
                let numbers: Vec<&str> = own.permits.iter().map(|at| number(*at)).collect();
                let metres = own
                    .metres_saved()
                    .map(|metres| format!(", {metres:.0} m of surface"));
                format!(
                    "{}  {}  saves {} days of closure{}",
                    own.road,
                    numbers.join(" + "),
                    own.days_saved(),
                    metres.unwrap_or_default()
                )
            };
            works.joinable.iter().map(line).collect()
        }
    }
}

fn lacks(lacks: Lacks) -> &'static str {
    match lacks {
        Lacks::Road => "names no road, or one that is not among the roads",
        Lacks::Stretch => {
            "it is not known which stretch of the road, and they were resurfaced on different days"
        }
        Lacks::Paved => "the day of resurfacing is not known",
        Lacks::Surface => "the kind of surface is not known",
        Lacks::Rule => "there is no rule for this kind of surface",
    }
}

fn told<T>(rows: &[T], tell: impl Fn(&T) -> serde_json::Value) -> Vec<String> {
    rows.iter().map(|own| tell(own).to_string()).collect()
}

/// What no list says by itself.
fn summary(works: &Works, part: &str) {
    let count = match part {
        "conflicts" => works.conflicts.rows.len(),
        "protected" => works.protected.len(),
        "joinable" => works.joinable.len(),
        "unjudged" => works.unjudged.len(),
        _ => works.troubles.len(),
    };
    out::say(format!(
        "{count} {part} among {} permits on {}",
        works.permits.len(),
        works.today
    ));
    if part == "protected" && !works.unjudged.is_empty() {
        out::say(format!(
            "of {} works it cannot be said; `madang works unjudged` lists them",
            works.unjudged.len()
        ));
    }
    if works.void > 0 {
        out::say(format!(
            "left out: {} permits that do not hold (works.permits.void)",
            works.void
        ));
    }
    if works.conflicts.more || works.more {
        out::say("there are more: looking ended at a limit");
    }
    if part != "troubles" {
        summary_of_left_out(works);
    }
}

/// Permits that are in no list and in no feed.
fn summary_of_left_out(works: &Works) {
    if !works.troubles.is_empty() {
        out::say(format!(
            "{} permits cannot be judged; `madang works troubles` lists them",
            works.troubles.len()
        ));
    }
}

fn check(file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let text = text_of(file)?;
    let findings = wzdx::check(&text);
    if json {
        for finding in &findings {
            out::json(finding)?;
        }
    } else {
        for fault in wzdx::check::faults(file, &text, &findings) {
            out::line(fault.to_string())?;
        }
    }
    if findings.is_empty() {
        let version = wzdx::check::version(&text).unwrap_or_else(|| wzdx::VERSION.to_owned());
        let file = file.display();
        out::say(if version == wzdx::VERSION {
            format!("{file}: valid WZDx {version}")
        } else {
            format!(
                "{file}: nothing is wrong by the rules of WZDx {}; the feed says it is of version {version}",
                wzdx::VERSION
            )
        });
        return Ok(ExitCode::SUCCESS);
    }
    out::say(format!("{} findings", findings.len()));
    Ok(ExitCode::from(1))
}

fn import(file: &Path, out: Option<&Path>) -> Result<ExitCode, Failure> {
    let text = text_of(file)?;
    let events = wzdx::events(&text)
        .map_err(|findings| Failure::faults(&wzdx::check::faults(file, &text, &findings)))?;
    let count = events.len();
    write(&wzdx::read::table(&events), out)?;
    out::say(format!("{count} events"));
    Ok(ExitCode::SUCCESS)
}

async fn export(
    shared: &Shared,
    out: Option<&Path>,
    person: Option<&str>,
) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let found = judged(&platform, person, "wzdx").await;
    let now = platform.records.clock().now();
    platform.close().await;
    let works = found?;
    let publisher = serve::publisher(&platform.city, &works);
    let feed = tell::zones(&works, &publisher, now);
    let written = feed["features"].as_array().map_or(0, Vec::len);
    write(&feed, out)?;
    let ahead = works.permits.iter().filter(|own| own.ends >= works.today);
    let left_out = ahead.count().saturating_sub(written);
    out::say(format!("{written} works written"));
    if left_out > 0 {
        out::say(format!(
            "{left_out} works left out: the calendar or the globe does not reach so far"
        ));
    }
    summary_of_left_out(&works);
    Ok(ExitCode::SUCCESS)
}

fn text_of(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Input(format!("{}: cannot be read: {error}", file.display())))?;
    // A mark of the byte order before the text is no part of it.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(behind) => behind.to_owned(),
        None => text,
    })
}

/// The whole file or none of it.
fn write(value: &serde_json::Value, out: Option<&Path>) -> Result<(), Failure> {
    let text = format!("{value:#}\n");
    let Some(path) = out else {
        return out::line(text.trim_end());
    };
    let beside = path.with_extension("part");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)?;
    Ok(())
}
