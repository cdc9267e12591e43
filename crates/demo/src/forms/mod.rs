//! Files as departments write them. Each form takes rows of cells and tells the number each row got.

mod csv;
mod json;
mod parquet;
mod shapes;
mod xlsx;
mod xml;

use std::path::Path;

pub use csv::{Charset, Csv, text as csv_text};
pub use json::{Geo, Json, Lines, feature, parted, record};
pub use parquet::Parquet;
pub use shapes::{Record, Shapes, shapefile};
pub use xlsx::Sheet;
pub use xml::{Xml, document as xml_document, escaped};

use crate::DemoError;
use crate::dirt::{Dirt, Plant, Planted, PlantedFault};

/// A file being written.
pub trait Form {
    /// Writes a row; tells its number as a reader would count it.
    ///
    /// # Errors
    /// When it cannot be written.
    fn row(&mut self, cells: &[String], plant: Option<&Plant>) -> Result<u64, DemoError>;

    /// Finishes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(self: Box<Self>) -> Result<(), DemoError>;
}

/// A file with its faults.
pub struct Table<'t> {
    dataset: &'static str,
    file: String,
    form: Box<dyn Form + 't>,
    dirt: Dirt,
    planted: &'t mut Planted,
}

impl<'t> Table<'t> {
    /// A file of a dataset; `file` is its name relative to the inbox.
    pub fn new(
        dataset: &'static str,
        file: String,
        form: Box<dyn Form + 't>,
        dirt: Dirt,
        planted: &'t mut Planted,
    ) -> Self {
        Self {
            dataset,
            file,
            form,
            dirt,
            planted,
        }
    }

    /// Writes a row, with a fault when its turn has come.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, mut cells: Vec<String>) -> Result<(), DemoError> {
        let plant = self.dirt.apply(&mut cells);
        let row = self.form.row(&cells, plant.as_ref())?;
        if let Some(plant) = plant {
            self.planted.faults.push(PlantedFault {
                dataset: self.dataset.to_owned(),
                file: self.file.clone(),
                row,
                column: plant.column.map(str::to_owned),
                check: plant.check.to_owned(),
            });
        }
        *self
            .planted
            .rows
            .entry(self.dataset.to_owned())
            .or_default() += 1;
        Ok(())
    }

    /// A row that is no data (a total): nothing is planted, nothing counted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn aside(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), DemoError> {
        let cells: Vec<String> = cells.into_iter().collect();
        self.form.row(&cells, None).map(drop)
    }

    /// Finishes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<(), DemoError> {
        self.form.finish()
    }
}

/// Writes a file whole or not at all.
///
/// # Errors
/// When the disk fails.
pub fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let part = path.with_added_extension("part");
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, path)
}

/// Cells from texts.
#[macro_export]
macro_rules! cells {
    ($($cell:expr),+ $(,)?) => { vec![$(($cell).to_string()),+] };
}
