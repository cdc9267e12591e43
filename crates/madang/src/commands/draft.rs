//! `madang draft`: reads a file, proposes a dataset manifest, says what it was unsure of.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use city::CityManifest;
use clap::Args;
use indicatif::ProgressBar;
use ingest::draft::{self, About, Draft, Guide};
use ingest::origin::Input;
use sources::harvest::Site;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::offers::Drafter;
use crate::out;

/// Words of `madang draft`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The file: CSV, XLSX, XLS, JSON, NDJSON, XML, GeoJSON, Shapefile, Parquet, or a ZIP of one; or the address of one,
    /// or of a dataset's page on a CKAN site or another Madang
    file: PathBuf,
    /// The dataset's id; made from the file's name when absent
    #[arg(long)]
    id: Option<String>,
    /// Its Korean title; made from the file's name when absent
    #[arg(long)]
    title: Option<String>,
    /// The field it goes into; the city's first when absent
    #[arg(long)]
    field: Option<String>,
    /// The department that owns it; the city's first when absent
    #[arg(long)]
    department: Option<String>,
    /// Write the manifest here instead of to standard output; never over another file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What the city around the file says, if there is one.
pub(crate) struct Around {
    pub(crate) manifest: Option<CityManifest>,
    inbox: Option<PathBuf>,
}

/// Drafts a manifest.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let around = around(&config.city.value)?;
    if let Some(url) = address(&words.file) {
        return elsewhere(&config, around, url, words).await;
    }
    if !words.file.is_file() {
        return Err(Failure::Input(format!(
            "{}: there is no such file",
            words.file.display()
        )));
    }
    if let Some(out) = words.out.as_deref().filter(|out| out.exists()) {
        return Err(taken(out));
    }
    let mut assumed = Vec::new();
    let guide = guide(words, &around, &mut assumed);
    let input = Input {
        name: words
            .file
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        path: words.file.clone(),
    };
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(200));
    spinner.set_message(format!("reading {}", input.name));
    let drafted = draft::draft(&input, &guide, &|rows| {
        spinner.set_message(format!("reading {}: {rows} rows", input.name));
    });
    spinner.finish_and_clear();
    let drafted = drafted.map_err(|faults| Failure::faults(&faults))?;
    give(&drafted, &assumed, words.out.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

/// The address, if it is one of the web.
fn address(file: &Path) -> Option<&str> {
    let text = file.to_str()?;
    (text.starts_with("http://") || text.starts_with("https://")).then_some(text)
}

/// Drafts what lies behind an address: a file, or a dataset of a catalogue.
async fn elsewhere(
    config: &Config,
    around: Around,
    url: &str,
    words: &Words,
) -> Result<ExitCode, Failure> {
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(200));
    let (field, department) = (words.field.clone(), words.department.clone());
    let drafter = Drafter::new(config, around, field, department, spinner.clone());
    let own = drafter.own(words.id.clone(), words.title.clone());
    let site = Site::read(url);
    let drafted = if site.dataset.is_some() && ending(url).is_none() {
        one_of(&drafter, &site, &own).await
    } else {
        drafter.file(url, own).await
    };
    spinner.finish_and_clear();
    give(&drafted?, &[], words.out.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

/// The ending of a file's name in an address.
fn ending(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    path.rsplit('/')
        .next()?
        .rsplit_once('.')
        .map(|(_, ending)| ending)
}

/// The one draft that a dataset's page can mean.
async fn one_of(drafter: &Drafter, site: &Site, own: &Guide) -> Result<Draft, Failure> {
    let offers = drafter.offers(site).await?;
    let offer = offers
        .first()
        .ok_or_else(|| Failure::Input(format!("{}: there is no such dataset", site.url)))?;
    let mut parts = Drafter::parts(site, offer)?;
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => drafter.draft(site, offer, part, Some(own), false).await,
        _ => Err(Failure::Input(format!(
            "{}: `{}` has several files: give the address of one (.../resource/ID), or draft all with `madang harvest URL --out FOLDER`",
            site.url, offer.provenance.dataset
        ))),
    }
}

/// Hands a draft over, and says what to know of it.
fn give(drafted: &Draft, assumed: &[String], path: Option<&Path>) -> Result<(), Failure> {
    match path {
        Some(path) => {
            write(path, &drafted.manifest)?;
            out::line(path.display().to_string())?;
        }
        None => out::line(drafted.manifest.trim_end())?,
    }
    tell(drafted, assumed);
    Ok(())
}

/// Says what was found and what is unsure.
pub(crate) fn tell(drafted: &Draft, assumed: &[String]) {
    for line in &drafted.found {
        out::say(format!("found: {line}"));
    }
    for line in drafted.unsure.iter().chain(assumed) {
        out::say(format!("unsure: {line}"));
    }
    out::say(format!(
        "next: read the draft through, put it below datasets/<field>/{}.toml, then madang check && madang load {0}",
        drafted.id
    ));
}

/// Reads `city.toml` where there is one; a draft needs no city.
pub(crate) fn around(folder: &Path) -> Result<Around, Failure> {
    let file = folder.join("city.toml");
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Ok(Around {
            manifest: None,
            inbox: None,
        });
    };
    let (manifest, faults) = city::read::manifest_text(&file, &text);
    if !faults.is_empty() {
        return Err(Failure::faults(&faults));
    }
    let inbox = manifest
        .as_ref()
        .and_then(|manifest| folder.join(&manifest.inbox).canonicalize().ok());
    Ok(Around { manifest, inbox })
}

fn guide(words: &Words, around: &Around, assumed: &mut Vec<String>) -> Guide {
    let manifest = around.manifest.as_ref();
    let mut or_first = |given: &Option<String>, first: Option<String>, what: &str| {
        given.clone().unwrap_or_else(|| {
            let word = first.unwrap_or_else(|| what.to_owned());
            assumed.push(format!(
                "the {what} `{word}` was assumed; name another with --{what}"
            ));
            word
        })
    };
    let field = or_first(
        &words.field,
        manifest
            .and_then(|city| city.fields.first())
            .map(|field| field.id.to_string()),
        "field",
    );
    let department = or_first(
        &words.department,
        manifest
            .and_then(|city| city.departments.first())
            .map(|department| department.id.to_string()),
        "department",
    );
    let below = words.file.canonicalize().ok().and_then(|path| {
        let inbox = around.inbox.as_ref()?;
        Some(
            path.strip_prefix(inbox)
                .ok()?
                .to_string_lossy()
                .into_owned(),
        )
    });
    if below.is_none() {
        assumed.push("the file does not lie in the city's inbox: put it there, and correct `source.path` to where it lies".to_owned());
    }
    Guide {
        id: words.id.clone(),
        title: words.title.clone(),
        field,
        department,
        path: below.as_deref().map(draft::source_path),
        crs: manifest.map_or_else(|| "EPSG:5186".to_owned(), |city| city.crs.clone()),
        bounds: manifest.map_or(ingest::place::guess::KOREA, |city| city.bounds),
        about: About::default(),
    }
}

/// Writes a draft, never over another file.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::Machine(format!("failed to write {}: {error}", path.display()))
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| {
            if error.kind() == std::io::ErrorKind::AlreadyExists {
                taken(path)
            } else {
                failed(error)
            }
        })?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn taken(path: &Path) -> Failure {
    Failure::Input(format!(
        "{}: there is a file already; name another, or take that one away",
        path.display()
    ))
}
