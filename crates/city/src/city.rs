//! `city.toml`, and the whole folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access_log::AccessLog;
use crate::board::Board;
use crate::calendar::Calendar;
use crate::dataset::Dataset;
use crate::id::{BoardId, DatasetId, DepartmentId, FieldId, MeasureId, PromiseId, ReleaseId};
use crate::map::CityMap;
use crate::measure::Measure;
use crate::people::{People, PolicyText};
use crate::promise::Promise;
use crate::release::ReleasePlan;
use crate::sign_in::SignIn;
use crate::situation::Situation;
use crate::standard::Standards;

/// `city.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CityManifest {
    /// Korean name: `한빛시`.
    pub name: String,
    /// English name: `Hanbit-si`.
    pub name_en: String,
    /// Code of the city, as text.
    pub code: String,
    /// Its name as a provider (제공기관) in the national list of open data; `name` when absent.
    #[serde(default)]
    pub provider: Option<String>,
    /// 제공기관코드: the seven digits of its institution code.
    #[serde(default)]
    pub provider_code: Option<String>,
    /// Public address of this portal, e.g. `https://data.example.go.kr`.
    #[serde(default)]
    pub address: Option<String>,
    /// One Korean sentence for the home page.
    #[serde(default)]
    pub description: Option<String>,
    /// The same in English.
    #[serde(default)]
    pub description_en: Option<String>,
    /// Coordinate system its departments publish in when a manifest does not say: `EPSG:5186`.
    #[serde(default = "default_crs")]
    pub crs: String,
    /// West, south, east, north in degrees (WGS 84); `inside = "city"` uses it.
    pub bounds: [f64; 4],
    /// Folder the departments deliver files to, relative to the city's folder or absolute.
    #[serde(default = "default_inbox")]
    pub inbox: PathBuf,
    /// Its fields, in the order they are shown.
    pub fields: Vec<Field>,
    /// Its departments.
    pub departments: Vec<Department>,
    /// What every map is drawn upon: datasets with shapes, and what each is.
    #[serde(default)]
    pub map: Option<CityMap>,
    /// How it keeps its access log (접속기록).
    #[serde(default)]
    pub access_log: AccessLog,
    /// How it keeps counts from telling of persons.
    #[serde(default)]
    pub privacy: Disclosure,
    /// How people sign in: passwords and sessions.
    #[serde(default)]
    pub sign_in: SignIn,
}

/// What counts of persons may tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Disclosure {
    /// Counts of persons from 1 to below this are not shown to whoever may not see the persons themselves.
    pub small_cells: u32,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self { small_cells: 5 }
    }
}

fn default_crs() -> String {
    "EPSG:5186".to_owned()
}

fn default_inbox() -> PathBuf {
    PathBuf::from("inbox")
}

/// A subject area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Field {
    /// Id; the folder below `datasets/`.
    pub id: FieldId,
    /// Korean title.
    pub title: String,
    /// English title.
    pub title_en: String,
    /// 분류체계 of the national list of open data for its datasets: two levels joined by ` - `; `title` when absent.
    #[serde(default)]
    pub classification: Option<String>,
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Department {
    /// Id.
    pub id: DepartmentId,
    /// Korean title.
    pub title: String,
    /// English title.
    pub title_en: String,
    /// Public telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Mail address of the department, of no person: reminders of deliveries that are due go there.
    #[serde(default)]
    pub mail: Option<String>,
}

/// A city's folder, read and found sound.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// Where it was read from.
    pub folder: PathBuf,
    /// `city.toml`.
    pub manifest: CityManifest,
    /// `datasets/`.
    pub datasets: BTreeMap<DatasetId, Dataset>,
    /// `measures/`.
    pub measures: BTreeMap<MeasureId, Measure>,
    /// `boards/`.
    pub boards: BTreeMap<BoardId, Board>,
    /// `standards/`.
    pub standards: Standards,
    /// `calendar.toml`.
    pub calendar: Calendar,
    /// `people.toml`.
    pub people: People,
    /// `policies/`, as written.
    pub policies: Vec<PolicyText>,
    /// `releases/`.
    pub releases: BTreeMap<ReleaseId, ReleasePlan>,
    /// `promises/`.
    pub promises: BTreeMap<PromiseId, Promise>,
    /// `situation.toml`.
    pub situation: Situation,
}

impl City {
    /// Its name as a provider of open data (제공기관).
    pub fn provider(&self) -> &str {
        let own = self.manifest.provider.as_deref();
        own.unwrap_or(&self.manifest.name)
    }

    /// The folder departments deliver files to.
    pub fn inbox(&self) -> PathBuf {
        self.folder.join(&self.manifest.inbox)
    }

    /// A field by id.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.manifest.fields.iter().find(|field| &field.id == id)
    }

    /// A department by id.
    pub fn department(&self, id: &DepartmentId) -> Option<&Department> {
        self.manifest
            .departments
            .iter()
            .find(|department| &department.id == id)
    }
}
