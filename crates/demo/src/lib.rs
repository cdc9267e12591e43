//! Hanbit-si: a fictional city from a seed, delivered as a city's departments deliver, dirty on purpose.
//!
//! Everything follows from one world: neighbourhoods, roads and people agree in every file. Each fault
//! planted is written down, so that a test can demand that it is found and that nothing else is. This
//! room knows nothing of how the files are read.
//!
//! | module | holds |
//! | --- | --- |
//! | [`world`] | neighbourhoods, roads, people, places |
//! | [`burst`] | a water main that breaks, and whom it makes complain |
//! | [`dice`] | chance from a seed |
//! | [`dirt`] | faults and where they were planted |
//! | [`forms`] | CSV, XLSX, JSON, XML, GeoJSON, shapefile, Parquet |
//! | `network` | roads as links between crossings, and how fast it is on them |
//! | `works` | works that dig up roads, and the lanes they close |
//! | `registry` | citizens, institutions and budget lines that several files name |
//! | `fields` | what each department delivers |
//! | [`folder`] | the city's folder, written out |
//! | [`outside`] | servers of other programs that some of it comes from |
//! | [`api`] | the Open API the city's devices answer, and the services of other bodies |
//! | [`mod@bench`] | large files for benchmarks |

pub mod api;
pub mod bench;
pub mod burst;
pub mod dice;
pub mod dirt;
mod fields;
pub mod folder;
pub mod forms;
mod network;
pub mod outside;
mod registry;
mod works;
pub mod world;

use std::path::Path;

pub use dirt::{Planted, PlantedFault};
pub use folder::unfold;
use outside::{Kind, Kinds};
use world::World;

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The same seed makes the same bytes.
    pub seed: u64,
    /// Multiplies the rows of what grows: complaints, spending, living population.
    pub scale: u32,
    /// The day it is in the city.
    pub today: chrono::NaiveDate,
    /// Minutes of that day that have passed: what is measured by the hour is there up to it.
    pub minute: u32,
}

impl Plan {
    /// The moment it is in the city.
    pub fn moment(&self) -> chrono::NaiveDateTime {
        let midnight = self.today.and_time(chrono::NaiveTime::MIN);
        midnight + chrono::TimeDelta::minutes(i64::from(self.minute))
    }
}

/// Why the city could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The disk.
    #[error("failed to write the demo city")]
    Disk(#[from] std::io::Error),
    /// A workbook.
    #[error("failed to write a workbook of the demo city")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A shapefile.
    #[error("failed to write a shapefile of the demo city")]
    Shapes(#[from] shapefile::Error),
    /// The list of planted faults.
    #[error("failed to write the list of planted faults")]
    List(#[from] serde_json::Error),
    /// A columnar file.
    #[error("failed to write a Parquet file of the demo city")]
    Columns(#[from] ::parquet::errors::ParquetError),
    /// Columns that do not fit together.
    #[error("failed to lay out a Parquet file of the demo city")]
    Layout(#[from] arrow::error::ArrowError),
    /// An archive.
    #[error("failed to write an archive of the demo city")]
    Archive(#[from] zip::result::ZipError),
}

/// Whether a dataset comes from a server that is there.
fn comes_from(served: &Kinds, simple: &fields::Simple) -> bool {
    let of_simple = |kind: &Kind| kind.dataset() == simple.id;
    served.iter().any(of_simple)
}

/// Writes every department's files into `inbox`, and the list of planted faults as `faults.json` beside it.
/// What comes from a server of one of these kinds is not among the files, only in the list. `progress` is told the
/// file and how many of all are done.
///
/// # Errors
/// When the disk fails.
pub fn write(
    plan: &Plan,
    inbox: &Path,
    served: &Kinds,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Planted, DemoError> {
    let world = World::new(plan.seed);
    let mut planted = Planted::default();
    let described: Vec<&fields::Simple> = fields::described()
        .filter(|simple| !comes_from(served, simple))
        .collect();
    let (drawn, all) = (
        fields::WRITERS.len(),
        fields::WRITERS.len() + described.len(),
    );
    let mut desk = fields::Desk {
        plan,
        world: &world,
        inbox,
        planted: &mut planted,
    };
    for (at, (name, writer)) in fields::WRITERS.iter().enumerate() {
        progress(name, at, all);
        writer(&mut desk)?;
    }
    for (at, simple) in described.iter().enumerate() {
        progress(simple.title, drawn + at, all);
        for day in simple.days(plan.today) {
            simple.write(&mut desk, day)?;
        }
    }
    for kind in served {
        outside::retire(*kind, inbox)?;
        let more = outside::planted(*kind, plan, &world)?;
        planted.faults.extend(more.faults);
        planted.rows.extend(more.rows);
    }
    progress("", all, all);
    for soiled in api::Today::new(plan, &world).soiled() {
        planted.faults.extend(soiled.faults.iter().cloned());
        planted
            .rows
            .insert(soiled.dataset.to_owned(), soiled.rows.len() as u64);
    }
    let list = inbox.parent().unwrap_or(inbox).join("faults.json");
    forms::whole(&list, &serde_json::to_vec_pretty(&planted)?)?;
    Ok(planted)
}

/// Writes what departments deliver on the plan's day, to be called for each day after the one [`write()`] was
/// called for: each day complaints, slips, counts; on the first of a month what comes monthly, each quarter
/// the pictures. A file that [`write()`] makes of one day or month has the same bytes here. Answers what was
/// planted. What comes from a server of one of these kinds is not among it: [`outside::Outside::bring`] sees to that.
///
/// # Errors
/// When the disk fails.
pub fn deliver(plan: &Plan, inbox: &Path, served: &Kinds) -> Result<Planted, DemoError> {
    let world = World::new(plan.seed);
    let mut planted = Planted::default();
    let mut desk = fields::Desk {
        plan,
        world: &world,
        inbox,
        planted: &mut planted,
    };
    for writer in fields::DAILY {
        writer(&mut desk)?;
    }
    let is_first = chrono::Datelike::day(&plan.today) == 1;
    for writer in fields::MONTHLY.iter().filter(|_| is_first) {
        writer(&mut desk)?;
    }
    for simple in fields::described().filter(|simple| !comes_from(served, simple)) {
        if let Some(day) = simple.due(plan.today) {
            simple.write(&mut desk, day)?;
        }
    }
    Ok(planted)
}

/// Datasets that something arrives for within a day.
pub const WITHIN_A_DAY: [&str; 3] = ["link_speeds", "air_quality", "complaints"];

/// Writes what arrives within a day, at the plan's moment: speeds of the links, and with `complaints` those of the day
/// that were received so far. What is measured by the hour is fetched: [`api`] answers as of the plan's moment.
///
/// # Errors
/// When the disk fails.
pub fn deliver_within(plan: &Plan, inbox: &Path, complaints: bool) -> Result<(), DemoError> {
    let world = World::new(plan.seed);
    let mut planted = Planted::default();
    let mut desk = fields::Desk {
        plan,
        world: &world,
        inbox,
        planted: &mut planted,
    };
    fields::link_speeds_at(&mut desk, plan.moment())?;
    if complaints {
        fields::complaints_until(&mut desk, plan.moment())?;
    }
    Ok(())
}
