//! `datasets/<field>/<id>.toml`: one dataset.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::accepts::{Acceptable, Accepts};
use crate::check::{Check, TableCheck};
pub use crate::database::{Overlap, TableSource, Tls};
pub use crate::features::{OgcFeaturesSource, WfsSource, WfsVersion};
pub use crate::freshness::Due;
pub use crate::harvest::{CkanSource, MadangSource};
use crate::id::{DatasetId, DepartmentId, FieldId, StandardId};
use crate::listing::Listing;
pub use crate::mqtt::MqttSource;
pub use crate::open_api::{OpenApiSource, Paging};
pub use crate::storage::{S3Source, SftpSource};
pub use crate::subject::Subject;

/// A versioned, typed table: where its rows come from, what they must satisfy, who may have them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dataset {
    /// Id; the same as the file's name without `.toml`.
    pub id: DatasetId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// One or two Korean sentences: what a row is, who made it, what it is good for.
    pub description: String,
    /// The same in English.
    #[serde(default)]
    pub description_en: Option<String>,
    /// Field it belongs to; the same as the folder's name.
    pub field: FieldId,
    /// Department that owns it, by id in `city.toml`.
    pub department: DepartmentId,
    /// How often its source changes.
    pub cadence: Cadence,
    /// When a delivery is due, where the custom of its cadence is not right.
    #[serde(default)]
    pub due: Option<Due>,
    /// Licence under which it is released.
    #[serde(default)]
    pub licence: Licence,
    /// Search words.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Where rows come from.
    pub source: Source,
    /// How the bytes are laid out.
    pub format: Format,
    /// How a load changes the table.
    #[serde(default)]
    pub load: Load,
    /// Turns columns into rows before anything else.
    #[serde(default)]
    pub long: Option<Long>,
    /// Which columns say where a row is.
    #[serde(default)]
    pub place: Option<PlaceColumns>,
    /// From when to when a row holds, for code tables whose entries come and go.
    #[serde(default)]
    pub valid: Option<Validity>,
    /// The national standard it should conform to, by id in `standards/`.
    #[serde(default)]
    pub standard: Option<StandardId>,
    /// Whether the public may have it.
    #[serde(default)]
    pub release: Release,
    /// Columns that say whose data a row is, for the access log.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    /// Its entry in the list of the national open-data portal.
    #[serde(default)]
    pub portal: Option<Listing>,
    /// Checks that look at more than one column.
    #[serde(default)]
    pub checks: Vec<TableCheck>,
    /// The columns, in the order they are shown.
    pub columns: Vec<Column>,
}

impl Dataset {
    /// The column with this physical name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// How often a source changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Cadence {
    /// Every hour or more often.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Twice a year.
    HalfYearly,
    /// Once a year.
    Yearly,
    /// When there is something new.
    Irregular,
    /// Once, never again.
    Once,
}

/// Licence marks (공공누리, Korea Open Government Licence).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Licence {
    /// Type 0: free use.
    Kogl0,
    /// Type 1: name the source.
    #[default]
    Kogl1,
    /// Type 2: name the source, no commercial use.
    Kogl2,
    /// Type 3: name the source, no change.
    Kogl3,
    /// Type 4: name the source, no commercial use, no change.
    Kogl4,
    /// Not for use outside.
    Internal,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", deny_unknown_fields, rename_all = "kebab-case")]
pub enum Source {
    /// Files in the city's inbox.
    File(FileSource),
    /// One file over HTTP or HTTPS.
    Http(HttpSource),
    /// An Open API, page by page, in one of the manners Korean bodies have.
    OpenApi(OpenApiSource),
    /// Files in a bucket of a storage that speaks S3.
    S3(S3Source),
    /// Files that somebody puts on a server reached by SSH.
    Sftp(SftpSource),
    /// The features of one type of a Web Feature Service.
    Wfs(WfsSource),
    /// The items of one collection of an OGC API Features.
    OgcFeatures(OgcFeaturesSource),
    /// A resource of a CKAN site.
    Ckan(CkanSource),
    /// A dataset of another Madang.
    Madang(MadangSource),
    /// Messages of sensors, by an MQTT broker.
    Mqtt(MqttSource),
    /// A table of a PostgreSQL database.
    Postgres(TableSource),
    /// A table of a MariaDB or MySQL database.
    Mariadb(TableSource),
    /// A question over other datasets of the city, asked again when one of them changes.
    Derived(DerivedSource),
    /// What the platform knows of itself: loads, datasets, use, service.
    Platform(PlatformSource),
}

/// What the platform knows of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlatformSource {
    /// Which of its tables.
    pub of: PlatformTable,
}

/// A table the platform keeps of itself. Datasets made of such tables are not counted in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlatformTable {
    /// One row a load of the last 400 days: `load`, `dataset`, `title`, `field`, `department`, `started_at`,
    /// `seconds`, `outcome`, `rows_read`, `accepted`, `quarantined`, `errors`, `diagnosed`.
    Loads,
    /// One row a dataset: `dataset`, `title`, `field`, `department`, `cadence`, `release`, `state`, `due_on`,
    /// `days_late`, `rows`, `errors`, `diagnosed`.
    Datasets,
    /// One row a day and dataset of the last 35 days, by the access log: `day`, `dataset`, `title`, `field`, `reads`,
    /// `people`, `denied`. What the platform reads for itself is left out.
    Use,
    /// One row an hour and kind of address of the last 35 days: `hour`, `kind` (`page`, `api`, `file`), `requests`,
    /// `failed`, `p50_ms`, `p95_ms`, `p99_ms`,
    /// `minutes_up`, `minutes_all`.
    Service,
}

/// A question over other datasets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DerivedSource {
    /// The datasets it reads, and no other.
    pub from: Vec<DatasetId>,
    /// One `SELECT`; its columns are the dataset's source columns.
    pub sql: String,
}

/// Files in the city's inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileSource {
    /// Glob relative to the inbox, e.g. `traffic/parking*.csv`. Inside a ZIP: see `Format::inner`.
    pub path: String,
    /// Which of the matching files a load takes.
    #[serde(default)]
    pub take: Take,
}

/// Which of the files that match a load takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// Only the last by name: each file is a whole picture.
    #[default]
    Latest,
    /// All, in order of name.
    All,
}

/// One file over HTTP or HTTPS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HttpSource {
    /// Address. `{name}` is replaced by the configuration value `sources.name`.
    pub url: String,
    /// Gives up after so many seconds without a byte.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

pub(crate) fn default_timeout_s() -> u64 {
    60
}

/// How the bytes are laid out. Options that a kind does not use are faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Format {
    /// Kind of file.
    pub kind: FormatKind,
    /// Text encoding (CSV, TSV, DBF); found by looking when absent.
    #[serde(default)]
    pub encoding: Option<Encoding>,
    /// Field separator (CSV), one character; `,` when absent.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// Rows above the header (titles, notes).
    #[serde(default)]
    pub skip_rows: u32,
    /// Rows the header takes; 0 means the file has none and columns are named `열1`, `열2`, ...
    #[serde(default = "default_header_rows")]
    pub header_rows: u32,
    /// Rows below the data that are notes.
    #[serde(default)]
    pub footer_rows: u32,
    /// Sheet of a workbook by name; the first when absent.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Which table, where a sheet or a document has several. A range of cells (`B4:H30`; `B4:H` ends at the
    /// first blank row), or the text of the heading above it (it ends at the first blank row). In a
    /// document (HWPX) its number (`2`), or its caption or the heading before it. Rows to skip and rows of the
    /// header are counted within the table.
    #[serde(default)]
    pub table: Option<String>,
    /// Path to the rows: element names of XML or keys of JSON, separated by `/`; found by looking when absent.
    #[serde(default)]
    pub rows: Option<String>,
    /// Glob of the file inside a ZIP; when set, the source's file is a ZIP and `kind` is the kind inside.
    #[serde(default)]
    pub inner: Option<String>,
    /// Rows whose first filled cell is one of these are left out and counted (소계, 합계).
    #[serde(default)]
    pub skip_rows_starting: Vec<String>,
    /// A row with one filled cell that begins with one of these (`※`, `주)`, `자료:`) is a note, and so are rows
    /// with one filled cell right below it: they are left out and counted.
    #[serde(default)]
    pub notes_starting: Vec<String>,
    /// Merged or blank cells in these source columns repeat the value above.
    #[serde(default)]
    pub fill_down: Vec<String>,
    /// Damage of the whole file that is mended before it is read. Each place mended is counted in the load's record;
    /// the bytes as they arrived are kept.
    #[serde(default)]
    pub repair: Vec<Repair>,
}

/// Damage that can be mended without guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// Quotation marks around a value were doubled at the source, so that it opens and closes at once: CSV's
    /// `""a,b""` becomes `"a,b"`, JSON's `:""a""` becomes `:"a"`. Empty values stay.
    DoubledQuotes,
    /// Cells of a workbook carry a CSV's quotation marks as part of their text: `"66,935"` becomes `66,935`.
    QuotedCells,
}

fn default_header_rows() -> u32 {
    1
}

/// Kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FormatKind {
    /// Separated text (comma, tab, pipe, ...).
    Csv,
    /// Excel workbook, XML based.
    Xlsx,
    /// Excel workbook, old binary.
    Xls,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// Hangul word processor document, XML based: the tables in it.
    Hwpx,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// XML with a repeated element.
    Xml,
    /// GeoJSON feature collection.
    Geojson,
    /// Shapefile: `.shp` with `.dbf`, `.shx`, `.prj`, `.cpg` beside it or in a ZIP.
    Shapefile,
    /// Parquet.
    Parquet,
}

/// Text encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// CP949, which contains EUC-KR.
    Cp949,
    /// UTF-16, little endian unless a byte-order mark says otherwise.
    #[serde(rename = "utf-16")]
    Utf16,
}

/// How a load changes the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Load {
    /// Replace, add, or add and replace by key.
    #[serde(default)]
    pub mode: LoadMode,
    /// Columns that together name a row; no two accepted rows share them.
    #[serde(default)]
    pub key: Vec<String>,
    /// Largest share of rows (0 to 1) that may be quarantined; above it the load is refused whole.
    #[serde(default = "default_quarantine_limit")]
    pub quarantine_limit: f64,
    /// How far a delivery may differ from the one before; one that differs more waits for a person.
    #[serde(default)]
    pub drift: Option<Drift>,
}

/// How far a delivery may differ from the one before it. What is left out may differ as it likes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Drift {
    /// Largest change of the number of rows, as a share of the number before (0.3: three in ten more or fewer).
    #[serde(default)]
    pub rows: Option<f64>,
    /// Largest change of a column's share of empty cells (0 to 1).
    #[serde(default)]
    pub nulls: Option<f64>,
    /// Largest share (0 to 1) of a code column's codes that may be new or gone.
    #[serde(default)]
    pub codes: Option<f64>,
    /// How far, in kilometres, an edge of the box around all places may move.
    #[serde(default)]
    pub extent_km: Option<f64>,
    /// Least share (0 to 1) of the keys before that must still be there, of a snapshot.
    #[serde(default)]
    pub keys: Option<f64>,
    /// Whether columns the manifest does not use may come and go.
    #[serde(default = "default_columns_may_come")]
    pub columns: bool,
}

fn default_columns_may_come() -> bool {
    true
}

impl Default for Load {
    fn default() -> Self {
        Self {
            mode: LoadMode::Snapshot,
            key: Vec::new(),
            quarantine_limit: default_quarantine_limit(),
            drift: None,
        }
    }
}

fn default_quarantine_limit() -> f64 {
    0.1
}

/// How a load changes the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoadMode {
    /// The table becomes what arrived.
    #[default]
    Snapshot,
    /// What arrived is added.
    Append,
    /// What arrived is added; rows with the same key are replaced.
    Upsert,
}

/// Turns a wide table long: each matching source column becomes one row.
///
/// `columns` is a regular expression over source column names; its named groups become source
/// columns of that name, and the cell becomes the source column named by `value`.
/// `2020년08월_남_15세` with `^(?<연도>\d+)년(?<월>\d+)월_(?<성별>남|여)_(?<연령>\d+)세$` gives
/// 연도, 월, 성별, 연령 and the value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Long {
    /// Regular expression with named groups.
    pub columns: String,
    /// Source name of the value.
    pub value: String,
}

/// Which columns say where a row is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlaceColumns {
    /// Column (physical name) of the easting or longitude as published.
    #[serde(default)]
    pub x: Option<String>,
    /// Column (physical name) of the northing or latitude as published.
    #[serde(default)]
    pub y: Option<String>,
    /// Coordinate system of `x` and `y`, or of the geometry: `EPSG:4326`, `EPSG:5186`, ...; the city's when absent.
    #[serde(default)]
    pub crs: Option<String>,
}

/// From when to when a row holds. `refers-to` with `as-of` looks a value up on a day of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Validity {
    /// Column (physical name) of the first day it holds; where a row has none, it always held.
    pub from: String,
    /// Column of the last day it holds; where a row has none, it still holds.
    pub to: String,
}

/// Whether the public may have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// Anyone, at once.
    Open,
    /// Whoever asks and is granted.
    OnRequest,
    /// Inside only.
    #[default]
    Internal,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Column {
    /// Physical name: lower-case ASCII.
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]{0,62}$"))]
    pub name: String,
    /// Name in the source as published; `title` when absent.
    #[serde(default)]
    pub source: Option<String>,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// What a value means, where the title does not say it.
    #[serde(default)]
    pub description: Option<String>,
    /// Type of the values.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Privacy class; a column without one does not load.
    pub privacy: PrivacyClass,
    /// What may stand in it although its class says that it tells nothing of a person, and why it may.
    #[serde(default)]
    pub accepts: Option<Accepts>,
    /// Unit of a number: `원`, `명`, `대`, `m²`, ...
    #[serde(default)]
    pub unit: Option<String>,
    /// The same in English, where the unit is a word: `people`, `won`.
    #[serde(default)]
    pub unit_en: Option<String>,
    /// Digits kept after the point of a `decimal`.
    #[serde(default)]
    pub scale: Option<u8>,
    /// Spellings that mean "no value", beside the empty cell.
    #[serde(default)]
    pub null_tokens: Vec<String>,
    /// Spellings of yes and of no for a `boolean`; Y/N when absent.
    #[serde(default)]
    pub spellings: Option<Spellings>,
    /// Forms a date or time comes in (`%Y-%m-%d`, `%Y%m%d`, ...; `excel` for serial numbers); the ISO form when absent.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Numbers may be written with 만, 억, 조 or with their unit behind them.
    #[serde(default)]
    pub korean_units: bool,
    /// Released with the dataset when it is open; a column with a privacy class other than `none` never is.
    #[serde(default = "default_true")]
    pub release: bool,
    /// What each value must satisfy.
    #[serde(default)]
    pub checks: Vec<Check>,
}

fn default_true() -> bool {
    true
}

/// Spellings of yes and no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spellings {
    /// Spellings of yes.
    pub yes: Vec<String>,
    /// Spellings of no.
    pub no: Vec<String>,
}

/// Types of columns, and the Arrow type each is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Text, kept as it is (`Utf8`).
    Text,
    /// A code of a list, kept as text with its leading zeros (`Utf8`).
    Code,
    /// Whole number (`Int64`).
    Integer,
    /// Exact number with `scale` digits after the point (`Decimal128(38, scale)`).
    Decimal,
    /// Measured number (`Float64`).
    Number,
    /// Yes or no (`Boolean`).
    Boolean,
    /// Calendar day (`Date32`).
    Date,
    /// Time of day (`Utf8`, `HH:MM:SS`; 24:00:00 is kept), since Delta has no time type.
    Time,
    /// Moment in Korean local time without a zone (`Timestamp(Microsecond)`).
    Datetime,
    /// Year and month, stored as the month's first day (`Date32`).
    Month,
    /// Calendar year (`Int64`).
    Year,
    /// Shape in WGS 84 as well-known binary (`Binary`); from a shapefile or GeoJSON only.
    Geometry,
}

/// Privacy classes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PrivacyClass {
    /// Says nothing about a person.
    None,
    /// Helps to tell a person apart together with others (age, dong, sex).
    Quasi,
    /// Health, belief, ... of a person.
    Sensitive,
    /// Name, phone, address, e-mail, ... of a person.
    Identifier,
    /// 고유식별정보: resident and foreigner registration, passport, driver's licence numbers.
    UniqueId,
}
