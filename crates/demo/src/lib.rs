//! Hanbit-si: a fictional city from a seed, delivered as a city's departments deliver, dirty on purpose.
//!
//! Everything follows from one world: neighbourhoods, roads and people agree in every file. Each fault
//! planted is written down, so that a test can demand that it is found and that nothing else is. This
//! room knows nothing of how the files are read.
//!
//! | module | holds |
//! | --- | --- |
//! | [`world`] | neighbourhoods, roads, people, places |
//! | [`dice`] | chance from a seed |
//! | [`dirt`] | faults and where they were planted |
//! | [`forms`] | CSV, XLSX, JSON, XML, GeoJSON, shapefile |
//! | `fields` | what each department delivers |
//! | [`folder`] | the city's folder, written out |
//! | [`api`] | the Open API the city's devices answer |
//! | [`mod@bench`] | large files for benchmarks |

pub mod api;
pub mod bench;
pub mod dice;
pub mod dirt;
mod fields;
pub mod folder;
pub mod forms;
pub mod world;

use std::path::Path;

pub use dirt::{Planted, PlantedFault};
pub use folder::unfold;
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
    /// An archive.
    #[error("failed to write an archive of the demo city")]
    Archive(#[from] zip::result::ZipError),
}

/// Writes every department's files into `inbox`, and the list of planted faults as `faults.json` beside it.
/// `progress` is told the file and how many of all are done.
///
/// # Errors
/// When the disk fails.
pub fn write(
    plan: &Plan,
    inbox: &Path,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Planted, DemoError> {
    let world = World::new(plan.seed);
    let mut planted = Planted::default();
    let all = fields::WRITERS;
    for (at, (name, writer)) in all.iter().enumerate() {
        progress(name, at, all.len());
        writer(&mut fields::Desk {
            plan,
            world: &world,
            inbox,
            planted: &mut planted,
        })?;
    }
    progress("", all.len(), all.len());
    for served in api::Served::all(plan, &world) {
        planted.faults.extend(served.faults.iter().cloned());
        planted
            .rows
            .insert(served.dataset.to_owned(), served.rows.len() as u64);
    }
    let list = inbox.parent().unwrap_or(inbox).join("faults.json");
    forms::whole(&list, &serde_json::to_vec_pretty(&planted)?)?;
    Ok(planted)
}
