//! `madang privacy pseudonymise`: a recipe carried out over a file.

pub(crate) mod read;
pub(crate) mod write;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{NaiveDate, SecondsFormat};
use city::calendar::korean_day;
use city::{City, Dataset, Fault, Recipe};
use clap::Args;
use privacy::anonymity::hierarchy;
use privacy::pseudonym::{
    Failed, FileAnswers, FileVault, Key, KeyAct, KeyError, KeyFolder, KeyStore as _, Ladder,
    Machine, Means, Outcome, Vault, process,
};
use records::{Clock as _, SystemClock};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::read_city;

/// Words of `madang privacy pseudonymise`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The project's recipe: `projects/<id>.toml` of a city
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// The rows: CSV in UTF-8 or CP949, or any kind of file that a dataset can come in
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Where the result goes: CSV; never over another file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Folder of keys; beside the data folder when absent
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Folder of the vault of tokens; beside the data folder when absent
    #[arg(long, value_name = "DIR")]
    vault: Option<PathBuf>,
    /// Make the project's next key first; its version must be the recipe's
    #[arg(long)]
    new_key: bool,
    /// Most memory for columns that must be seen whole, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    memory: usize,
    /// What was done, as one JSON object
    #[arg(long)]
    json: bool,
}

/// What was done, and with which bytes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'r> {
    recipe: String,
    recipe_sha256: String,
    input: String,
    input_sha256: String,
    out: String,
    out_sha256: String,
    purpose: &'static str,
    recipient: &'r str,
    period: &'r city::recipe::Period,
    reviewers: &'r [String],
    #[serde(flatten)]
    outcome: &'r Outcome,
}

/// Carries the recipe out.
pub(crate) fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let now = SystemClock.now();
    let text = std::fs::read_to_string(&words.recipe).map_err(|error| {
        Failure::Input(format!(
            "{}: cannot be read: {error}",
            words.recipe.display()
        ))
    })?;
    let city = around(&words.recipe, &config.city.value)?;
    let (recipe, dataset) = recipe(&words.recipe, &text, city.as_ref())?;
    in_period(&words.recipe, &recipe, korean_day(now))?;
    let ladders = ladders(&recipe, &base(&words.recipe, city.as_ref()))?;
    let keys = words
        .keys
        .clone()
        .unwrap_or_else(|| beside(&config, "keys"));
    let vault = words
        .vault
        .clone()
        .unwrap_or_else(|| beside(&config, "vault"));
    let at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let key = key(&keys, &recipe, words.new_key, at)?;
    let before = sha256(&words.input)?;
    let mut source = read::open(&words.input, dataset)?;
    let vault: RefCell<FileVault> = RefCell::new(FileVault::new(&vault, Machine));
    let vault: &RefCell<dyn Vault> = &vault;
    let mut answers = FileAnswers::open(&keys, &recipe.id).map_err(failure)?;
    let names = names(dataset);
    let mut means = Means {
        key: &key,
        vault: Some(vault),
        answers: Some(&mut answers),
        ladders: &ladders,
        names: &names,
        memory_max: words.memory.saturating_mul(1 << 20),
    };
    let mut sink = write::Sink::create(&words.out)?;
    let outcome = process(&recipe, &mut source, &mut means, &mut |row| {
        sink.row(row).map_err(Failed::from)
    })
    .map_err(failure)?;
    if sha256(&words.input)? != before {
        return Err(Failure::Input(format!(
            "{}: the file changed while it was read; nothing was written; try again",
            words.input.display()
        )));
    }
    let out_sha256 = sink.finish()?;
    let report = Report {
        recipe: words.recipe.display().to_string(),
        recipe_sha256: hex(Sha256::digest(text.as_bytes()).as_slice()),
        input: words.input.display().to_string(),
        input_sha256: before,
        out: words.out.display().to_string(),
        out_sha256,
        purpose: recipe.purpose.korean(),
        recipient: &recipe.recipient,
        period: &recipe.period,
        reviewers: &recipe.reviewers,
        outcome: &outcome,
    };
    tell(&report, words.json)?;
    Ok(ExitCode::SUCCESS)
}

/// The city that the recipe stands in, or the one that was named; none where there is none.
fn around(recipe: &Path, named: &Path) -> Result<Option<City>, Failure> {
    let own = recipe.parent().map(|folder| folder.join(".."));
    let folders = own.into_iter().chain([named.to_owned()]);
    for folder in folders {
        if folder.join("city.toml").is_file() {
            return read_city(&folder).map(Some);
        }
    }
    out::say(
        "unsure: the recipe stands in no city's folder, so whether the rows have more columns that tell persons apart was not checked",
    );
    Ok(None)
}

/// The recipe, and its dataset where a city has it.
fn recipe<'c>(
    file: &Path,
    text: &str,
    city: Option<&'c City>,
) -> Result<(Recipe, Option<&'c Dataset>), Failure> {
    let (recipe, faults) = city::read::recipe_text(file, text, None);
    let recipe = recipe.ok_or_else(|| Failure::faults(&faults))?;
    let Some(city) = city else {
        return Ok((recipe, None));
    };
    let Some(dataset) = city.datasets.get(&recipe.dataset) else {
        return Err(Failure::Input(format!(
            "{}: there is no dataset `{}` in the city",
            file.display(),
            recipe.dataset
        )));
    };
    let (_, faults) = city::read::recipe_text(file, text, Some(dataset));
    if faults.is_empty() {
        Ok((recipe, Some(dataset)))
    } else {
        Err(Failure::faults(&faults))
    }
}

/// Behind its period a project's data are destroyed and not made again.
fn in_period(file: &Path, recipe: &Recipe, today: NaiveDate) -> Result<(), Failure> {
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    if day(&recipe.period.to).is_some_and(|last| today > last) {
        let what = format!("the period ended on {}", recipe.period.to);
        let fault = Fault::at(file, what).remedy(
            "destroy what was made and its key (`madang privacy key destroy`), or have a new period reviewed",
        );
        return Err(Failure::faults(&[fault]));
    }
    if day(&recipe.period.from).is_some_and(|first| today < first) {
        out::say(format!(
            "unsure: the period begins on {}; hand nothing over before",
            recipe.period.from
        ));
    }
    Ok(())
}

/// Folder that a recipe's hierarchies lie below.
fn base(recipe: &Path, city: Option<&City>) -> PathBuf {
    let own = || recipe.parent().unwrap_or(Path::new("")).to_owned();
    city.map_or_else(own, |city| city.folder.clone())
}

pub(crate) fn ladders(recipe: &Recipe, base: &Path) -> Result<HashMap<String, Ladder>, Failure> {
    let mut ladders = HashMap::new();
    let techniques = recipe
        .columns
        .iter()
        .flat_map(city::recipe::RecipeColumn::techniques);
    for name in techniques.filter_map(city::recipe::Technique::hierarchy) {
        let tree = hierarchy::read(&base.join(name))
            .map_err(|trouble| Failure::Input(trouble.to_string()))?;
        ladders.insert(name.to_owned(), Ladder::from(&tree));
    }
    Ok(ladders)
}

/// The folder of this name beside the data folder: apart from data, and found again.
pub(super) fn beside(config: &Config, name: &str) -> PathBuf {
    let mut path = config.data.value.clone().into_os_string();
    path.push(format!("-{name}"));
    path.into()
}

pub(crate) fn key(folder: &Path, recipe: &Recipe, new: bool, at: String) -> Result<Key, Failure> {
    let mut keys = KeyFolder::open(folder).map_err(|error| failure(error.into()))?;
    if new {
        let versions = keys
            .history()
            .iter()
            .filter(|event| event.project == recipe.id);
        let next = versions
            .map(|event| event.version)
            .max()
            .unwrap_or_default()
            + 1;
        if next != recipe.key_version {
            return Err(Failure::Input(format!(
                "the next key of project `{}` is version {next}, and the recipe asks for version {}; write `key-version = {next}` into it, or leave --new-key out",
                recipe.id, recipe.key_version
            )));
        }
        let act = KeyAct {
            at,
            by: recipe.processor.clone(),
            reason: recipe.title.clone(),
        };
        keys.make(&recipe.id, &act, &mut Machine)
            .map_err(|error| failure(error.into()))?;
        out::say(format!(
            "made version {next} of the key of project `{}` in {}; keep a copy apart from the data",
            recipe.id,
            folder.display()
        ));
    }
    keys.key(&recipe.id, recipe.key_version)
        .map_err(|error| failure(error.into()))
}

/// Names that the manifest gives a column beside its own.
pub(crate) fn names(dataset: Option<&Dataset>) -> HashMap<String, Vec<String>> {
    let columns = dataset.into_iter().flat_map(|dataset| &dataset.columns);
    columns
        .map(|column| {
            let others = vec![column.source_name().to_owned(), column.title.clone()];
            (column.name.clone(), others)
        })
        .collect()
}

pub(crate) fn sha256(path: &Path) -> Result<String, Failure> {
    let told = |error: std::io::Error| Failure::Input(format!("{}: {error}", path.display()));
    let mut file = File::open(path).map_err(told)?;
    let (mut digest, mut block) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        let length = file.read(&mut block).map_err(told)?;
        if length == 0 {
            return Ok(hex(digest.finalize().as_slice()));
        }
        digest.update(block.get(..length).unwrap_or_default());
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a failure of the room is told.
pub(crate) fn failure(failed: Failed) -> Failure {
    match failed {
        Failed::Input(faults) => Failure::faults(&faults),
        Failed::Key(KeyError::Store(message)) | Failed::Machine(message) => {
            Failure::Machine(message)
        }
        Failed::Key(error) => Failure::Input(error.to_string()),
    }
}

fn tell(report: &Report<'_>, json: bool) -> Result<(), Failure> {
    if json {
        return out::json(report);
    }
    let outcome = report.outcome;
    out::line(format!(
        "{}: read {} = written {} + deleted {} + not sampled {}",
        outcome.project,
        outcome.rows_read,
        outcome.rows_written,
        outcome.rows_deleted,
        outcome.rows_not_sampled
    ))?;
    for column in &outcome.columns {
        out::line(format!(
            "  {}: {} ({}); {} cells, {} unchanged",
            column.name,
            column.techniques.join(", "),
            column.techniques_ko.join(", "),
            column.cells,
            column.cells_unchanged
        ))?;
    }
    if !outcome.left_out.is_empty() {
        out::line(format!("  left out: {}", outcome.left_out.join(", ")))?;
    }
    if let (Some(epsilon), Some(spent)) = (outcome.epsilon, outcome.epsilon_spent) {
        out::line(format!(
            "  epsilon {epsilon}; of the project so far {spent}"
        ))?;
    }
    out::say(format!(
        "key version {} ({}); next: another person reviews whether the result is adequate",
        outcome.key_version, outcome.key_fingerprint
    ));
    Ok(())
}
