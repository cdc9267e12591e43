//! Which coordinate system columns of numbers are in.

use super::Converter;

/// Korea's box: west, south, east, north.
pub const KOREA: [f64; 4] = [124.0, 33.0, 132.0, 39.0];

/// Systems in the order they are met in Korean files; the first that fits wins a tie.
const TRIED: [u32; 14] = [
    4326, 5186, 5179, 5174, 5181, 5187, 2097, 5185, 5188, 5178, 5183, 5182, 3857, 32652,
];

/// One way to read a pair of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// `EPSG:...`
    pub crs: String,
    /// The columns stand the other way round: the first is the northing or latitude.
    pub swapped: bool,
    /// Share of the points that fall into the box, 0 to 1.
    pub inside: f64,
    /// Spread of the points in degrees, the wider side.
    pub spread: f64,
    /// Middle of the points: longitude, latitude.
    pub middle: (f64, f64),
}

/// The likely systems of points, best first. Only those that put at least half of the points into
/// `bounds`. Belts that differ by a constant cannot be told apart by a box alone: all are
/// returned, and who asks decides by the city's place.
pub fn guess(xs: &[f64], ys: &[f64], bounds: [f64; 4]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = TRIED
        .iter()
        .flat_map(|code| [(*code, false), (*code, true)])
        .filter_map(|(code, swapped)| {
            let crs = format!("EPSG:{code}");
            let converter = Converter::new(&crs).ok()?;
            let points: Vec<(f64, f64)> = xs
                .iter()
                .zip(ys)
                .filter_map(|(x, y)| {
                    if swapped {
                        converter.point(*y, *x)
                    } else {
                        converter.point(*x, *y)
                    }
                })
                .collect();
            summarise(crs, swapped, &points, bounds, xs.len())
        })
        .filter(|guess| guess.inside >= 0.5)
        .collect();
    // Stable: systems met more often stay first.
    guesses.sort_by(|left, right| {
        (right.inside * 100.0)
            .round()
            .total_cmp(&(left.inside * 100.0).round())
    });
    guesses
}

#[expect(clippy::cast_precision_loss, reason = "counts as shares")]
fn summarise(
    crs: String,
    swapped: bool,
    points: &[(f64, f64)],
    bounds: [f64; 4],
    all: usize,
) -> Option<Guess> {
    let [west, south, east, north] = bounds;
    let inside: Vec<&(f64, f64)> = points
        .iter()
        .filter(|(x, y)| (west..=east).contains(x) && (south..=north).contains(y))
        .collect();
    if inside.is_empty() || all == 0 {
        return None;
    }
    let side = |pick: fn(&(f64, f64)) -> f64| {
        let values = inside.iter().map(|point| pick(point));
        values.clone().fold(f64::NEG_INFINITY, f64::max) - values.fold(f64::INFINITY, f64::min)
    };
    let count = inside.len() as f64;
    let middle = (
        inside.iter().map(|point| point.0).sum::<f64>() / count,
        inside.iter().map(|point| point.1).sum::<f64>() / count,
    );
    Some(Guess {
        crs,
        swapped,
        inside: count / all as f64,
        spread: side(|point| point.0).max(side(|point| point.1)),
        middle,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_recognised_also_when_swapped() {
        let (longitudes, latitudes) = ([127.1, 127.2, 127.3], [37.1, 37.2, 37.3]);
        let straight = guess(&longitudes, &latitudes, KOREA);
        assert_eq!(
            (straight[0].crs.as_str(), straight[0].swapped),
            ("EPSG:4326", false)
        );
        let swapped = guess(&latitudes, &longitudes, KOREA);
        assert_eq!(
            (swapped[0].crs.as_str(), swapped[0].swapped),
            ("EPSG:4326", true)
        );
    }

    #[test]
    fn unified_metres_are_recognised() {
        let found = guess(
            &[1_020_225.9, 931_185.8],
            &[1_986_855.0, 1_774_808.9],
            KOREA,
        );
        assert_eq!(found[0].crs, "EPSG:5179");
    }
}
