//! 잡음 추가 and 난수생성: chance beside a number, or in a value's place.
//!
//! The noise hides a number from who knows it about; it is no differential privacy, which counts alone have
//! (`counts`).

use city::recipe::{Noise, NoiseKind};

use super::super::decimal::Decimal;
use super::super::failed::Unfit;
use super::super::random::Stream;
use super::Cells;

/// 잡음 추가.
pub(super) struct Noisy<'t> {
    pub(super) rule: &'t Noise,
    pub(super) stream: Stream,
}

impl Noisy<'_> {
    fn drawn(&mut self) -> f64 {
        match self.rule.kind {
            NoiseKind::Laplace => {
                let unit = self.stream.unit() - 0.5;
                -self.rule.scale * unit.signum() * (1.0 - 2.0 * unit.abs()).ln()
            }
            NoiseKind::Gaussian => {
                // Box and Muller: two even numbers make one of the bell.
                let (radius, angle) = (self.stream.unit(), self.stream.unit());
                let turn = (std::f64::consts::TAU * angle).cos();
                self.rule.scale * (-2.0 * radius.ln()).sqrt() * turn
            }
        }
    }
}

impl Cells for Noisy<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let number = Decimal::parse(value)?.as_f64();
        let mut noisy = number + self.drawn();
        if let Some(min) = self.rule.min {
            noisy = noisy.max(min);
        }
        if let Some(max) = self.rule.max {
            noisy = noisy.min(max);
        }
        let digits = usize::try_from(self.rule.digits).unwrap_or_default();
        let text = format!("{noisy:.digits$}");
        // What rounds to nothing has no sign.
        let is_nothing = text.chars().all(|sign| matches!(sign, '-' | '0' | '.'));
        Ok(match text.strip_prefix('-') {
            Some(plain) if is_nothing => plain.to_owned(),
            _ => text,
        })
    }
}

/// 난수생성.
pub(super) struct Numbers {
    pub(super) digits: u32,
    pub(super) stream: Stream,
}

impl Cells for Numbers {
    fn replace(&mut self, _: &str) -> Result<String, Unfit> {
        let bound = 10_u64.saturating_pow(self.digits.min(18));
        let width = usize::try_from(self.digits).unwrap_or_default();
        Ok(format!("{:0width$}", self.stream.below(bound)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noisy(kind: NoiseKind, bounds: Option<(f64, f64)>) -> Vec<f64> {
        let rule = Noise {
            kind,
            scale: 2.0,
            digits: 3,
            min: bounds.map(|(min, _)| min),
            max: bounds.map(|(_, max)| max),
        };
        let mut noisy = Noisy {
            rule: &rule,
            stream: Stream::new(&[6; 32]),
        };
        (0..20_000)
            .map(|_| noisy.replace("100").unwrap().parse().unwrap())
            .collect()
    }

    #[test]
    fn noise_is_spread_as_its_distribution_says() {
        for (kind, variance) in [(NoiseKind::Laplace, 8.0), (NoiseKind::Gaussian, 4.0)] {
            let values = noisy(kind, None);
            let mean = values.iter().sum::<f64>() / 20_000.0;
            let spread = values
                .iter()
                .map(|value| (value - mean).powi(2))
                .sum::<f64>()
                / 20_000.0;
            assert!((mean - 100.0).abs() < 0.15, "{kind:?} {mean}");
            assert!((spread / variance - 1.0).abs() < 0.15, "{kind:?} {spread}");
        }
    }

    #[test]
    fn nothing_leaves_the_bounds() {
        for value in noisy(NoiseKind::Laplace, Some((99.0, 101.0))) {
            assert!((99.0..=101.0).contains(&value));
        }
    }

    #[test]
    fn nothing_has_no_sign() {
        let rule = Noise {
            kind: NoiseKind::Gaussian,
            scale: 1e-6,
            digits: 0,
            min: None,
            max: None,
        };
        let mut noisy = Noisy {
            rule: &rule,
            stream: Stream::new(&[6; 32]),
        };
        for _ in 0..20 {
            assert_eq!(noisy.replace("0").unwrap(), "0");
        }
    }

    #[test]
    fn numbers_of_chance_have_their_digits() {
        let mut numbers = Numbers {
            digits: 6,
            stream: Stream::new(&[6; 32]),
        };
        for _ in 0..100 {
            assert_eq!(numbers.replace("가").unwrap().len(), 6);
        }
    }
}
