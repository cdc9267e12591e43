//! The world: neighbourhoods that tile the city, roads through them, people in them.

use proj4rs::Proj;
use proj4rs::transform::transform;

use crate::dice::Dice;

/// West, south, east, north of the tiling, inside the city's bounds.
const BOX: [f64; 4] = [126.96, 37.21, 127.14, 37.37];
/// Neighbourhoods on a side.
const SIDE: usize = 5;
/// People in the city.
const PEOPLE: f64 = 300_000.0;

const NAMES: [&str; 25] = [
    "가온동",
    "누리동",
    "다솜동",
    "라온동",
    "마루동",
    "바람동",
    "새빛동",
    "아름동",
    "자람동",
    "초롱동",
    "큰솔동",
    "터울동",
    "푸른동",
    "하늘동",
    "한솔동",
    "달빛동",
    "별내음동",
    "은하동",
    "솔숲동",
    "물빛동",
    "나래동",
    "다온동",
    "미르동",
    "이든동",
    "여울동",
];
const STREETS: [&str; 10] = [
    "벚꽃",
    "은행나무",
    "샛별",
    "무지개",
    "솔바람",
    "옹달샘",
    "해오름",
    "구름",
    "단풍",
    "돌담",
];
const AVENUES: [&str; 8] = [
    "한빛대로",
    "누리대로",
    "새벽대로",
    "강변대로",
    "시청대로",
    "중앙대로",
    "달빛대로",
    "공원대로",
];

/// A point: longitude, latitude.
pub type Point = (f64, f64);

/// A neighbourhood (행정동).
#[derive(Clone, Debug)]
pub struct Dong {
    /// Its code, ten digits.
    pub code: String,
    /// Its name.
    pub name: &'static str,
    /// Corners, clockwise from the north-west.
    pub corners: [Point; 4],
    /// People by sex (men, women) and year of age.
    pub people: [[u32; 101]; 2],
}

/// A road.
#[derive(Clone, Debug)]
pub struct Road {
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// 대로, 로, 길.
    pub kind: &'static str,
    /// Width in metres.
    pub width: f64,
    /// Its line.
    pub line: Vec<Point>,
}

/// A place at a road of a neighbourhood.
#[derive(Clone, Debug)]
pub struct Place {
    /// Index of the neighbourhood.
    pub dong: usize,
    /// Where.
    pub at: Point,
    /// Name of the road.
    pub road: String,
    /// Road address.
    pub address: String,
}

/// The city.
pub struct World {
    /// What it follows from.
    pub seed: u64,
    /// Neighbourhoods.
    pub dongs: Vec<Dong>,
    /// Roads: avenues first, then two streets a neighbourhood.
    pub roads: Vec<Road>,
    degrees: Proj,
    belt: Proj,
    unified: Proj,
}

/// Buildings at a street.
pub const BUILDINGS: u32 = 120;

/// The number of the building at a place of a street.
struct BuildingNumber(u32);

impl BuildingNumber {
    /// How far along the street, from 0.1 to 0.9, and on which side.
    fn at(along: f64, beside: f64) -> Self {
        let nearest = whole((along - 0.1) / 0.8 * f64::from(BUILDINGS - 1)) + 1;
        let is_odd = nearest % 2 == 1;
        let number = if is_odd == (beside < 0.0) {
            nearest
        } else {
            nearest + 1
        };
        Self(if number > BUILDINGS {
            number - 2
        } else {
            number
        })
    }
}

fn middle(a: Point, b: Point) -> Point {
    (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1))
}

impl Dong {
    /// Its centre.
    pub fn centre(&self) -> Point {
        middle(
            middle(self.corners[0], self.corners[2]),
            middle(self.corners[1], self.corners[3]),
        )
    }

    /// All its people.
    pub fn all(&self) -> u32 {
        self.people.iter().flatten().sum()
    }

    /// People of these ages, both sexes.
    pub fn aged(&self, ages: std::ops::RangeInclusive<usize>) -> u32 {
        self.people
            .iter()
            .flat_map(|sex| sex.get(ages.clone()).unwrap_or_default())
            .sum()
    }
}

impl World {
    /// The city of a seed.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "world");
        let grid = grid(&mut dice);
        let dongs: Vec<Dong> = NAMES
            .iter()
            .enumerate()
            .map(|(at, name)| dong(at, name, &grid, &mut dice))
            .collect();
        let roads = roads(&grid, &dongs);
        let proj = |text: &str| {
            Proj::from_proj_string(text)
                .unwrap_or_else(|_| unreachable!("the definitions are ours"))
        };
        Self {
            seed,
            dongs,
            roads,
            degrees: proj("+proj=longlat +ellps=WGS84 +towgs84=0,0,0,0,0,0,0 +no_defs"),
            belt: proj(
                "+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=600000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs",
            ),
            unified: proj(
                "+proj=tmerc +lat_0=38 +lon_0=127.5 +k=0.9996 +x_0=1000000 +y_0=2000000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs",
            ),
        }
    }

    /// A point in the central belt (EPSG:5186), metres.
    pub fn belt(&self, point: Point) -> Point {
        self.project(&self.belt, point)
    }

    /// A point in the unified system (EPSG:5179), metres.
    pub fn unified(&self, point: Point) -> Point {
        self.project(&self.unified, point)
    }

    fn project(&self, to: &Proj, (x, y): Point) -> Point {
        let mut point = (x.to_radians(), y.to_radians(), 0.0);
        match transform(&self.degrees, to, &mut point) {
            Ok(()) => (point.0, point.1),
            Err(_) => (x, y),
        }
    }

    /// A place at one of a neighbourhood's two streets.
    pub fn place_in(&self, dong: usize, dice: &mut Dice) -> Place {
        let street = usize::try_from(dice.between(0, 1)).unwrap_or_default();
        let road = &self.roads[AVENUES.len() + dong * 2 + street];
        let (from, to) = (road.line[0], road.line[2]);
        let along = dice.real(0.1, 0.9);
        // A few metres beside the road.
        let beside = dice.real(-0.000_15, 0.000_15);
        let at = (
            from.0 + (to.0 - from.0) * along + beside,
            from.1 + (to.1 - from.1) * along + beside,
        );
        // Drawn and not used: what is drawn after it stays what it was.
        let _number = dice.between(1, 240);
        let number = BuildingNumber::at(along, beside);
        Place {
            dong,
            at,
            road: road.name.clone(),
            address: format!(
                "한빛시 {} {} {}",
                self.dongs[dong].name, road.name, number.0
            ),
        }
    }

    /// The building of a number at one of a neighbourhood's two streets: numbers rise along the road, odd ones on its
    /// left.
    pub fn building(&self, dong: usize, street: usize, number: u32) -> Place {
        let road = &self.roads[AVENUES.len() + dong * 2 + street];
        let (from, to) = (road.line[0], road.line[2]);
        let along = 0.1 + 0.8 * f64::from(number.saturating_sub(1)) / f64::from(BUILDINGS - 1);
        let beside = if number % 2 == 1 { -0.000_1 } else { 0.000_1 };
        Place {
            dong,
            at: (
                from.0 + (to.0 - from.0) * along + beside,
                from.1 + (to.1 - from.1) * along + beside,
            ),
            road: road.name.clone(),
            address: format!("한빛시 {} {} {number}", self.dongs[dong].name, road.name),
        }
    }

    /// Where the `number`-th institution of a kind stands: the same in every file that names it.
    pub fn facility(&self, kind: &str, number: u64) -> Place {
        self.place(&mut Dice::new(self.seed, &format!("{kind} {number}")))
    }

    /// A place anywhere, likelier where more people live.
    pub fn place(&self, dice: &mut Dice) -> Place {
        let all: u32 = self.dongs.iter().map(Dong::all).sum();
        let mut wanted = dice.between(0, i64::from(all) - 1);
        for (at, dong) in self.dongs.iter().enumerate() {
            wanted -= i64::from(dong.all());
            if wanted < 0 {
                return self.place_in(at, dice);
            }
        }
        self.place_in(0, dice)
    }
}

fn step(at: usize) -> f64 {
    f64::from(u32::try_from(at).unwrap_or_default())
}

/// Corners of the tiling: a grid whose inner points are moved a little.
fn grid(dice: &mut Dice) -> Vec<Vec<Point>> {
    let [west, south, east, north] = BOX;
    let (width, height) = ((east - west) / step(SIDE), (north - south) / step(SIDE));
    (0..=SIDE)
        .map(|row| {
            (0..=SIDE)
                .map(|column| {
                    let inner = |at: usize| (1..SIDE).contains(&at);
                    let (mut x, mut y) = (west + width * step(column), north - height * step(row));
                    if inner(column) {
                        x += dice.real(-0.22, 0.22) * width;
                    }
                    if inner(row) {
                        y += dice.real(-0.22, 0.22) * height;
                    }
                    (x, y)
                })
                .collect()
        })
        .collect()
}

fn dong(at: usize, name: &'static str, grid: &[Vec<Point>], dice: &mut Dice) -> Dong {
    let (row, column) = (at / SIDE, at % SIDE);
    let corners = [
        grid[row][column],
        grid[row][column + 1],
        grid[row + 1][column + 1],
        grid[row + 1][column],
    ];
    // The middle of the city is fuller; some neighbourhoods are older.
    let distance = (step(row) - 2.0).abs() + (step(column) - 2.0).abs();
    let size = PEOPLE / 25.0 * (1.45 - distance * 0.2) * dice.real(0.85, 1.15);
    let old = dice.real(0.7, 1.5);
    let mut people = [[0; 101]; 2];
    for (sex, ages) in people.iter_mut().enumerate() {
        for (age, count) in ages.iter_mut().enumerate() {
            *count = whole(size * share(age, sex, old) * dice.real(0.9, 1.1));
        }
    }
    Dong {
        code: format!("48995{:03}00", 510 + at * 10),
        name,
        corners,
        people,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small count that is not negative"
)]
fn whole(value: f64) -> u32 {
    value.round() as u32
}

/// The share of one year of age of one sex: few children, many around fifty, women older.
fn share(age: usize, sex: usize, old: f64) -> f64 {
    let age = step(age);
    let base = match age {
        a if a < 20.0 => 0.004 + a * 0.000_12,
        a if a < 60.0 => 0.006 + (a - 20.0) * 0.000_06,
        a if a < 75.0 => (0.0078 - (a - 60.0) * 0.000_2) * old,
        a => (0.0048 * (-(a - 75.0) / 9.0).exp()) * old,
    };
    let longer = if sex == 1 && age > 70.0 { 1.35 } else { 1.0 };
    base * longer * 0.95
}

fn roads(grid: &[Vec<Point>], dongs: &[Dong]) -> Vec<Road> {
    let mut roads = Vec::new();
    for (at, name) in AVENUES.iter().enumerate() {
        let line: Vec<Point> = if at < 4 {
            grid[at + 1].clone()
        } else {
            grid.iter().map(|row| row[at - 3]).collect()
        };
        roads.push(Road {
            number: format!("R{:03}", at + 1),
            name: (*name).to_owned(),
            kind: "대로",
            width: 35.0,
            line,
        });
    }
    for (at, dong) in dongs.iter().enumerate() {
        let [nw, ne, se, sw] = dong.corners;
        let street = STREETS[at % STREETS.len()];
        let ends = [
            (middle(nw, sw), middle(ne, se), "로", 15.0),
            (middle(nw, ne), middle(sw, se), "길", 8.0),
        ];
        for (from, to, kind, width) in ends {
            let centre = middle(from, to);
            let stem = dong.name.trim_end_matches('동');
            roads.push(Road {
                number: format!("R{:03}", roads.len() + 1),
                name: format!("{stem}{street}{kind}"),
                kind,
                width,
                line: vec![from, centre, to],
            });
        }
    }
    roads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_has_its_people_and_places_lie_in_their_neighbourhood() {
        let world = World::new(1);
        let all: u32 = world.dongs.iter().map(Dong::all).sum();
        assert!((240_000..360_000).contains(&all), "{all}");
        let mut dice = Dice::new(1, "test");
        for _ in 0..500 {
            let place = world.place(&mut dice);
            assert!(
                inside(place.at, &world.dongs[place.dong].corners),
                "{place:?}"
            );
        }
    }

    fn inside((x, y): Point, corners: &[Point; 4]) -> bool {
        (0..4).all(|at| {
            let (a, b) = (corners[at], corners[(at + 1) % 4]);
            // Clockwise: the point is to the right of every side, or a few metres off it.
            (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) < 1e-5
        })
    }
}
