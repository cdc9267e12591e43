//! `madang measure`: a figure, the same to the last digit as on its page and in the API.

use std::process::ExitCode;

use access::Reader;
use city::{Lang, Measure, MeasureId, Period};
use clap::Args;
use measure::{Asked, Figure, Kept, Part, Told, format};
use serde_json::json;

use crate::cli::Shared;
use crate::commands::query::at;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang measure`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Measure, by id or Korean title
    id: String,
    /// Break it down by this dimension; may be given several times
    #[arg(long, value_name = "DIM")]
    by: Vec<String>,
    /// Version number or time; the newest when absent
    #[arg(long, value_name = "VERSION|TIME")]
    at: Option<String>,
    /// Only this period: 2026, 2026-11, 2026-11-05 or two of them with .. between
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// Only where a dimension has a value; may be given several times
    #[arg(long = "where", value_name = "DIM=VALUE")]
    equals: Vec<String>,
    /// Who reads: an account of people.toml, an operator's name, or `public` for anybody
    #[arg(long = "as", value_name = "USER")]
    person: Option<String>,
    /// Keep a receipt: an address that gives the same figure back for good
    #[arg(long)]
    receipt: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Tells a measure.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let asked = asked(words)?;
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = tell(&platform, words, &asked).await;
    platform.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

fn asked(words: &Words) -> Result<Asked, Failure> {
    let period = match &words.period {
        Some(text) => Some(Period::parse(text).ok_or_else(|| {
            Failure::Usage(format!(
                "--period {text}: expected 2026, 2026-11, 2026-11-05 or two of them with .. between"
            ))
        })?),
        None => None,
    };
    let pair = |text: &String| {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("--where {text}: expected DIM=VALUE")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    Ok(Asked {
        at: at(words.at.as_deref())?,
        period,
        equals: words
            .equals
            .iter()
            .map(pair)
            .collect::<Result<_, Failure>>()?,
        ..Asked::default()
    })
}

async fn tell(platform: &Platform, words: &Words, asked: &Asked) -> Result<(), Failure> {
    let measure = named(platform, &words.id)?;
    let reader = platform.reader(words.person.as_deref(), Some("measure"));
    let now = platform.records.clock().now();
    let told = measure::told(&reader, measure, asked, &words.by, now).await?;
    let address = if words.receipt {
        keep(platform, &reader, &told).await?
    } else {
        None
    };
    if words.json {
        let mut value = json!(told);
        if let Some(object) = value.as_object_mut() {
            let address = address.map(|id| format!("/api/receipts/{id}"));
            object.insert("receipt_address".to_owned(), json!(address));
        }
        return out::json(&value);
    }
    as_text(measure, &told)?;
    match address {
        Some(id) => out::line(format!("receipt /receipts/{id}")),
        None if words.receipt => {
            out::say("no receipt: there is no value to come back to");
            Ok(())
        }
        None => Ok(()),
    }
}

fn named<'p>(platform: &'p Platform, name: &str) -> Result<&'p Measure, Failure> {
    let measures = &platform.city.measures;
    let found = measures
        .get(&MeasureId::from(name))
        .or_else(|| measures.values().find(|measure| measure.title == name));
    found.ok_or_else(|| {
        let near = access::nearest(name, measures.keys().map(MeasureId::as_str));
        let hint = match near.first() {
            Some(near) => format!("; did you mean `{near}`?"),
            None => String::new(),
        };
        Failure::Input(format!("there is no measure `{name}`{hint}"))
    })
}

async fn keep(
    platform: &Platform,
    reader: &Reader,
    told: &Told,
) -> Result<Option<String>, Failure> {
    let receipt = &told.receipt;
    let Some(kept) = Kept::of(reader, receipt) else {
        return Ok(None);
    };
    let body = kept
        .body()
        .map_err(|error| Failure::Machine(error.to_string()))?;
    let id = Kept::id(&body);
    let value = receipt.figure.value().map(|value| value.to_string());
    let receipts = platform.records.figures();
    receipts
        .keep(&id, &body, value.as_deref(), receipt.asked_at)
        .await?;
    Ok(Some(id))
}

fn as_text(measure: &Measure, told: &Told) -> Result<(), Failure> {
    let figure = &told.receipt.figure;
    let value = figure.value().map_or_else(
        || state(figure).to_owned(),
        |value| format!("{value} {}", measure.unit),
    );
    out::line(format!("{} ({}): {value}", measure.title, measure.id))?;
    out::line(format!("  {}", told.explanation.ko))?;
    if let Some(compare) = &told.compare {
        for (word, change) in [
            ("previous", &compare.previous),
            ("last year", &compare.last_year),
        ] {
            let Some(change) = change else { continue };
            let then = change
                .value
                .map_or_else(|| "unknown".to_owned(), |value| value.to_string());
            let difference = change.difference.map_or_else(String::new, |difference| {
                format!(
                    " ({})",
                    format::difference(difference, measure.digits, &measure.unit, Lang::Ko)
                )
            });
            out::line(format!("  {word}: {then}{difference}"))?;
        }
    }
    if let Some(progress) = &told.progress {
        let by = progress
            .by
            .map_or_else(String::new, |by| format!(" by {by}"));
        out::line(format!("  target: {}{by}", progress.target))?;
    }
    for (dimension, parts) in &told.parts {
        out::line(format!("  by {dimension}:"))?;
        for part in parts.iter().flatten() {
            out::line(format!("    {}: {}", label(part), shown(part)))?;
        }
        if parts.is_none() {
            out::line("    not told: see the figure")?;
        }
    }
    for version in &told.receipt.versions {
        out::line(format!(
            "  from {}, version {}",
            version.dataset, version.version
        ))?;
    }
    out::line(format!("  {}", told.receipt.query))?;
    match &told.receipt.denominator_query {
        Some(query) => out::line(format!("  ÷ {query}")),
        None => Ok(()),
    }
}

fn label(part: &Part) -> &str {
    part.label.as_deref().unwrap_or("(unknown)")
}

fn shown(part: &Part) -> String {
    match part.value {
        Some(value) => value.to_string(),
        None if part.suppressed => "suppressed".to_owned(),
        None => "unknown".to_owned(),
    }
}

fn state(figure: &Figure) -> &'static str {
    match figure {
        Figure::Known { .. } | Figure::Stale { .. } => "known",
        Figure::Unknown { .. } => "unknown",
        Figure::Suppressed => "suppressed",
        Figure::Forbidden { .. } => "forbidden",
        Figure::NotBrokenDown { .. } => "not broken down",
    }
}
