//! How likely a count is by chance.

/// Counts beyond this are no chance at all, and are not added up.
const MOST: u32 = 100_000;

/// The chance of `count` or more where `mean` are expected and the variance is `spread` times the mean: counts that
/// come one by one (spread 1), or in clusters (more).
pub fn at_least(count: u32, mean: f64, spread: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if !mean.is_finite() || mean <= 0.0 || count > MOST {
        return 0.0;
    }
    let below = if spread > 1.000_1 {
        clustered(count, mean, spread)
    } else {
        single(count, mean)
    };
    (1.0 - below).max(0.0)
}

/// The chance of fewer, of counts that come one by one.
fn single(count: u32, mean: f64) -> f64 {
    let mut log = -mean;
    let mut sum = log.exp();
    for at in 1..count {
        log += (mean / f64::from(at)).ln();
        sum += log.exp();
    }
    sum
}

/// The chance of fewer, of counts that come in clusters.
fn clustered(count: u32, mean: f64, spread: f64) -> f64 {
    let size = mean / (spread - 1.0);
    let (share, rest) = (1.0 / spread, 1.0 - 1.0 / spread);
    let mut log = size * share.ln();
    let mut sum = log.exp();
    for at in 1..count {
        log += ((size + f64::from(at) - 1.0) / f64::from(at) * rest).ln();
        sum += log.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::at_least;

    #[test]
    fn chances_are_those_of_the_tables() {
        let near = |own: f64, right: f64| assert!((own - right).abs() < 1e-6, "{own} {right}");
        near(at_least(0, 3.0, 1.0), 1.0);
        near(at_least(1, 1.0, 1.0), 1.0 - (-1.0_f64).exp());
        // Poisson, mean 2: P(X >= 5) = 0.052653.
        near(at_least(5, 2.0, 1.0), 0.052_653_017);
        // Geometric (size 1) with mean 2: P(X >= 3) = (2/3)^3.
        near(at_least(3, 2.0, 3.0), 8.0 / 27.0);
        near(at_least(3, 0.0, 1.0), 0.0);
        assert!(at_least(40, 2.0, 1.0) < 1e-12);
        assert!(
            at_least(8, 2.0, 2.0) > at_least(8, 2.0, 1.0),
            "clusters make much likelier"
        );
    }
}
