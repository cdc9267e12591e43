//! Attributes must not tell who somebody is: what would is found before anything is written.

use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use city::{Fault, Lang};
use privacy::detect::column::{Place, Scan};
use privacy::detect::guard::{see, stops};
use privacy::detect::{Day, Detector};

/// Looks at attributes as they are read.
pub(super) struct Watch {
    file: Arc<str>,
    detector: Detector,
    scans: Vec<(String, Scan)>,
}

impl Watch {
    pub(super) fn new(file: &Path, names: &[String], today: NaiveDate) -> Self {
        let scan = |name: &String| (name.clone(), Scan::new([name.as_str()]));
        Self {
            file: file.display().to_string().into(),
            detector: Detector::of_numbers(Day {
                year: today.year(),
                month: today.month(),
                day: today.day(),
            }),
            scans: names.iter().map(scan).collect(),
        }
    }

    /// Looks at the attributes of a row.
    pub(super) fn see(&mut self, line: u64, cells: &[String]) {
        let file = &self.file;
        let place = || Place {
            file: Arc::clone(file),
            row: line,
        };
        for ((_, scan), cell) in self.scans.iter_mut().zip(cells) {
            see(scan, &mut self.detector, cell, &place);
        }
    }

    /// What the linker must not be given.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let of = |(name, scan): &(String, Scan)| {
            let found = stops(scan).into_iter().map(|stop| {
                let line = stop.first.first().map_or(1, |place| place.row);
                let what = format!(
                    "`{name}` holds what tells who somebody is ({}, {} cells): the linker must not see it",
                    stop.kind.title(Lang::En),
                    stop.cells
                );
                let fault = Fault::at(&*self.file, what).line(line);
                fault.remedy("leave the column out, or give it as --key")
            });
            found.collect::<Vec<_>>()
        };
        self.scans.iter().flat_map(of).collect()
    }
}
