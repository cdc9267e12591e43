//! The whole city made, fetched, decoded and judged in memory. What is derived is asked of tables, which are not here:
//! the binary's tests see to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::NaiveDate;
use city::check::Check;
use city::dataset::{Source, Take};
use city::{City, Dataset};
use demo::outside::Kinds;
use demo::{Plan, Planted};
use ingest::{Block, Input, Sink, SinkError};
use quality::{Area, Candidate, Judge, References};
use sources::{Call, Delivered, FetchContext, FetchError, Fetched, Quota};

/// Where a fault stands and what finds it: dataset, file, row, check.
pub(crate) type Fault = (String, String, u64, String);
/// Faults with the column each was planted or found in; a check of several columns names none.
pub(crate) type Faults = BTreeMap<Fault, Option<String>>;

/// The city after one load of everything.
pub(crate) struct Town {
    pub(crate) seed: u64,
    pub(crate) city: City,
    pub(crate) planted: Planted,
    pub(crate) found: Faults,
    /// Rows read by dataset.
    pub(crate) rows: BTreeMap<String, u64>,
    /// Accepted rows by dataset.
    pub(crate) tables: BTreeMap<String, Vec<RecordBatch>>,
    folder: tempfile::TempDir,
    loaded: BTreeSet<(String, Vec<u8>)>,
}

/// The city's manifests as they are without servers of other programs; every fault of them fails the test.
pub(crate) fn city() -> City {
    let folder = tempfile::tempdir().unwrap();
    demo::unfold(folder.path(), &Kinds::new()).unwrap();
    let (city, faults) = city::read::city(folder.path());
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    city.unwrap()
}

/// Whether a dataset is made of others.
pub(crate) fn is_derived(dataset: &Dataset) -> bool {
    matches!(dataset.source, Source::Derived(_) | Source::Platform(_))
}

/// Whether the platform makes it of what it knows of itself.
pub(crate) fn is_own(dataset: &Dataset) -> bool {
    matches!(dataset.source, Source::Platform(_))
}

/// The plan of a seed.
pub(crate) fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        scale: 1,
        today: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
        minute: 0,
    }
}

/// Two cities, each loaded once: a fault must be found wherever chance puts it.
pub(crate) static TOWNS: [LazyLock<Town>; 2] = [
    LazyLock::new(|| Town::load(2026)),
    LazyLock::new(|| Town::load(7)),
];

impl Town {
    /// Makes the city of a seed and loads it.
    pub(crate) fn load(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plan = plan(seed);
        let planted = demo::write(
            &plan,
            &folder.path().join("inbox"),
            &Kinds::new(),
            &|_, _, _| {},
        )
        .unwrap();
        let mut town = Self {
            seed,
            planted,
            found: Faults::new(),
            rows: BTreeMap::new(),
            tables: BTreeMap::new(),
            city: city(),
            folder,
            loaded: BTreeSet::new(),
        };
        let fetched = fetched(&town.city, plan, town.folder.path());
        town.judge_all(&fetched, plan.today);
        town
    }

    /// What a later day brings, loaded; only that day's faults and rows are kept.
    pub(crate) fn deliver(&mut self, today: NaiveDate) {
        let plan = Plan {
            today,
            ..plan(self.seed)
        };
        self.planted =
            demo::deliver(&plan, &self.folder.path().join("inbox"), &Kinds::new()).unwrap();
        self.found.clear();
        self.rows.clear();
        self.judge_all(&BTreeMap::new(), today);
        // A register that says what it said is not loaded again.
        let rows = &self.rows;
        let is_loaded = |dataset: &String| rows.contains_key(dataset);
        self.planted
            .faults
            .retain(|fault| is_loaded(&fault.dataset));
        self.planted.rows.retain(|dataset, _| is_loaded(dataset));
    }

    fn judge_all(&mut self, fetched: &BTreeMap<String, Vec<Input>>, today: NaiveDate) {
        let inbox = self.folder.path().join("inbox");
        for dataset in order(&self.city) {
            let mut inputs = match &dataset.source {
                Source::File(source) => files(&inbox, &source.path, source.take),
                _ => fetched
                    .get(dataset.id.as_str())
                    .cloned()
                    .unwrap_or_default(),
            };
            // As the platform does: bytes that it holds already are left out.
            inputs.retain(|input| {
                let bytes = std::fs::read(&input.path).unwrap();
                self.loaded.insert((dataset.id.to_string(), bytes))
            });
            if !inputs.is_empty() {
                self.judge(&dataset, &inputs, today);
            }
        }
    }

    fn judge(&mut self, dataset: &Dataset, inputs: &[Input], today: NaiveDate) {
        let bounds = self.city.manifest.bounds;
        let judge = Judge::new(dataset, &self.references(dataset), Area(bounds), today);
        let shelf = Shelf {
            judge: &judge,
            dataset: dataset.id.as_str(),
            kept: Mutex::default(),
        };
        let crs = self.city.manifest.crs.clone();
        let read = ingest::decode(dataset, &crs, inputs, 1, &shelf);
        let read = read.unwrap_or_else(|error| panic!("{}: {error:?}", dataset.id));
        let (batches, faults) = shelf.kept.into_inner().unwrap();
        let id = dataset.id.as_str().to_owned();
        self.rows.insert(id.clone(), read.rows_read);
        self.tables.insert(id, batches);
        self.found.extend(faults);
    }

    fn references(&self, dataset: &Dataset) -> References {
        let checks = dataset.columns.iter().flat_map(|column| &column.checks);
        let named = checks.filter_map(|check| match check {
            Check::RefersTo(other) => Some(other),
            _ => None,
        });
        let mut references = References::new();
        for other in named {
            let id = other.dataset.to_string();
            let values = self.column(&id, &other.column).into_iter().collect();
            references.insert((id, other.column.clone()), Arc::new(values));
        }
        references
    }

    /// The accepted values of a column, in order; empty cells are empty texts.
    pub(crate) fn column(&self, dataset: &str, column: &str) -> Vec<String> {
        let options = FormatOptions::default();
        let mut values = Vec::new();
        for batch in &self.tables[dataset] {
            let array = batch.column_by_name(column).unwrap();
            let shown = ArrayFormatter::try_new(array, &options).unwrap();
            values.extend((0..array.len()).map(|row| shown.value(row).to_string()));
        }
        values
    }

    /// Sums of a column by another.
    pub(crate) fn sums(&self, dataset: &str, by: &str, column: &str) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        let values = self.column(dataset, column);
        for (key, value) in self.column(dataset, by).into_iter().zip(values) {
            *sums.entry(key).or_default() += value.parse().unwrap_or(0);
        }
        sums
    }
}

struct Shelf<'s> {
    judge: &'s Judge,
    dataset: &'s str,
    kept: Mutex<(Vec<RecordBatch>, Faults)>,
}

impl Shelf<'_> {
    fn note(&self, faults: &mut Faults, file: &str, row: u64, reason: &city::Reason) {
        let check = serde_json::to_value(&reason.why).unwrap()["check"].clone();
        let check = check.as_str().unwrap().to_owned();
        let fault = (self.dataset.to_owned(), file.to_owned(), row, check);
        faults.insert(fault, reason.column.clone());
    }
}

impl Sink for Shelf<'_> {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        let mut faults = Faults::new();
        for broken in &block.broken {
            self.note(&mut faults, &broken.file, broken.row, &broken.reason);
        }
        let raw = |row: usize| block.raw.cells(row);
        let candidate = Candidate {
            rows: block.rows,
            faults: block
                .faults
                .into_iter()
                .map(|f| (f.row, f.reason))
                .collect(),
            raw: &raw,
        };
        let verdict = self.judge.judge(block.seq, candidate)?;
        for row in &verdict.quarantined {
            for reason in &row.reasons {
                let number = u64::try_from(row.row).unwrap();
                self.note(&mut faults, &row.file, number, reason);
            }
        }
        let mut kept = self.kept.lock().unwrap();
        kept.0.push(verdict.accepted);
        kept.1.extend(faults);
        Ok(())
    }
}

/// What is referred to comes first.
fn order(city: &City) -> Vec<Dataset> {
    let mut ordered: Vec<Dataset> = Vec::new();
    let mut done = BTreeSet::new();
    while ordered.len() < city.datasets.len() {
        let before = ordered.len();
        for dataset in city.datasets.values() {
            let checks = dataset.columns.iter().flat_map(|column| &column.checks);
            let ready = checks.fold(true, |ready, check| match check {
                Check::RefersTo(other) => ready && done.contains(other.dataset.as_str()),
                _ => ready,
            });
            if ready && done.insert(dataset.id.as_str()) {
                ordered.push(dataset.clone());
            }
        }
        assert!(
            ordered.len() > before,
            "datasets refer to one another in a circle"
        );
    }
    ordered
}

/// Files below the inbox that a path with at most one `*` names.
fn files(inbox: &Path, pattern: &str, take: Take) -> Vec<Input> {
    let (folder, name) = pattern.rsplit_once('/').unwrap();
    let (before, after) = name.split_once('*').unwrap_or((name, ""));
    let entries = std::fs::read_dir(inbox.join(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(before) && name.ends_with(after))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no file matches {pattern}");
    if take == Take::Latest {
        names = names.split_off(names.len() - 1);
    }
    let input = |name: String| Input {
        path: inbox.join(folder).join(&name),
        name: format!("{folder}/{name}"),
    };
    names.into_iter().map(input).collect()
}

/// What the demo's own server gives for each dataset that is fetched.
fn fetched(city: &City, plan: Plan, folder: &Path) -> BTreeMap<String, Vec<Input>> {
    let caller = Caller::new(plan);
    let is_fetched = |dataset: &&Dataset| {
        !matches!(
            dataset.source,
            Source::File(_) | Source::Derived(_) | Source::Platform(_)
        )
    };
    let inputs_of = |dataset: &Dataset| {
        let delivered = caller.fetch(dataset, &folder.join(dataset.id.as_str()));
        let delivered = delivered.unwrap_or_else(|told| panic!("{}: {told}", dataset.id));
        let input = |file: Fetched| Input {
            name: file.name,
            path: file.path,
        };
        let inputs = delivered.files.into_iter().map(input).collect();
        (dataset.id.to_string(), inputs)
    };
    city.datasets
        .values()
        .filter(is_fetched)
        .map(inputs_of)
        .collect()
}

/// Fetches from the demo's own server as the platform does.
pub(crate) struct Caller {
    runtime: tokio::runtime::Runtime,
    values: BTreeMap<String, String>,
}

impl Caller {
    /// Starts the server on a plan's day.
    pub(crate) fn new(plan: Plan) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(listener).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(demo::api::serve(listener, plan));
        let values = demo::api::values(&address);
        Self { runtime, values }
    }

    /// What a dataset's source gives, or what is told.
    pub(crate) fn fetch(&self, dataset: &Dataset, staging: &Path) -> Result<Delivered, String> {
        std::fs::create_dir_all(staging).unwrap();
        let context = FetchContext {
            dataset: &dataset.id,
            columns: &dataset.columns,
            load: &dataset.load,
            after: None,
            inbox: staging,
            values: &self.values,
            staging,
            quota: &AnyNumber,
            first_wait: Duration::from_millis(1),
            progress: &|_| {},
        };
        let came = sources::fetch(&dataset.source, &dataset.format, &context);
        self.runtime.block_on(came).map_err(|error| match error {
            FetchError::Input(faults) => faults.iter().map(ToString::to_string).collect(),
            FetchError::Machine(error) => error.to_string(),
        })
    }
}

/// As many calls as are made.
struct AnyNumber;

#[async_trait::async_trait]
impl Quota for AnyNumber {
    async fn take(&self, _limit: Option<u32>) -> std::io::Result<Call> {
        Ok(Call::Allowed(0))
    }
}
