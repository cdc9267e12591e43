//! Roads by their names: one road may stand in several rows, each a stretch of its own.

use std::collections::HashMap;

use geo_types::{Coord, Geometry, LineString};

use super::along::{self, Stretch, stretches};
use super::permit::{Permit, Road};

/// Works that reach so little into a row's stretch dig another: lines and permits are drawn to a metre.
const TOUCHED: f64 = 1.0;

/// Roads, looked up by name.
#[derive(Debug)]
pub(crate) struct Roads<'r> {
    roads: &'r [Road],
    named: HashMap<&'r str, Vec<usize>>,
}

/// Which rows of a road works dig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Each of these.
    All(Vec<usize>),
    /// One of these, and nobody can say which: a row has no line.
    OneOf(Vec<usize>),
}

impl<'r> Roads<'r> {
    pub(crate) fn new(roads: &'r [Road]) -> Self {
        let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, road) in roads.iter().enumerate() {
            named.entry(road.name.trim()).or_default().push(at);
        }
        Self { roads, named }
    }

    /// The rows of a road.
    fn rows(&self, name: &str) -> &[usize] {
        self.named.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The lines of a road.
    pub(crate) fn lines(&self, name: &str) -> Vec<&'r LineString<f64>> {
        let lines = self.rows(name).iter().flat_map(|row| self.lines_of(*row));
        lines.collect()
    }

    fn lines_of(&self, row: usize) -> &'r [LineString<f64>] {
        let road = self.roads.get(row);
        let line = road.and_then(|road| road.line.as_ref());
        line.map(along::lines).unwrap_or_default()
    }

    /// The rows of its road that works dig: by the surface they name, and by the lines they are nearest to. Nothing where
    /// there is no such road.
    pub(crate) fn dug(&self, permit: &Permit) -> Option<Rows> {
        let rows = self.rows(permit.road.as_deref()?);
        let is_said = |row: &&usize| {
            let road = self.roads.get(**row);
            permit.surface.is_some() && road.is_some_and(|road| road.surface == permit.surface)
        };
        let said: Vec<usize> = rows.iter().filter(is_said).copied().collect();
        let rows = if said.is_empty() { rows.to_vec() } else { said };
        match rows.as_slice() {
            [] => None,
            [_] => Some(Rows::All(rows)),
            _ if rows.iter().any(|row| self.lines_of(*row).is_empty()) => Some(Rows::OneOf(rows)),
            _ => Some(Rows::All(self.touched(&rows, &permit.shape))),
        }
    }

    /// Those rows along whose lines a shape lies; the one it is most of along where it is short.
    fn touched(&self, rows: &[usize], shape: &Geometry<f64>) -> Vec<usize> {
        let lines = rows.iter().flat_map(|row| {
            let own = self.lines_of(*row).iter();
            own.map(|line| (*row, line))
        });
        let (of, lines): (Vec<usize>, Vec<&LineString<f64>>) = lines.unzip();
        let mut metres: Vec<(usize, f64)> = Vec::new();
        for own in stretches(&lines, shape) {
            let Some(row) = of.get(own.line).copied() else {
                continue;
            };
            match metres.iter_mut().find(|(known, _)| *known == row) {
                Some((_, sum)) => *sum += own.metres(),
                None => metres.push((row, own.metres())),
            }
        }
        let most = metres.iter().map(|(_, own)| *own).fold(0.0, f64::max);
        let is_dug = |(_, own): &&(usize, f64)| *own >= TOUCHED.min(most);
        metres.iter().filter(is_dug).map(|(row, _)| *row).collect()
    }
}

/// Roads as ways that are driven in one go, by name: what a permit that says a place and a length is cut from.
#[derive(Debug)]
pub struct Ways<'r> {
    named: HashMap<&'r str, Vec<LineString<f64>>>,
}

impl<'r> Ways<'r> {
    /// The ways of roads.
    pub fn new(roads: &'r [Road]) -> Self {
        let all = Roads::new(roads);
        let names = all.named.keys();
        let ways = names.map(|name| (*name, along::ways(&all.lines(name))));
        Self {
            named: ways.collect(),
        }
    }

    /// So many metres of a road around a place; nothing where the road has no line.
    pub fn around(&self, road: &str, at: Coord<f64>, metres: f64) -> Option<Geometry<f64>> {
        along::around(self.named.get(road.trim())?, at, metres)
    }

    /// How far a place is from a road; nothing where the road has no line.
    pub fn metres(&self, road: &str, at: Coord<f64>) -> Option<f64> {
        let ways: Vec<&LineString<f64>> = self.named.get(road.trim())?.iter().collect();
        along::nearest(&ways, at).map(|(_, metres, _)| metres)
    }
}

/// Stretches as intervals along all lines, one behind the other.
pub(crate) fn intervals(lines: &[&LineString<f64>], found: &[Stretch]) -> Vec<(f64, f64)> {
    let mut begins = Vec::with_capacity(lines.len());
    let mut passed = 0.0;
    for line in lines {
        begins.push(passed);
        passed += crate::shape::length(line);
    }
    let interval = |own: &Stretch| {
        let begin = begins.get(own.line)?;
        Some((begin + own.from, begin + own.to))
    };
    found.iter().filter_map(interval).collect()
}
