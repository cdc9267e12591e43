//! 상하단코딩 and 범위 방법: what lies beyond a bound, and the interval a number lies in.

use city::recipe::{Coding, Ranges};

use super::super::decimal::Decimal;
use super::super::failed::Unfit;
use super::Cells;

/// 상하단코딩.
pub(super) struct Bounds {
    bottom: Option<(Decimal, String)>,
    top: Option<(Decimal, String)>,
}

impl Bounds {
    pub(super) fn new(rule: &Coding) -> Result<Self, Unfit> {
        let bound = |bound: Option<f64>, word: &Option<String>| {
            let bound = bound.map(Decimal::of).transpose()?;
            Ok(bound.map(|bound| {
                let word = word.clone().unwrap_or_else(|| bound.to_string());
                (bound, word)
            }))
        };
        Ok(Self {
            bottom: bound(rule.bottom, &rule.bottom_word)?,
            top: bound(rule.top, &rule.top_word)?,
        })
    }
}

impl Cells for Bounds {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let number = Decimal::parse(value)?;
        let beyond = match (&self.bottom, &self.top) {
            (Some((bound, word)), _) if number < *bound => Some(word),
            (_, Some((bound, word))) if number > *bound => Some(word),
            _ => None,
        };
        Ok(beyond.map_or_else(|| value.to_owned(), Clone::clone))
    }
}

/// 범위 방법.
pub(super) enum Intervals {
    /// All of one width.
    Even {
        /// Width of an interval.
        width: Decimal,
        /// Where one begins.
        from: Decimal,
    },
    /// Between edges that rise.
    Between(Vec<Decimal>),
}

impl Intervals {
    pub(super) fn new(rule: &Ranges) -> Result<Self, Unfit> {
        if let Some(width) = rule.width {
            return Ok(Self::Even {
                width: super::round::base(width)?,
                from: Decimal::of(rule.from.unwrap_or_default())?,
            });
        }
        let edges = rule.edges.iter().map(|edge| Decimal::of(*edge));
        Ok(Self::Between(edges.collect::<Result<_, _>>()?))
    }
}

impl Cells for Intervals {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let number = Decimal::parse(value)?;
        let (low, high) = match self {
            Self::Even { width, from } => {
                let digits = number.digits().max(width.digits()).max(from.digits());
                let (size, base) = (width.units_at(digits), from.units_at(digits));
                let step = (number.units_at(digits) - base).div_euclid(size);
                let shown = width.digits().max(from.digits());
                let (size, base) = (width.units_at(shown), from.units_at(shown));
                let edge = |step: i128| Decimal::new(base + step * size, shown);
                (Some(edge(step)), Some(edge(step + 1)))
            }
            Self::Between(edges) => {
                let at = edges.partition_point(|edge| *edge <= number);
                let below = at.checked_sub(1).and_then(|at| edges.get(at));
                (below.copied(), edges.get(at).copied())
            }
        };
        Ok(match (low, high) {
            (Some(low), Some(high)) => format!("{low} 이상 {high} 미만"),
            (Some(low), None) => format!("{low} 이상"),
            (None, Some(high)) => format!("{high} 미만"),
            (None, None) => String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_bound_is_the_bound() {
        let rule = Coding {
            bottom: Some(20.0),
            top: Some(80.5),
            bottom_word: None,
            top_word: Some("80.5 초과".into()),
        };
        let mut bounds = Bounds::new(&rule).unwrap();
        let mut coded = |value: &str| bounds.replace(value).unwrap();
        assert_eq!(coded("19.9"), "20");
        assert_eq!(coded("20"), "20");
        assert_eq!(coded("80.50"), "80.50");
        assert_eq!(coded("81"), "80.5 초과");
    }

    #[test]
    fn intervals_are_closed_below_and_open_above() {
        let even = Ranges {
            width: Some(10.0),
            from: Some(5.0),
            edges: Vec::new(),
        };
        let mut even = Intervals::new(&even).unwrap();
        let mut told = |value: &str| even.replace(value).unwrap();
        assert_eq!(told("15"), "15 이상 25 미만");
        assert_eq!(told("14.999"), "5 이상 15 미만");
        assert_eq!(told("-6"), "-15 이상 -5 미만");
        let edges = Ranges {
            width: None,
            from: None,
            edges: vec![0.5, 20.0],
        };
        let mut edges = Intervals::new(&edges).unwrap();
        let mut told = |value: &str| edges.replace(value).unwrap();
        assert_eq!(told("0.4"), "0.5 미만");
        assert_eq!(told("0.5"), "0.5 이상 20 미만");
        assert_eq!(told("20"), "20 이상");
    }
}
