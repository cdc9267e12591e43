//! The city's areas with their boundaries, and addresses that name one while their place lies in another.

use std::collections::BTreeMap;

use arrow::array::Array as _;
use city::profile::{Finding, PLACE, What};

use super::address::{columns, read};
use super::far::metres;
use super::table::{EXAMPLES, Table};

/// Metres beyond a boundary that nobody calls another place: boundaries are drawn roughly.
const ROUGHLY: f64 = 500.0;
/// More contradictions than this share: the names are those of another system.
const SHARE: f64 = 0.3;
/// Points of a shape, at most.
const POINTS: usize = 1_000_000;

/// A ring of points.
type Ring = Vec<(f64, f64)>;

/// One area.
#[derive(Clone, Debug, Default)]
struct Area {
    rings: Vec<Ring>,
    /// West, south, east, north.
    bounds: [f64; 4],
}

/// Areas with their names.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    areas: Vec<(String, Area)>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Areas {
    /// Adds an area: its name, and its shape as well-known binary. A shape that is no polygon is left out.
    pub fn add(&mut self, name: &str, shape: &[u8]) {
        let mut reader = Reader {
            bytes: shape,
            little: true,
            points: 0,
        };
        let mut rings = Vec::new();
        if reader.shape(&mut rings, 0).is_none() || rings.is_empty() {
            return;
        }
        let points = rings.iter().flatten();
        let start = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let bounds = points.fold(start, |[w, s, e, n], (x, y)| {
            [w.min(*x), s.min(*y), e.max(*x), n.max(*y)]
        });
        let at = self.areas.len();
        self.areas.push((name.to_owned(), Area { rings, bounds }));
        self.by_name.entry(name.to_owned()).or_default().push(at);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Area> {
        let own = self.by_name.get(name).into_iter().flatten();
        own.filter_map(|at| self.areas.get(*at))
            .map(|(_, area)| area)
    }

    /// The name of the area a place lies in.
    fn at(&self, place: (f64, f64)) -> Option<&str> {
        let own = self.areas.iter().find(|(_, area)| area.has(place));
        own.map(|(name, _)| name.as_str())
    }
}

impl Area {
    /// Whether a place lies within: a line from it crosses the rings an odd number of times.
    fn has(&self, (x, y): (f64, f64)) -> bool {
        let [west, south, east, north] = self.bounds;
        if !((west..=east).contains(&x) && (south..=north).contains(&y)) {
            return false;
        }
        let crossed = self.sides().filter(|((ax, ay), (bx, by))| {
            (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
        });
        crossed.count() % 2 == 1
    }

    fn sides(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> {
        self.rings
            .iter()
            .flat_map(|ring| ring.iter().copied().zip(ring.iter().skip(1).copied()))
    }

    /// Metres from a place outside to the boundary.
    fn away(&self, place: (f64, f64)) -> f64 {
        let across = place.1.to_radians().cos();
        self.sides()
            .map(|(a, b)| {
                let flat = |(x, y): (f64, f64)| ((x - place.0) * across, y - place.1);
                let (a, b) = (flat(a), flat(b));
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let long = dx * dx + dy * dy;
                let part = if long > 0.0 {
                    (-(a.0 * dx + a.1 * dy) / long).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let near = (
                    place.0 + (a.0 + part * dx) / across,
                    place.1 + a.1 + part * dy,
                );
                metres(place, near)
            })
            .fold(f64::MAX, f64::min)
    }
}

/// Well-known binary, of polygons only.
struct Reader<'b> {
    bytes: &'b [u8],
    little: bool,
    points: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (own, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*own)
    }

    fn number(&mut self) -> Option<u32> {
        let bytes = self.take()?;
        Some(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn float(&mut self) -> Option<f64> {
        let bytes = self.take()?;
        let float = if self.little {
            f64::from_le_bytes(bytes)
        } else {
            f64::from_be_bytes(bytes)
        };
        float.is_finite().then_some(float)
    }

    fn shape(&mut self, rings: &mut Vec<Ring>, depth: u32) -> Option<()> {
        let [order] = self.take::<1>()?;
        self.little = order == 1;
        let kind = self.number()?;
        // Heights and measures stand behind x and y, told by thousands or by high bits.
        let flags = kind >> 28;
        let (base, thousands) = ((kind & 0x0fff_ffff) % 1000, (kind & 0x0fff_ffff) / 1000);
        let more = u32::from(flags & 8 != 0 || thousands == 1 || thousands == 3)
            + u32::from(flags & 4 != 0 || thousands == 2 || thousands == 3);
        match base {
            3 => {
                for _ in 0..self.number()? {
                    let ring = self.ring(more)?;
                    rings.push(ring);
                }
            }
            6 if depth == 0 => {
                for _ in 0..self.number()? {
                    self.shape(rings, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn ring(&mut self, more: u32) -> Option<Ring> {
        let points = self.number()?;
        let mut ring = Ring::new();
        for _ in 0..points {
            self.points += 1;
            if self.points > POINTS {
                return None;
            }
            let (x, y) = (self.float()?, self.float()?);
            for _ in 0..more {
                self.take::<8>()?;
            }
            ring.push((x, y));
        }
        Some(ring)
    }
}

/// Addresses that name one area while their place lies in another.
pub(super) fn find(table: &Table<'_>, areas: &Areas) -> Vec<Finding> {
    if areas.is_empty() {
        return Vec::new();
    }
    columns(table)
        .filter_map(|address| of_column(table, address, areas))
        .collect()
}

fn of_column(table: &Table<'_>, address: &str, areas: &Areas) -> Option<Finding> {
    let texts = table.texts(address)?;
    let (mut looked, mut rows) = (0_usize, Vec::new());
    for row in 0..texts.len() {
        let (Some(text), Some(place)) = (Table::text(texts, row), table.place(row)) else {
            continue;
        };
        let named = read(text);
        let mut own = named
            .neighbourhoods
            .iter()
            .flat_map(|name| areas.named(name))
            .peekable();
        if own.peek().is_none() {
            continue;
        }
        looked += 1;
        let is_far = own.all(|area| !area.has(place) && area.away(place) > ROUGHLY);
        if is_far && areas.at(place).is_some() {
            rows.push(row);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts as a share")]
    let share = rows.len() as f64 / looked.max(1) as f64;
    let shown = [address, PLACE[0], PLACE[1]];
    (!rows.is_empty() && share <= SHARE).then(|| Finding {
        what: What::AddressArea,
        columns: shown.map(str::to_owned).into(),
        count: u64::try_from(rows.len()).unwrap_or_default(),
        of: u64::try_from(looked).unwrap_or_default(),
        examples: rows
            .iter()
            .take(EXAMPLES)
            .map(|row| {
                let mut example = table.example(&shown, &[*row]);
                let lies = table.place(*row).and_then(|place| areas.at(place));
                if !example.values.is_empty() {
                    example.values.extend(lies.map(str::to_owned));
                }
                example
            })
            .collect(),
    })
}
