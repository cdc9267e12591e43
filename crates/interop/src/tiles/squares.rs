//! Places counted in squares of one size: where there are many, told without drawing each.

use std::fmt::Write as _;

use access::{AskError, Filter, Op, Question, Reader, Rows};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use city::compute::quoted;
use tiles::Frame;

/// Squares across a picture, at most.
const ACROSS: f64 = 24.0;
/// Sides of squares in metres.
const SIDES: [f64; 12] = [
    50.0, 100.0, 200.0, 250.0, 500.0, 1_000.0, 2_000.0, 2_500.0, 5_000.0, 10_000.0, 20_000.0,
    50_000.0,
];
/// Metres to a degree of latitude.
const DEGREE: f64 = 111_320.0;
/// Width of a picture in its own units.
const WIDTH: f64 = 640.0;

/// Places counted in squares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Squares {
    /// The side of a square in metres.
    pub side: f64,
    /// Width in its own units.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Squares with places, the fullest first.
    pub squares: Vec<Square>,
    /// Places outside the city's bounds.
    pub outside: u64,
}

/// One square.
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    /// Its path, for `d`.
    pub path: String,
    /// Its middle in degrees: longitude, latitude.
    pub middle: (f64, f64),
    /// How many places lie in it.
    pub count: u64,
}

/// Where squares lie.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Net {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    side: f64,
    wide: f64,
    high: f64,
}

impl Net {
    fn of([west, south, east, north]: [f64; 4]) -> Option<Self> {
        let shrink = f64::midpoint(south, north).to_radians().cos();
        let metres = (east - west) * DEGREE * shrink;
        if !(metres.is_finite() && metres > 0.0 && north > south) {
            return None;
        }
        let side = SIDES.into_iter().find(|side| metres / side <= ACROSS);
        let side = side.unwrap_or(metres / ACROSS);
        Some(Self {
            west,
            south,
            east,
            north,
            side,
            wide: side / (DEGREE * shrink),
            high: side / DEGREE,
        })
    }

    /// The square of a column and a row: west, south, east, north.
    fn square(&self, (x, y): (i64, i64)) -> [f64; 4] {
        let at =
            |from: f64, step: f64, at: i64| from + step * i32::try_from(at).map_or(0.0, f64::from);
        [
            at(self.west, self.wide, x),
            at(self.south, self.high, y),
            at(self.west, self.wide, x + 1),
            at(self.south, self.high, y + 1),
        ]
    }

    fn holds(&self, [west, south, east, north]: [f64; 4]) -> bool {
        let (x, y) = (f64::midpoint(west, east), f64::midpoint(south, north));
        x >= self.west
            && x <= self.east + self.wide
            && y >= self.south
            && y <= self.north + self.high
    }
}

/// The places of these rows in squares; nothing where the bounds hold no area.
///
/// # Errors
/// When they may not be seen, or cannot be read.
pub async fn squares(
    reader: &Reader,
    rows: &Rows,
    bounds: [f64; 4],
) -> Result<Option<Squares>, AskError> {
    let (Some(net), Some(frame)) = (Net::of(bounds), Frame::new(bounds, WIDTH)) else {
        return Ok(None);
    };
    let question = Question {
        sql: sql(&net, rows),
        at: rows.at.clone(),
    };
    let batches = reader.ask(question).await?.collect().await?;
    let mut found = Squares {
        side: net.side,
        width: frame.width,
        height: frame.height,
        ..Squares::default()
    };
    for (at, count) in batches.iter().flat_map(counted) {
        let square = net.square(at);
        let path = frame.square(square).filter(|_| net.holds(square));
        let Some(path) = path else {
            found.outside += count;
            continue;
        };
        let [west, south, east, north] = square;
        found.squares.push(Square {
            path,
            middle: (f64::midpoint(west, east), f64::midpoint(south, north)),
            count,
        });
    }
    found.squares.sort_by(|one, other| {
        other
            .count
            .cmp(&one.count)
            .then_with(|| one.path.cmp(&other.path))
    });
    Ok(Some(found))
}

fn sql(net: &Net, rows: &Rows) -> String {
    let mut conditions = "longitude is not null and latitude is not null".to_owned();
    for filter in &rows.filters {
        // Writing to a text never fails.
        let _ = write!(conditions, " and {}", condition(filter));
    }
    let far = i32::MAX / 2;
    let step = |column: &str, from: f64, step: f64| {
        format!(
            "cast(least(greatest(floor(({column} - ({from:?})) / {step:?}), -{far}), {far}) as bigint)"
        )
    };
    format!(
        "select {} as x, {} as y, count(*) as counted from {} where {conditions} group by 1, 2 order by 1, 2",
        step("longitude", net.west, net.wide),
        step("latitude", net.south, net.high),
        quoted(rows.dataset.as_str()),
    )
}

/// The comparisons a board makes; the value stands as a literal, its quotation marks doubled.
fn condition(filter: &Filter) -> String {
    let sign = match filter.op {
        Op::Ge => ">=",
        Op::Gt => ">",
        Op::Le => "<=",
        Op::Lt => "<",
        _ => "=",
    };
    let value = format!("'{}'", filter.value.replace('\'', "''"));
    match filter.op {
        Op::Eq => format!("cast({} as varchar) = {value}", quoted(&filter.column)),
        _ => format!("{} {sign} {value}", quoted(&filter.column)),
    }
}

fn counted(batch: &RecordBatch) -> Vec<((i64, i64), u64)> {
    let numbers = |at: usize| batch.columns().get(at)?.as_primitive_opt::<Int64Type>();
    let (Some(x), Some(y), Some(count)) = (numbers(0), numbers(1), numbers(2)) else {
        return Vec::new();
    };
    (0..batch.num_rows())
        .filter(|row| x.is_valid(*row) && y.is_valid(*row))
        .filter_map(|row| {
            let count = u64::try_from(count.value(row)).ok()?;
            Some(((x.value(row), y.value(row)), count))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_of_a_round_side_and_as_wide_as_high_on_the_ground() {
        let net = Net::of([126.9, 36.9, 127.2, 37.4]).unwrap();
        assert!((net.side - 2_000.0).abs() < 1e-9);
        let metres = net.wide * DEGREE * 37.15_f64.to_radians().cos();
        assert!((metres - net.high * DEGREE).abs() < 1.0, "{metres}");
        assert!(Net::of([127.0, 37.0, 127.0, 37.4]).is_none());
        let [west, south, east, north] = net.square((0, 0));
        assert!((west - 126.9).abs() < 1e-9 && (south - 36.9).abs() < 1e-9);
        assert!(east > west && north > south);
        assert!(!net.holds(net.square((500, 0))));
    }

    #[test]
    fn what_a_visitor_sends_stays_a_value() {
        let filter = Filter {
            column: "do\"ng".to_owned(),
            op: Op::Eq,
            value: "가' or '1'='1".to_owned(),
        };
        assert_eq!(
            condition(&filter),
            "cast(\"do\"\"ng\" as varchar) = '가'' or ''1''=''1'"
        );
    }
}
