//! A city opened: its folder, its lake, its records, its door.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::{Door, Person, Policies, Purpose, Reader};
use city::{City, Dataset, DatasetId, Fault};
use interop::situation::Kept;
use lake::Lake;
use people::Accounts;
use records::{Records, SystemClock};

use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::release::open;
use crate::jobs::retention;
use crate::out;

/// The record store, in the data folder.
pub(crate) const RECORDS: &str = "records.db";
/// The setting that holds the key of hashed values.
const MASK_KEY: &str = "mask-key";

/// What commands and jobs work with.
#[derive(Clone)]
pub(crate) struct Platform {
    pub(crate) city: Arc<City>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) records: Arc<Records>,
    pub(crate) door: Arc<Door>,
    /// What was judged of the city's situation, and the moment it is shown as of.
    pub(crate) situation: Arc<Kept>,
    /// Folder that departments deliver to.
    pub(crate) inbox: PathBuf,
    /// Folder of tables, arrived bytes and records.
    pub(crate) data: PathBuf,
}

/// Reads a city's folder with its policies: the city if it has no fault, and every fault.
pub(crate) fn read_folder(folder: &Path) -> (Option<City>, Vec<Fault>) {
    let (city, mut faults) = city::read::city(folder);
    let Some(city) = city else {
        return (None, faults);
    };
    let (_, found) = Policies::read(&city);
    let is_sound = found.is_empty();
    faults.extend(found);
    (is_sound.then_some(city), faults)
}

/// What the query engine has against the measures of a city that is sound otherwise.
pub(crate) fn unplanned(city: &City) -> Result<Vec<Fault>, Failure> {
    let planner = access::Planner::new(city, ingest::table_schema)?;
    Ok(measure::check(city, &planner))
}

/// What the query engine has against one measure, whose manifest is this text of this file.
pub(crate) fn unplannable(
    city: &City,
    measure: &city::Measure,
    file: &Path,
    text: &str,
) -> Result<Option<Fault>, access::AskError> {
    let planner = access::Planner::new(city, ingest::table_schema)?;
    Ok(measure::check::of(city, &planner, measure, file, text))
}

/// Reads the city, or says everything that is wrong with it.
pub(crate) fn read_city(folder: &Path) -> Result<City, Failure> {
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Failure::Input(format!(
            "{folder}: there is no such folder; `madang init {folder}` makes a city"
        )));
    }
    match read_folder(folder) {
        (Some(city), faults) => {
            for fault in faults {
                out::say(fault.to_string());
            }
            Ok(city)
        }
        (None, faults) if faults.is_empty() => Err(Failure::Input(format!(
            "{}: this is not a city's folder",
            folder.display()
        ))),
        (None, faults) => Err(Failure::faults(&faults)),
    }
}

impl Platform {
    /// Opens a city; makes the data folder when there is none.
    pub(crate) async fn open(config: &Config) -> Result<Self, Failure> {
        let city = read_city(&config.city.value)?;
        let inbox = city.inbox();
        Self::open_city(city, inbox, &config.data.value).await
    }

    /// Opens a city whose departments deliver to `inbox`.
    pub(crate) async fn open_city(
        city: City,
        inbox: PathBuf,
        data: &Path,
    ) -> Result<Self, Failure> {
        let lake = Arc::new(Lake::open(data)?);
        let records = Arc::new(Records::open(&data.join(RECORDS), Arc::new(SystemClock)).await?);
        records.log().set_cadence(retention::cadence(&city));
        let city = Arc::new(city);
        let door = Door::new(Arc::clone(&city), Arc::clone(&lake), Arc::clone(&records))
            .map_err(|error| Failure::Machine(error.to_string()))?;
        let key = records.settings().secret(MASK_KEY).await?;
        door.set_key(key.reveal().as_bytes());
        let platform = Self {
            city,
            lake,
            records,
            door: Arc::new(door),
            situation: Arc::default(),
            inbox,
            data: data.to_owned(),
        };
        open::close_again(&platform).await?;
        // What the files of promises say now has the day on which it was first seen.
        platform
            .records
            .promises()
            .see(platform.city.promises.values())
            .await?;
        Ok(platform)
    }

    /// A folder of this name beside the data folder: apart from data, and found again.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        let mut path = self.data.clone().into_os_string();
        path.push(format!("-{name}"));
        path.into()
    }

    /// Who somebody is.
    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::of(&self.city, Arc::clone(&self.records))
    }

    /// A reader for an operator at this machine.
    pub(crate) fn reader(&self, name: Option<&str>, purpose: Option<&str>) -> Reader {
        let person = name.map_or_else(Person::local, |name| match name {
            "public" => Person::anyone(),
            // Whoever has an account reads as that account may.
            name => self
                .door
                .person(name)
                .unwrap_or_else(|| Person::operator(name)),
        });
        self.door
            .reader(person, purpose.map_or_else(Purpose::default, Purpose::new))
    }

    /// A reader for what the program does by itself: nobody is asked why.
    pub(crate) fn own_reader(&self, purpose: &str) -> Reader {
        self.door
            .reader(Person::operator("system"), Purpose::new(purpose))
    }

    /// A dataset by its id or Korean title.
    pub(crate) fn dataset(&self, name: &str) -> Result<&Dataset, Failure> {
        dataset(&self.city, name)
    }

    /// Writes what is queued; call it before the program ends.
    pub(crate) async fn close(&self) {
        self.records.close().await;
    }
}

/// A dataset by its id or Korean title.
pub(crate) fn dataset<'a>(city: &'a City, name: &str) -> Result<&'a Dataset, Failure> {
    if let Some(dataset) = city.datasets.get(&DatasetId::from(name)) {
        return Ok(dataset);
    }
    if let Some(dataset) = city.datasets.values().find(|dataset| dataset.title == name) {
        return Ok(dataset);
    }
    let known: Vec<&str> = city.datasets.keys().map(DatasetId::as_str).collect();
    let near = known
        .iter()
        .filter(|id| id.contains(name) || name.contains(*id))
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let hint = if near.is_empty() {
        known.join(", ")
    } else {
        near
    };
    Err(Failure::Input(format!(
        "no dataset is called `{name}`; there is: {hint}"
    )))
}
