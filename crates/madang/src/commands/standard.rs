//! `madang standard`: which national standard a dataset resembles, what differs, the conforming file and the letter.

use std::path::PathBuf;
use std::process::ExitCode;

use access::{At, Reader, Rows};
use city::{Dataset, Lang, Standard};
use clap::{Args, ValueEnum};
use futures::StreamExt as _;
use quality::standard::{
    Contract, Difference, How, Letter, Resemblance, contract, letter, plan, ranked, resemblance,
};
use quality::{Area, Candidate, Judge, Report};
use serde_json::json;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::load::korean_day;
use crate::jobs::references::references;
use crate::jobs::seen::seen;
use crate::jobs::terms::{names, sentence, value};
use crate::out;
use crate::platform::Platform;

/// A letter's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Tongue {
    /// Korean
    Ko,
    /// English
    En,
}

/// Words of `madang standard`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Dataset by id or Korean title
    dataset: String,
    /// The standard by its id; the one the manifest names, or else the nearest, when absent
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Only the letter to the department
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    letter: Option<Tongue>,
    /// Write the rows as the standard wants them (CSV, UTF-8)
    #[arg(long, value_name = "FILE")]
    conform: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Compares, and tells.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = compare(&platform, words).await;
    platform.close().await;
    outcome
}

async fn compare(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let dataset = platform.dataset(&words.dataset)?;
    let standards = &platform.city.standards;
    if standards.standards.is_empty() {
        return Err(Failure::Input(
            "the city's folder has no standard: standards/<id>.toml declares one".to_owned(),
        ));
    }
    let reader = platform.reader(None, Some("compare with a standard"));
    let seen = seen(&reader, dataset).await?;
    let others = ranked(standards, &seen);
    let named = words.id.as_deref().or_else(|| {
        let own = dataset.standard.as_ref();
        own.map(city::StandardId::as_str)
    });
    let found = match named {
        Some(id) => resemblance(standards, find(platform, id)?, &seen),
        None => others.first().cloned().ok_or_else(|| {
            Failure::Input(format!(
                "dataset `{}` shares no column with any of the {} standards",
                dataset.id,
                standards.standards.len()
            ))
        })?,
    };
    let standard = find(platform, found.standard.as_str())?;
    let judged = judge(platform, &reader, dataset, standard, &found).await?;
    if let Some(path) = &words.conform {
        conform(platform, &reader, (dataset, standard, &found), path).await?;
    }
    tell(
        platform,
        dataset,
        (standard, &found, &others),
        &judged,
        words,
    )?;
    Ok(ExitCode::SUCCESS)
}

fn find<'p>(platform: &'p Platform, id: &str) -> Result<&'p Standard, Failure> {
    let standards = &platform.city.standards.standards;
    standards.get(&city::StandardId::from(id)).ok_or_else(|| {
        let known: Vec<&str> = standards.keys().map(city::StandardId::as_str).collect();
        Failure::Input(format!(
            "there is no standard `{id}`; the city's folder has {}",
            known.join(", ")
        ))
    })
}

/// The standard's checks over the rows in force.
struct Judged {
    report: Report,
    contract: Contract,
}

async fn judge(
    platform: &Platform,
    reader: &Reader,
    dataset: &Dataset,
    standard: &Standard,
    found: &Resemblance,
) -> Result<Judged, Failure> {
    let contract = contract(&platform.city.standards, standard, found, dataset);
    let references = references(platform, &contract.dataset).await?;
    let today = korean_day(platform.records.clock().now());
    let area = Area(platform.city.manifest.bounds);
    let judge = Judge::new(&contract.dataset, &references, area, today);
    let mut answer = reader
        .rows(&Rows {
            dataset: dataset.id.clone(),
            ..Rows::default()
        })
        .await?;
    let mut seq = 0;
    while let Some(batch) = answer.next().await {
        let candidate = Candidate {
            rows: batch?,
            faults: Vec::new(),
            raw: &|_| Vec::new(),
        };
        judge
            .judge(seq, candidate)
            .map_err(|error| Failure::Machine(error.to_string()))?;
        seq += 1;
    }
    Ok(Judged {
        report: judge.finish(&[], today),
        contract,
    })
}

/// Writes the rows as the standard wants them. Written whole, or not at all.
async fn conform(
    platform: &Platform,
    reader: &Reader,
    (dataset, standard, found): (&Dataset, &Standard, &Resemblance),
    path: &std::path::Path,
) -> Result<(), Failure> {
    let plan = plan(&platform.city.standards, standard, found);
    let failed = |error: std::io::Error| {
        Failure::Machine(format!("failed to write {}: {error}", path.display()))
    };
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let part = tempfile::NamedTempFile::new_in(folder.unwrap_or(std::path::Path::new(".")))
        .map_err(failed)?;
    // Spreadsheets tell UTF-8 by its mark.
    std::io::Write::write_all(&mut part.as_file(), "\u{feff}".as_bytes()).map_err(failed)?;
    let mut writer = arrow::csv::WriterBuilder::new()
        .with_header(true)
        .build(part.as_file());
    let mut answer = reader
        .rows(&Rows {
            dataset: dataset.id.clone(),
            at: At::Latest,
            columns: plan.sources(),
            ..Rows::default()
        })
        .await?;
    let shape = |error: arrow::error::ArrowError| Failure::Machine(error.to_string());
    let mut rows = 0;
    while let Some(batch) = answer.next().await {
        let batch = plan.rows(&batch?).map_err(shape)?;
        rows += batch.num_rows();
        writer
            .write(&interop::downloads::without_formulas(&batch))
            .map_err(shape)?;
    }
    drop(writer);
    part.as_file().sync_all().map_err(failed)?;
    part.persist(path).map_err(|error| failed(error.error))?;
    out::say(format!("{rows} rows written to {}", path.display()));
    Ok(())
}

/// What the common standard terms say of the columns' names.
fn beside_terms(told: &[String]) -> Result<(), Failure> {
    if told.is_empty() {
        return Ok(());
    }
    out::line("\nnames beside the common standard terms:")?;
    told.iter()
        .try_for_each(|line| out::line(format!("  {line}")))
}

fn tell(
    platform: &Platform,
    dataset: &Dataset,
    (standard, found, others): (&Standard, &Resemblance, &[Resemblance]),
    judged: &Judged,
    words: &Words,
) -> Result<(), Failure> {
    if let Some(tongue) = words.letter {
        return out::line(written(
            platform,
            dataset,
            (standard, found),
            judged,
            tongue,
        ));
    }
    let names = names(&platform.city.standards.terms, dataset);
    if words.json {
        return out::json(&json!({
            "dataset": dataset.id,
            "standard": found,
            "others": others.iter().map(|other| json!({"id": other.standard, "score": other.score})).collect::<Vec<_>>(),
            "checks": judged.report.checks,
            "terms": names.iter().map(|(name, verdict)| value(name, verdict)).collect::<Vec<_>>(),
            "unjudged": judged.contract.unjudged.iter().map(|one| json!({"check": one.check, "columns": one.columns})).collect::<Vec<_>>(),
        }));
    }
    for other in others {
        let title = find(platform, other.standard.as_str())?.title.clone();
        out::line(format!(
            "{:>5.1} %  {}  {title}",
            other.score * 100.0,
            other.standard
        ))?;
    }
    out::line(format!(
        "\n{} beside `{}` ({}): {} of {} columns",
        dataset.id,
        standard.id,
        standard.title,
        found.matched(),
        found.columns.len()
    ))?;
    for own in &found.columns {
        let from = own.from.as_deref().unwrap_or("–");
        out::line(format!("  {:<28} {from:<24} {}", own.column, how(&own.how)))?;
    }
    let wrong = judged
        .report
        .checks
        .iter()
        .filter(|counted| counted.errors > 0);
    for counted in wrong {
        out::line(format!(
            "  {} {}: {} of {}",
            counted.column.as_deref().unwrap_or("row"),
            counted.check,
            counted.errors,
            counted.diagnosed
        ))?;
    }
    for one in &judged.contract.unjudged {
        out::line(format!(
            "  not judged: {} of {}",
            one.check,
            one.columns.join(", ")
        ))?;
    }
    let told = names.iter();
    let told = told.filter_map(|(name, verdict)| sentence(name, verdict));
    beside_terms(&told.collect::<Vec<_>>())?;
    let missing = found
        .differences
        .iter()
        .filter(|difference| matches!(difference, Difference::Missing { .. }))
        .count();
    out::say(format!(
        "{} differences, {missing} of them columns that are missing; --letter ko says them to the department",
        found.differences.len()
    ));
    Ok(())
}

fn how(how: &How) -> String {
    match how {
        How::Exact { written } => format!("exact ({written})"),
        How::Synonym { written } => format!("synonym ({written})"),
        How::Content {
            written,
            check,
            fits,
            of,
        } => format!("by content ({written}: {check} fits {fits} of {of})"),
        How::None => "not found".to_owned(),
    }
}

fn written(
    platform: &Platform,
    dataset: &Dataset,
    (standard, found): (&Standard, &Resemblance),
    judged: &Judged,
    tongue: Tongue,
) -> String {
    let lang = match tongue {
        Tongue::Ko => Lang::Ko,
        Tongue::En => Lang::En,
    };
    let said = |ko: &str, en: Option<&str>| match (lang, en) {
        (Lang::En, Some(en)) => en.to_owned(),
        _ => ko.to_owned(),
    };
    let department = platform.city.department(&dataset.department);
    let department = department.map_or_else(
        || dataset.department.to_string(),
        |own| said(&own.title, Some(&own.title_en)),
    );
    letter(
        &Letter {
            dataset: &said(&dataset.title, dataset.title_en.as_deref()),
            department: &department,
            standard,
            resemblance: found,
            counted: &judged.report.checks,
        },
        lang,
    )
}
