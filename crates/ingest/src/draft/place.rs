//! Which columns say where a row is, and in which coordinate system.

use city::dataset::{Format, PlaceColumns};
use city::{Column, ColumnType};

use super::{Guide, Notes, Sample};
use crate::place::guess::{self, Guess, KOREA};
use crate::types::number;

/// Middles of the provinces and great cities, in degrees: by them belts are told apart.
const PROVINCES: [(&str, f64, f64); 17] = [
    ("서울", 126.98, 37.56),
    ("부산", 129.06, 35.18),
    ("대구", 128.60, 35.87),
    ("인천", 126.65, 37.46),
    ("광주", 126.85, 35.16),
    ("대전", 127.38, 36.35),
    ("울산", 129.31, 35.54),
    ("세종", 127.26, 36.50),
    ("경기", 127.20, 37.40),
    ("강원", 128.20, 37.80),
    ("충청북", 127.80, 36.80),
    ("충청남", 126.80, 36.50),
    ("전북", 127.15, 35.75),
    ("전라남", 126.90, 34.85),
    ("경상북", 128.80, 36.40),
    ("경상남", 128.30, 35.30),
    ("제주", 126.55, 33.38),
];
/// Names of eastings and of northings, in pairs.
const NAMED: [(&str, &str); 9] = [
    ("경도", "위도"),
    ("longitude", "latitude"),
    ("lng", "lat"),
    ("lon", "lat"),
    ("x좌표", "y좌표"),
    ("좌표x", "좌표y"),
    ("x", "y"),
    ("동경", "북위"),
    ("coord_x", "coord_y"),
];

/// A pair of columns and how they are to be read.
pub(super) struct Found {
    pub(super) place: PlaceColumns,
    /// Positions of easting and northing among the columns.
    pub(super) pair: (usize, usize),
    /// Share of the sampled places inside Korea, 0 to 1.
    pub(super) inside: f64,
    /// All of them lie in the city's bounds.
    pub(super) in_city: bool,
}

/// Looks for a pair of coordinates among the numeric columns.
pub(super) fn find(
    columns: &[Column],
    sample: &Sample,
    guide: &Guide,
    notes: &mut Notes,
) -> Option<Found> {
    let (x, y) = named(columns, sample).or_else(|| by_values(columns, sample))?;
    let (xs, ys) = sample.pair(x, y);
    if xs.is_empty() {
        return None;
    }
    let title = |at: usize| columns.get(at).map_or("", |column| column.title.as_str());
    let guesses = guess::guess(&xs, &ys, KOREA);
    let Some(best) = choose(&guesses, columns, sample, guide, notes) else {
        notes.say(format!(
            "`{}` and `{}` are called coordinates, but no known system puts them into Korea",
            title(x),
            title(y)
        ));
        return None;
    };
    let (east, north) = if best.swapped { (y, x) } else { (x, y) };
    if best.swapped {
        notes.say(format!(
            "`{}` holds the eastings and `{}` the northings: their names are the wrong way round",
            title(east),
            title(north)
        ));
    }
    notes.tell(format!(
        "places: `{}`, `{}` in {}, which puts {:.1} % of {} sampled rows into Korea",
        title(east),
        title(north),
        best.crs,
        best.inside * 100.0,
        xs.len()
    ));
    let name = |at: usize| columns.get(at).map(|column| column.name.clone());
    let in_city = guess::guess(&xs, &ys, guide.bounds).iter().any(|guess| {
        guess.crs == best.crs && guess.swapped == best.swapped && guess.inside >= best.inside
    });
    Some(Found {
        place: PlaceColumns {
            x: name(east),
            y: name(north),
            crs: Some(best.crs.clone()),
        },
        pair: (east, north),
        inside: best.inside,
        in_city,
    })
}

fn is_number(column: &Column) -> bool {
    matches!(
        column.column_type,
        ColumnType::Number | ColumnType::Decimal | ColumnType::Integer
    )
}

/// A pair by its names; where a table has several, the one filled most often.
fn named(columns: &[Column], sample: &Sample) -> Option<(usize, usize)> {
    let plain = |column: &Column| -> String {
        column
            .title
            .chars()
            .filter(|sign| !sign.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let pairs = NAMED.iter().flat_map(|(east, north)| {
        columns
            .iter()
            .enumerate()
            .filter(|(_, column)| is_number(column))
            .filter_map(move |(x, column)| {
                let name = plain(column);
                let fits = if east.len() == 1 {
                    name == *east
                } else {
                    name.contains(east)
                };
                let partner = name.replacen(east, north, 1);
                let y = columns
                    .iter()
                    .position(|other| is_number(other) && plain(other) == partner)?;
                (fits && x != y).then_some((x, y))
            })
    });
    // The first of those filled alike; a pair hardly ever filled says where nothing is.
    pairs
        .filter(|(x, y)| sample.pair(*x, *y).0.len() * 10 >= sample.rows.len())
        .min_by_key(|(x, y)| usize::MAX - sample.pair(*x, *y).0.len())
}

/// A pair by its values: degrees of Korea, one column behind the other.
fn by_values(columns: &[Column], sample: &Sample) -> Option<(usize, usize)> {
    let lies = |at: usize, low: f64, high: f64| {
        let values = sample.numbers(at);
        let within = values
            .iter()
            .filter(|value| (low..=high).contains(*value))
            .count();
        values.len() >= 5
            && values.len() * 10 >= sample.rows.len()
            && within * 10 >= values.len() * 9
            && values.iter().any(|value| value.fract() != 0.0)
    };
    let numeric = || {
        columns
            .iter()
            .enumerate()
            .filter(|(_, column)| is_number(column))
            .map(|(at, _)| at)
    };
    let x = numeric().find(|at| lies(*at, KOREA[0], KOREA[2]))?;
    let y = numeric().find(|at| lies(*at, KOREA[1], KOREA[3]))?;
    Some((x, y))
}

/// The system among those that fit: by the city's bounds, then by the provinces of addresses.
fn choose<'g>(
    guesses: &'g [Guess],
    columns: &[Column],
    sample: &Sample,
    guide: &Guide,
    notes: &mut Notes,
) -> Option<&'g Guess> {
    let best = guesses.first()?;
    if best.crs == "EPSG:4326" {
        return Some(best);
    }
    let alike: Vec<&Guess> = guesses
        .iter()
        .filter(|guess| guess.inside >= best.inside - 0.02)
        .collect();
    if alike.len() == 1 {
        return Some(best);
    }
    let [west, south, east, north] = guide.bounds;
    let in_city: Vec<&&Guess> = alike
        .iter()
        .filter(|guess| {
            (west..=east).contains(&guess.middle.0) && (south..=north).contains(&guess.middle.1)
        })
        .collect();
    let names: Vec<&str> = alike.iter().map(|guess| guess.crs.as_str()).collect();
    let reason = |what: &str, chosen: &Guess| {
        format!(
            "{} all put the places into Korea; {} is chosen because {what}: check one place on the map",
            names.join(", "),
            chosen.crs
        )
    };
    // Belts of one datum stand side by side; a box as wide as the country tells nothing.
    if !in_city.is_empty() && in_city.len() < alike.len() {
        let chosen = in_city
            .iter()
            .find(|guess| guess.crs == guide.crs)
            .or(in_city.first())?;
        notes.say(reason(
            "only it puts them into the city, or it is the city's own",
            chosen,
        ));
        return Some(chosen);
    }
    if let Some((name, x, y)) = province(columns, sample) {
        let far = |guess: &Guess| (guess.middle.0 - x).hypot(guess.middle.1 - y);
        let chosen = alike
            .iter()
            .min_by(|left, right| far(left).total_cmp(&far(right)))?;
        notes.say(reason(&format!("addresses speak of {name}"), chosen));
        return Some(chosen);
    }
    let chosen = alike
        .iter()
        .find(|guess| guess.crs == guide.crs)
        .or(alike.first())?;
    notes.say(reason(
        "nothing else tells them apart and it is the most usual",
        chosen,
    ));
    Some(chosen)
}

/// The province most sampled cells begin with.
fn province(columns: &[Column], sample: &Sample) -> Option<(&'static str, f64, f64)> {
    let mut best = (0, None);
    for province in PROVINCES {
        let count = (0..columns.len())
            .flat_map(|at| sample.texts(at))
            .filter(|text| text.starts_with(province.0))
            .count();
        if count > best.0 {
            best = (count, Some(province));
        }
    }
    best.1
}

/// What to say of shapes that bring their own coordinates.
pub(super) fn of_shapes(
    format: &Format,
    crs: Option<&str>,
    guide: &Guide,
    notes: &mut Notes,
) -> PlaceColumns {
    match crs {
        Some(crs) => notes.tell(format!("shapes are in {crs}, as the file itself says")),
        None => notes.say(format!(
            "the {} does not say its coordinate system; {} is taken, the city's own: check one shape on the map",
            super::kind::word(format.kind),
            guide.crs
        )),
    }
    PlaceColumns {
        x: None,
        y: None,
        crs: Some(crs.unwrap_or(&guide.crs).to_owned()),
    }
}

impl Sample {
    /// A column's sampled numbers.
    fn numbers(&self, at: usize) -> Vec<f64> {
        self.texts(at).filter_map(number::float).collect()
    }

    /// A column's sampled texts.
    fn texts(&self, at: usize) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .filter_map(move |row| row.get(at))
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Two columns' numbers, where both have one that is not 0.
    fn pair(&self, x: usize, y: usize) -> (Vec<f64>, Vec<f64>) {
        self.rows
            .iter()
            .filter_map(|row| Some((number::float(row.get(x)?)?, number::float(row.get(y)?)?)))
            .filter(|(x, y)| *x != 0.0 && *y != 0.0)
            .unzip()
    }
}
