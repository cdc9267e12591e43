//! `situation.toml`: datasets and columns it names exist, rules have dates, bands rise.

mod traffic;

use std::path::Path;

use super::Text;
use super::folder::{text_of, unknown};
use super::links::{Known, column, dataset};
use super::meaning::{is_moment, word};
use super::mend::UNKNOWN;
use crate::fault::Fault;
use crate::situation::{Addresses, Air, Complaints, FILE, Places, Situation, Works, day};
use crate::{ColumnType, Dataset};

/// Bands of the index, and of each pollutant.
const BANDS: usize = 4;

/// What the city declares of its situation; a city without the file declares nothing.
pub(super) fn read(
    folder: &Path,
    datasets: &Known<'_, Dataset>,
    departments: Option<&[&str]>,
    faults: &mut Vec<Fault>,
) -> Situation {
    let file = Path::new(FILE);
    if !folder.join(file).exists() {
        return Situation::default();
    }
    let written = match text_of(folder, file) {
        Ok(written) => written,
        Err(fault) => {
            faults.push(fault);
            return Situation::default();
        }
    };
    let text = Text::new(file, &written);
    let (situation, found) = text.parse::<Situation>();
    faults.extend(found);
    let Some(situation) = situation else {
        return Situation::default();
    };
    let mut look = Look {
        text: &text,
        datasets,
        faults,
    };
    if let Some(works) = &situation.works {
        look.works(works);
    }
    if let Some(air) = &situation.air {
        look.air(air);
    }
    if let Some(addresses) = &situation.addresses {
        look.addresses(addresses);
    }
    for (at, places) in situation.places.iter().enumerate() {
        look.places(at, places);
    }
    if let Some(complaints) = &situation.complaints {
        look.complaints(complaints, departments);
    }
    if let Some(traffic) = &situation.traffic {
        look.traffic(traffic);
    }
    situation
}

/// What a column must be.
#[derive(Clone, Copy, PartialEq)]
enum Be {
    Anything,
    Day,
    Moment,
    Instant,
    Number,
    Shape,
}

struct Look<'l> {
    text: &'l Text<'l>,
    datasets: &'l Known<'l, Dataset>,
    faults: &'l mut Vec<Fault>,
}

impl<'l> Look<'l> {
    fn dataset(&mut self, id: &crate::DatasetId, path: &[&str]) -> Option<&'l Dataset> {
        dataset(id, self.datasets, self.text, path, self.faults)
    }

    /// A named column is there and is what it must be.
    fn column(&mut self, of: &Dataset, name: Option<&String>, path: &[&str], be: Be) {
        let Some(name) = name else { return };
        let Some(found) = column(of, name, self.text, path, self.faults) else {
            return;
        };
        let kind = found.column_type;
        let (is_right, right) = match be {
            Be::Anything => (true, ""),
            Be::Day => (kind == ColumnType::Date, "a date column"),
            Be::Moment => (
                is_moment(kind) && kind != ColumnType::Time,
                "a date, month or datetime column",
            ),
            Be::Instant => (kind == ColumnType::Datetime, "a datetime column"),
            Be::Number => (
                matches!(kind, ColumnType::Number | ColumnType::Integer),
                "a column of numbers",
            ),
            Be::Shape => (kind == ColumnType::Geometry, "a geometry column"),
        };
        if !is_right {
            let what = format!("`{name}` is `{}`", word(&kind));
            self.faults
                .push(self.text.fault_at(path, what).expected(right));
        }
    }

    /// A column says yes by values that it can have: those of a boolean are `Y` and `N`.
    fn flag(&mut self, of: &Dataset, (name, values): (&String, &[String]), path: &[&str]) {
        let at = |key| path.iter().copied().chain([key]).collect::<Vec<&str>>();
        self.column(of, Some(name), &at("column"), Be::Anything);
        let is_boolean = of
            .column(name)
            .is_some_and(|own| own.column_type == ColumnType::Boolean);
        for value in values {
            if is_boolean && !matches!(value.as_str(), "Y" | "N") {
                let what = format!("`{name}` is `boolean` and never `{value}`");
                let fault = self.text.fault_at(&at("is"), what);
                self.faults.push(fault.expected("`Y` or `N`"));
            }
        }
    }

    /// Rows must be somewhere: by a shape, or by the dataset's place.
    fn somewhere(&mut self, of: &Dataset, shape: Option<&String>, path: &[&str]) {
        if shape.is_none() && of.place.is_none() {
            let what = format!("the rows of `{}` have no place", of.id);
            let remedy = "name a geometry column as `shape`, or give the dataset a `place`";
            self.faults
                .push(self.text.fault_at(path, what).remedy(remedy));
        }
    }

    /// The same where a dataset's place is all there is.
    fn placed(&mut self, of: &Dataset, path: &[&str]) {
        if of.place.is_none() {
            let what = format!("the rows of `{}` have no place", of.id);
            let fault = self.text.fault_at(path, what);
            self.faults.push(fault.remedy("give the dataset a `place`"));
        }
    }

    fn day(&mut self, written: &str, path: &[&str]) {
        if day(written).is_none() && written != UNKNOWN {
            let fault = self
                .text
                .fault_at(path, format!("`{written}` is not a day"));
            self.faults.push(fault.expected("like \"2026-03-01\""));
        }
    }

    fn not_negative(&mut self, value: f64, path: &[&str]) {
        if !value.is_finite() || value < 0.0 {
            let fault = self
                .text
                .fault_at(path, format!("{value} metres is no distance"));
            self.faults.push(fault.expected("0 or more metres"));
        }
    }

    fn works(&mut self, works: &Works) {
        self.not_negative(works.buffer, &["works", "buffer"]);
        self.not_negative(works.join.metres, &["works", "join", "metres"]);
        let own = &works.permits;
        let path = |key| ["works", "permits", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.number), &path("number"), Be::Anything);
            self.column(of, Some(&own.starts), &path("starts"), Be::Day);
            self.column(of, Some(&own.ends), &path("ends"), Be::Day);
            self.column(of, own.shape.as_ref(), &path("shape"), Be::Shape);
            self.column(of, own.depth.as_ref(), &path("depth"), Be::Number);
            self.column(of, own.length.as_ref(), &path("length"), Be::Number);
            for (key, name) in [
                ("road", &own.road),
                ("surface", &own.surface),
                ("contractor", &own.contractor),
                ("utility", &own.utility),
                ("status", &own.status),
            ] {
                self.column(of, name.as_ref(), &path(key), Be::Anything);
            }
            if let Some(flag) = &own.emergency {
                let values = std::slice::from_ref(&flag.is);
                self.flag(of, (&flag.column, values), &path("emergency"));
            }
            if let Some(flags) = &own.void {
                self.flag(of, (&flags.column, &flags.is), &path("void"));
            }
            self.somewhere(of, own.shape.as_ref(), &path("dataset"));
        }
        self.roads(works);
        self.closures(works);
        self.protection(works);
    }

    fn roads(&mut self, works: &Works) {
        let Some(own) = &works.roads else { return };
        let path = |key| ["works", "roads", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.name), &path("name"), Be::Anything);
            self.column(of, own.shape.as_ref(), &path("shape"), Be::Shape);
            self.column(of, own.surface.as_ref(), &path("surface"), Be::Anything);
            self.column(of, own.paved.as_ref(), &path("paved"), Be::Day);
        }
    }

    fn closures(&mut self, works: &Works) {
        let Some(own) = &works.closures else { return };
        let path = |key| ["works", "closures", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.title), &path("title"), Be::Anything);
            self.column(of, Some(&own.starts), &path("starts"), Be::Moment);
            self.column(of, own.ends.as_ref(), &path("ends"), Be::Moment);
            if let Some(flag) = &own.only {
                let values = std::slice::from_ref(&flag.is);
                self.flag(of, (&flag.column, values), &path("only"));
            }
            self.column(of, own.shape.as_ref(), &path("shape"), Be::Shape);
            self.column(of, own.road.as_ref(), &path("road"), Be::Anything);
            self.somewhere(of, own.shape.as_ref(), &path("dataset"));
        }
    }

    fn protection(&mut self, works: &Works) {
        let lacks_road = works.roads.as_ref().is_none_or(|own| own.paved.is_none())
            || works.permits.road.is_none();
        if lacks_road && !works.protection.is_empty() {
            let what = "nobody can say when a road was resurfaced";
            let remedy = "name `works.permits.road` and `works.roads.paved`, or take the rules out";
            let fault = self.text.fault_at(&["works", "protection"], what);
            self.faults.push(fault.remedy(remedy));
        }
        for (at, rule) in works.protection.iter().enumerate() {
            let at = at.to_string();
            let path = |key| ["works", "protection", &at, key];
            self.day(&rule.from, &path("from"));
            if let Some(until) = &rule.until {
                self.day(until, &path("until"));
                if day(until)
                    .zip(day(&rule.from))
                    .is_some_and(|(until, from)| until < from)
                {
                    let fault = self
                        .text
                        .fault_at(&path("until"), "the rule ends before it begins");
                    self.faults
                        .push(fault.expected(format!("{} or later", rule.from)));
                }
            }
            if rule.basis.trim().is_empty() {
                let fault = self.text.fault_at(&path("basis"), "`basis` says nothing");
                self.faults.push(fault.expected("law, article and date"));
            }
        }
    }

    fn air(&mut self, air: &Air) {
        if let Some(of) = self.dataset(&air.dataset, &["air", "dataset"]) {
            self.column(of, Some(&air.station), &["air", "station"], Be::Anything);
            self.column(of, Some(&air.measured), &["air", "measured"], Be::Moment);
            for (key, name) in air.pollutants() {
                self.column(of, name, &["air", key], Be::Number);
            }
        }
        if air.scales.is_empty() {
            let what = "there is no scale: nobody can say what is bad";
            self.faults
                .push(self.text.fault_at(&["air", "scales"], what));
        }
        for (at, scale) in air.scales.iter().enumerate() {
            let at = at.to_string();
            self.day(&scale.from, &["air", "scales", &at, "from"]);
            for (key, bands) in scale.bands() {
                let rises = bands.is_sorted_by(|low, high| low < high);
                let is_sound = bands.len() == BANDS && rises && bands.iter().all(|end| *end > 0.0);
                if !is_sound {
                    let fault = self
                        .text
                        .fault_at(&["air", "scales", &at, key], "these are no four bands");
                    self.faults
                        .push(fault.expected("four upper ends, each above the one before"));
                }
            }
            if scale.surcharges.len() != 2 {
                let path = ["air", "scales", &at, "surcharges"];
                let fault = self.text.fault_at(&path, "these are no two surcharges");
                self.faults
                    .push(fault.expected("one for two bad pollutants, one for three or more"));
            }
        }
    }

    fn addresses(&mut self, own: &Addresses) {
        let path = |key| ["addresses", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.road), &path("road"), Be::Anything);
            for (key, name) in [
                ("lot", &own.lot),
                ("building", &own.building),
                ("dong", &own.dong),
            ] {
                self.column(of, name.as_ref(), &path(key), Be::Anything);
            }
            self.placed(of, &path("dataset"));
        }
    }

    fn places(&mut self, at: usize, own: &Places) {
        let at = at.to_string();
        let path = |key| ["places", &at, key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.name), &path("name"), Be::Anything);
            for (key, name) in [("road", &own.road), ("dong", &own.dong)] {
                self.column(of, name.as_ref(), &path(key), Be::Anything);
            }
            self.placed(of, &path("dataset"));
        }
    }

    fn complaints(&mut self, own: &Complaints, departments: Option<&[&str]>) {
        let path = |key| ["complaints", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.received), &path("received"), Be::Moment);
            self.column(of, Some(&own.topic), &path("topic"), Be::Anything);
            self.column(of, Some(&own.dong), &path("dong"), Be::Anything);
            for (key, name) in [("dong-name", &own.dong_name), ("status", &own.status)] {
                self.column(of, name.as_ref(), &path(key), Be::Anything);
            }
        }
        if let Some(residents) = &own.residents {
            let path = |key| ["complaints", "residents", key];
            if let Some(of) = self.dataset(&residents.dataset, &path("dataset")) {
                self.column(of, Some(&residents.dong), &path("dong"), Be::Anything);
                self.column(of, Some(&residents.people), &path("people"), Be::Number);
                self.column(of, residents.time.as_ref(), &path("time"), Be::Moment);
            }
        }
        let Some(departments) = departments else {
            return;
        };
        for (at, responsible) in own.responsible.iter().enumerate() {
            if !departments.contains(&responsible.department.as_str()) {
                let at = at.to_string();
                let what = format!(
                    "city.toml declares no department `{}`",
                    responsible.department
                );
                let path = ["complaints", "responsible", &at, "department"];
                let fault = self.text.fault_at(&path, what);
                self.faults
                    .extend(unknown(fault, &responsible.department, departments));
            }
        }
    }
}
