//! Profiles of versions: made behind the server for every dataset, and at once for whoever asks.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use access::profile::PROFILES_KEPT;
use access::{Reader, Rows};
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use city::{City, ColumnType, DatasetId, Profile};
use futures::StreamExt as _;
use lake::At;
use quality::profile::{Areas, Around, Profiler};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::exit::Failure;
use crate::platform::Platform;

/// How often it is looked for new versions.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// After a profile that nobody asked for, so many times as long nothing is done.
const REST: u32 = 4;
/// What nobody asked for is made while nobody waits for anything; where somebody always does, each batch of rows waits
/// so long for its turn.
const GIVES_WAY: Duration = Duration::from_secs(1);
/// Batches on their way to the profiler.
const ON_THE_WAY: usize = 2;

/// Makes the profile of every dataset's newest version, for as long as it is let. A city of more datasets than are kept
/// has its profiles made when somebody asks.
pub(crate) async fn run(platform: Platform) {
    let reader = platform.own_reader("profile").behind();
    let is_small = platform.city.datasets.len() <= PROFILES_KEPT;
    let mut maker = Maker::default();
    let mut made: HashMap<DatasetId, i64> = HashMap::new();
    let mut waiting: VecDeque<DatasetId> = VecDeque::new();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let mut rested = Instant::now();
    loop {
        let (id, gives_way) = tokio::select! {
            biased;
            wanted = platform.door.profile_wanted() => (wanted, None),
            _ = ticks.tick() => {
                if is_small && waiting.is_empty() {
                    waiting.extend(platform.city.datasets.keys().cloned());
                }
                continue;
            }
            () = tokio::time::sleep_until(rested), if !waiting.is_empty() => {
                let next = waiting.pop_front();
                let version = next.as_ref().map(|id| platform.lake.version(id, &At::Latest));
                match (next, version) {
                    (Some(id), Some(Ok(Some(version)))) if made.get(&id) != Some(&version.number) => (id, Some(GIVES_WAY)),
                    _ => continue,
                }
            }
        };
        let Ok(Some(version)) = platform.lake.version(&id, &At::Latest) else {
            continue;
        };
        // Asked for again while it was being made.
        if platform.door.has_profile(&id, version.number) {
            continue;
        }
        let begun = Instant::now();
        maker.gives_way = gives_way;
        maker.keep(&platform, &reader, &id).await;
        made.insert(id, version.number);
        // Whoever works with the server meanwhile must not feel it.
        rested = Instant::now() + begun.elapsed() * REST;
    }
}

/// Makes profiles; remembers the city's areas for as long as they are the same.
#[derive(Default)]
pub(crate) struct Maker {
    areas: Option<(i64, Arc<Areas>)>,
    /// How long each batch of rows lets others go first.
    gives_way: Option<Duration>,
}

impl Maker {
    async fn keep(&mut self, platform: &Platform, reader: &Reader, id: &DatasetId) {
        let kept = match self.make(platform, reader, id).await {
            Ok(profile) => reader.keep_profile(profile).map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        // Whoever asks is told that it is being made; the next version is tried anew.
        if let Err(failure) = kept {
            tracing::warn!(dataset.id = %id, "could not profile `{id}`: {}", failure.message());
        }
    }

    /// The profile of a dataset's newest version.
    pub(crate) async fn make(
        &mut self,
        platform: &Platform,
        reader: &Reader,
        id: &DatasetId,
    ) -> Result<Profile, Failure> {
        let areas = self.areas(&platform.city, reader).await?;
        let dataset = Arc::clone(reader.dataset(id)?);
        let columns = Profiler::columns(&dataset);
        let (version, mut answer) = reader.profile_rows(id, &columns).await?;
        let bounds = platform.city.manifest.bounds;
        let manifest = version.manifest_sha256.clone();
        let (send, mut receive) = mpsc::channel::<RecordBatch>(ON_THE_WAY);
        // Looking at rows takes the processor: the server answers meanwhile.
        let looking = tokio::task::spawn_blocking(move || {
            let mut profiler = Profiler::new(&dataset);
            while let Some(rows) = receive.blocking_recv() {
                profiler.see(&rows)?;
            }
            let around = Around {
                bounds,
                areas: &areas,
            };
            profiler.finish((version.number, &manifest), &around)
        });
        while let Some(rows) = answer.next().await {
            if let Some(longest) = self.gives_way {
                platform.door.rest(longest).await;
            }
            if send.send(rows?).await.is_err() {
                break;
            }
        }
        drop(send);
        let looked = looking
            .await
            .map_err(|error| Failure::Machine(format!("the work broke off: {error}")))?;
        looked.map_err(|error| {
            Failure::Machine(format!("the rows of `{id}` have not one shape: {error}"))
        })
    }

    /// The areas of the city's base map with their names; none where there is no such dataset or it was never loaded.
    async fn areas(&mut self, city: &City, reader: &Reader) -> Result<Arc<Areas>, Failure> {
        let Some((id, name, shape)) = named(city) else {
            return Ok(Arc::default());
        };
        let Ok(version) = reader.version(id, &At::Latest) else {
            return Ok(Arc::default());
        };
        if let Some((number, areas)) = &self.areas
            && *number == version.number
        {
            return Ok(Arc::clone(areas));
        }
        let question = Rows {
            dataset: id.clone(),
            columns: vec![name.to_owned(), shape.to_owned()],
            ..Rows::default()
        };
        let mut answer = reader.rows(&question).await?;
        let mut areas = Areas::default();
        while let Some(rows) = answer.next().await {
            add(&mut areas, &rows?);
        }
        let areas = Arc::new(areas);
        self.areas = Some((version.number, Arc::clone(&areas)));
        Ok(areas)
    }
}

/// The dataset of the city's areas, the column that names them, and that of their shapes.
fn named(city: &City) -> Option<(&DatasetId, &str, &str)> {
    let map = city.manifest.map.as_ref()?;
    let id = map.areas.as_ref()?;
    let dataset = city.datasets.get(id)?;
    let mut columns = dataset.columns.iter();
    let shape = columns.find(|column| column.column_type == ColumnType::Geometry)?;
    Some((id, map.area_name.as_deref()?, &shape.name))
}

/// Rows of a name and a shape.
fn add(areas: &mut Areas, rows: &RecordBatch) {
    let [name, shape] = rows.columns() else {
        return;
    };
    let (Ok(names), Ok(shapes)) = (cast(name, &DataType::Utf8), cast(shape, &DataType::Binary))
    else {
        return;
    };
    let (Some(names), Some(shapes)) = (names.as_string_opt::<i32>(), shapes.as_binary_opt::<i32>())
    else {
        return;
    };
    for (name, shape) in names.iter().zip(shapes) {
        if let (Some(name), Some(shape)) = (name, shape) {
            areas.add(name, shape);
        }
    }
}
