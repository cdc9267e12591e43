//! The air at each station.

use chrono::NaiveDateTime;
use interop::situation::air::{Air, Station};
use serde::Serialize;
use situation::air::{Doubt, DoubtKind, Index, Pollutant, Sub};

use crate::parts::{Cell, CellKind, Head, Table};
use crate::show;
use crate::site::Visit;

/// The air at the stations.
#[derive(Clone, Debug, Serialize)]
pub struct AirView {
    /// Station by station.
    pub table: Table,
    /// The same for a wall: the index, its grade, and what is to be looked at.
    pub brief: Table,
    /// The hour they were measured in.
    pub at: Option<String>,
    /// By which scale.
    pub basis: Option<String>,
}

/// What the overview shows of it.
pub(super) fn view(visit: &Visit, air: &Air) -> AirView {
    let table = table(visit, air);
    let told: &[usize] = if has_doubts(air) {
        &[0, 1, 2, 3]
    } else {
        &[0, 1, 2]
    };
    AirView {
        brief: table.clone().part(usize::MAX, told),
        table,
        at: air.newest.map(|newest| {
            let at = newest.format("%Y-%m-%d %H:%M").to_string();
            visit.say("situation.air_at", &[("at", at)])
        }),
        basis: air.basis.clone(),
    }
}

/// A table of the stations.
fn table(visit: &Visit, air: &Air) -> Table {
    let mut heads = vec![
        Head::text(visit.t("situation.station")),
        Head::number(visit.t("situation.index")),
        Head::text(visit.t("situation.grade")),
    ];
    if has_doubts(air) {
        heads.push(Head::text(visit.t("situation.doubts")));
    }
    heads.extend(
        Pollutant::ALL
            .iter()
            .map(|own| Head::number(head(visit, *own))),
    );
    heads.push(Head::text(visit.t("situation.measured")));
    let count = u64::try_from(air.stations.len()).unwrap_or_default();
    Table {
        caption: visit.say("situation.air_caption", &[("count", show::count_of(count))]),
        heads,
        rows: air
            .stations
            .iter()
            .map(|own| row(visit, air, own))
            .collect(),
        plain: false,
    }
}

fn row(visit: &Visit, air: &Air, own: &Station) -> Vec<Cell> {
    let nothing = || Cell::of(CellKind::Nothing, visit.t("situation.unknown"));
    let mut cells = vec![Cell::text(own.name.clone())];
    match own.reading.as_ref().map(|reading| &reading.index) {
        Some(Index::Known { value, grade, .. }) => {
            cells.push(Cell::number(of_hour(visit, air, own, value.to_string())));
            cells.push(Cell::text(grade_of(visit, grade.word())));
        }
        Some(Index::Unknown { lacks, few }) => {
            cells.push(nothing());
            cells.push(Cell::of(CellKind::Nothing, lacking(visit, lacks, few)));
        }
        None => cells.extend([nothing(), nothing()]),
    }
    if has_doubts(air) {
        let doubts: Vec<String> = own.doubts.iter().map(|own| doubt(visit, own)).collect();
        cells.push(Cell::text(doubts.join(" ")));
    }
    for pollutant in Pollutant::ALL {
        let mut subs = own.reading.iter().flat_map(|reading| &reading.subs);
        let sub = subs.find(|sub| sub.pollutant == pollutant);
        let told = sub.and_then(|sub| told(visit, sub));
        cells.push(told.map_or_else(nothing, Cell::number));
    }
    cells.push(Cell::of(
        CellKind::Moment,
        own.last.map_or_else(String::new, |last| when(air, last)),
    ));
    cells
}

/// Why there is no index: what was not measured now, and what was in too few of the hours before.
fn lacking(visit: &Visit, lacks: &[Pollutant], few: &[Pollutant]) -> String {
    let missing: Vec<Pollutant> = lacks
        .iter()
        .copied()
        .filter(|own| !few.contains(own))
        .collect();
    let said = [
        ("situation.lacks", missing.as_slice()),
        ("situation.too_few", few),
    ];
    let said = said.into_iter().filter(|(_, all)| !all.is_empty());
    let said = said.map(|(key, all)| {
        let names: Vec<String> = all.iter().map(|own| name(visit, *own)).collect();
        visit.say(key, &[("what", names.join(", "))])
    });
    said.collect::<Vec<String>>().join(" ")
}

/// An index with its hour, where that is not the newest: it is of then, and not of now.
fn of_hour(visit: &Visit, air: &Air, own: &Station, index: String) -> String {
    let Some(last) = own.last.filter(|last| Some(*last) != air.newest) else {
        return index;
    };
    let when = when(air, last);
    visit.say(
        "situation.index_of_hour",
        &[("index", index), ("when", when)],
    )
}

/// An hour of the newest day; with its day where it is of another.
fn when(air: &Air, at: NaiveDateTime) -> String {
    let is_same_day = air.newest.is_some_and(|newest| newest.date() == at.date());
    let form = if is_same_day { "%H:%M" } else { "%m-%d %H:%M" };
    at.format(form).to_string()
}

/// Whether anything of any station is to be looked at.
fn has_doubts(air: &Air) -> bool {
    air.stations.iter().any(|own| !own.doubts.is_empty())
}

/// The head of a pollutant: of dust it is no value of the hour.
fn head(visit: &Visit, own: Pollutant) -> String {
    let name = name(visit, own);
    if own.is_dust() {
        visit.say("situation.dust_head", &[("what", name)])
    } else {
        name
    }
}

/// What was judged, with what was measured in the hour where that is another thing.
fn told(visit: &Visit, sub: &Sub) -> Option<String> {
    let judged = sub.concentration.map(|own| value(sub.pollutant, own));
    match (judged, sub.measured) {
        (Some(mean), Some(hour)) => {
            let hour = value(sub.pollutant, hour);
            Some(visit.say("situation.dust", &[("mean", mean), ("hour", hour)]))
        }
        (None, Some(hour)) => {
            let hour = value(sub.pollutant, hour);
            Some(visit.say("situation.dust_hour", &[("hour", hour)]))
        }
        (judged, None) => judged,
    }
}

fn value(pollutant: Pollutant, concentration: f64) -> String {
    let step = pollutant.step();
    let digits = if step < 0.005 {
        3
    } else if step < 0.5 {
        2
    } else {
        0
    };
    format!("{concentration:.digits$}")
}

fn grade_of(visit: &Visit, word: &str) -> String {
    visit.t(&format!("situation.grade_{}", word.replace('-', "_")))
}

fn name(visit: &Visit, pollutant: Pollutant) -> String {
    visit.t(&format!("situation.{}", pollutant.word()))
}

fn doubt(visit: &Visit, own: &Doubt) -> String {
    let what = own.pollutant.map_or_else(String::new, |of| name(visit, of));
    let mut values = vec![("what", what)];
    match &own.kind {
        DoubtKind::Stuck { value, hours } | DoubtKind::Negative { value, hours } => {
            values.push(("value", value.to_string()));
            values.push(("hours", hours.to_string()));
        }
        DoubtKind::Jump { from, to } => {
            values.push(("from", from.to_string()));
            values.push(("to", to.to_string()));
        }
        DoubtKind::Ahead { minutes } | DoubtKind::Behind { minutes } => {
            values.push(("span", super::span(visit, *minutes)));
        }
        DoubtKind::Stopped { since } => {
            values.push(("since", since.format("%Y-%m-%d %H:%M").to_string()));
        }
    }
    visit.say(&format!("situation.doubt_{}", own.kind.word()), &values)
}
