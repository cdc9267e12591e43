//! Step 3: rows of the door go through the recipe. The result lies apart from data; what came in is gone at once.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use access::{Person, Purpose, Rows};
use chrono::SecondsFormat;
use city::calendar::korean_day;
use city::{Dataset, PrivacyClass, Recipe};
use privacy::anonymity::verify::{Ask, verify};
use privacy::pseudonym::case::{Act, Case, Measured, Refusal, Step};
use privacy::pseudonym::{
    Failed, FileAnswers, FileVault, KeyFolder, KeyStore as _, Machine, Means, Outcome, Vault,
    process,
};
use records::State;
use sha2::{Digest as _, Sha256};

use super::{Office, Refused, output, promised};
use crate::commands::privacy::pseudonymise::write::Sink;
use crate::commands::privacy::pseudonymise::{failure, hex, key, ladders, names, read, sha256};
use crate::commands::privacy::table::failure as trouble;
use crate::exit::Failure;
use crate::jobs::release::write;
use crate::platform::Platform;

/// Name of a folder that rows lie in while they are processed, in front of what chance adds.
const MAKING: &str = ".making-";
/// Most memory for columns that must be seen whole.
const MEMORY_MAX: usize = 1 << 30;

impl Office<'_> {
    /// Carries the recipe out, and records it. Killed meanwhile it leaves no event: done again it makes the same bytes.
    pub(crate) async fn process(&self, mut case: Case, by: &str) -> Result<Step, Refused> {
        let recipe = self.recipe(&case.project)?;
        self.may_process(&case, &recipe)?;
        let jobs = self.platform.records.jobs();
        let job = jobs.start("pseudonymise", Some(&recipe.dataset)).await?;
        let done = match self.processed(&recipe, by).await {
            Ok(act) => self.record(&mut case, by, act).await,
            Err(failure) => Err(failure.into()),
        };
        if done.is_ok() {
            // A result that was sent back is nobody's any more.
            self.keep_only(&case)?;
        }
        let (state, said) = match &done {
            Ok(_) => (State::Done, format!("{}: processed", case.project)),
            Err(Refused::Case(refusal)) => (State::Refused, refusal.to_string()),
            Err(Refused::Forbidden { en, .. }) => (State::Refused, (*en).to_owned()),
            Err(Refused::Failed(failure)) => (State::Failed, failure.message().to_owned()),
        };
        jobs.finish(job.id, state, said).await?;
        done
    }

    /// Asked before anything is read: not every step and every day allows it, nor a recipe that was changed since.
    fn may_process(&self, case: &Case, recipe: &Recipe) -> Result<(), Refused> {
        let step = case.step();
        if step != Step::Processing {
            return Err(Refused::Case(Refusal::WrongStep {
                act: "가명처리 완료",
                step,
                belongs: "가명처리",
            }));
        }
        let day = korean_day(self.platform.records.clock().now());
        if let Some((from, to)) = case.period().filter(|(from, to)| day < *from || day > *to) {
            return Err(Refused::Case(Refusal::OutsidePeriod { day, from, to }));
        }
        let prepared = case.events.iter().rev().find_map(|event| match &event.act {
            act @ Act::Prepare { .. } => Some(act),
            _ => None,
        });
        if Case::prepared(recipe).as_ref() != prepared {
            return Err(Refused::Failed(Failure::Input(format!(
                "projects/{}.toml says another purpose, recipient, period or reviewers than what was prepared; put it back, or end this project and begin another",
                case.project
            ))));
        }
        Ok(())
    }

    fn keep_only(&self, case: &Case) -> Result<(), Failure> {
        let kept = output(case).map(|sha256| self.result(&case.project, sha256));
        for entry in fs::read_dir(self.results(&case.project))? {
            let path = entry?.path();
            let is_result = path.extension().is_some_and(|ending| ending == "csv");
            if is_result && Some(&path) != kept.as_ref() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    async fn processed(&self, recipe: &Recipe, by: &str) -> Result<Act, Failure> {
        let platform = self.platform;
        let dataset = platform.dataset(recipe.dataset.as_str())?.clone();
        let results = self.results(&recipe.id);
        own_folder(&results)?;
        // Of one that was killed, rows as they came may lie here still.
        swept(&results, Duration::ZERO)?;
        // Rows as they came lie here for as long as it takes, for their owner alone.
        let staging = tempfile::Builder::new()
            .prefix(MAKING)
            .tempdir_in(&results)?;
        let input = staging.path().join("input.csv");
        let purpose = Purpose::new(&format!("가명처리 {}", recipe.id));
        let reader = platform.door.reader(Person::operator(by), purpose);
        let question = Rows {
            dataset: dataset.id.clone(),
            columns: recipe
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            ..Rows::default()
        };
        let answer = reader.rows(&question).await?;
        let version = answer.versions.first().map(|(_, version)| *version);
        let names = question.columns.clone();
        write::file(answer, names, &input).await?;
        let at = platform
            .records
            .clock()
            .now()
            .to_rfc3339_opts(SecondsFormat::Secs, true);
        let work = Work {
            platform: platform.clone(),
            recipe: recipe.clone(),
            dataset,
            at,
            input,
            out: staging.path().join("out.csv"),
        };
        let (outcome, measured, input, output, out) =
            tokio::task::spawn_blocking(move || work.run())
                .await
                .map_err(|error| Failure::Machine(error.to_string()))??;
        let to = self.result(&recipe.id, &output);
        fs::rename(&out, &to)?;
        fs::File::open(&results)?.sync_all()?;
        let text = serde_json::to_string(recipe).unwrap_or_default();
        Ok(Act::Process {
            recipe: hex(Sha256::digest(text.as_bytes()).as_slice()),
            key_version: outcome.key_version,
            key_fingerprint: outcome.key_fingerprint,
            input,
            output,
            rows: outcome.rows_written,
            version,
            measured,
        })
    }
}

/// What a run made: what was done, how far rows stand out, the hashes of what came in and out, and where that is.
type Ran = (Outcome, Option<Measured>, String, String, PathBuf);

/// The blocking half.
struct Work {
    platform: Platform,
    recipe: Recipe,
    dataset: Dataset,
    at: String,
    input: PathBuf,
    out: PathBuf,
}

impl Work {
    fn run(self) -> Result<Ran, Failure> {
        let recipe = &self.recipe;
        let ladders = ladders(recipe, &self.platform.city.folder)?;
        let folder = self.platform.beside("keys");
        let keys = KeyFolder::open(&folder).map_err(|error| failure(error.into()))?;
        let is_new = !keys
            .history()
            .iter()
            .any(|event| event.project == recipe.id && event.version == recipe.key_version);
        let key = key(&folder, recipe, is_new, self.at)?;
        let vault: RefCell<FileVault> =
            RefCell::new(FileVault::new(&self.platform.beside("vault"), Machine));
        let vault: &RefCell<dyn Vault> = &vault;
        let mut answers = FileAnswers::open(&folder, &recipe.id).map_err(failure)?;
        let names = names(Some(&self.dataset));
        let mut means = Means {
            key: &key,
            vault: Some(vault),
            answers: Some(&mut answers),
            ladders: &ladders,
            names: &names,
            memory_max: MEMORY_MAX,
        };
        let mut source = read::open(&self.input, None)?;
        let mut sink = Sink::create(&self.out)?;
        let outcome = process(recipe, &mut source, &mut means, &mut |row| {
            sink.row(row).map_err(Failed::from)
        })
        .map_err(failure)?;
        let output = sink.finish()?;
        let measured = measured(recipe, &self.dataset, &self.out)?;
        Ok((outcome, measured, sha256(&self.input)?, output, self.out))
    }
}

/// How far rows of a file stand out by the columns that help to tell a person apart and were not replaced by chance or
/// a key. Nothing where no such column leaves.
fn measured(recipe: &Recipe, dataset: &Dataset, file: &Path) -> Result<Option<Measured>, Failure> {
    if recipe.counts.is_some() {
        return Ok(None);
    }
    let helps = |name: &str| {
        dataset.column(name).is_some_and(|column| {
            !matches!(column.privacy, PrivacyClass::None | PrivacyClass::Sensitive)
        })
    };
    let quasi: Vec<String> = promised(recipe)
        .into_iter()
        .filter(|own| !own.is_made && helps(&own.name))
        .map(|own| own.name)
        .collect();
    if quasi.is_empty() {
        return Ok(None);
    }
    let found = verify(&Ask {
        file,
        delimiter: b',',
        quasi: &quasi,
        sensitive: None,
        models: &[],
        original: None,
        population: None,
        tree: None,
    })
    .map_err(trouble)?;
    Ok(Some(Measured {
        quasi,
        rows: found.rows,
        classes: found.classes,
        smallest: found.min_class,
        alone: found.alone,
    }))
}

/// Takes away what a program left that was killed while it processed.
pub(super) fn swept(results: &Path, older_than: Duration) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(results) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let is_left = entry.file_name().to_string_lossy().starts_with(MAKING);
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if is_left && age >= older_than {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A folder for its owner alone.
fn own_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
