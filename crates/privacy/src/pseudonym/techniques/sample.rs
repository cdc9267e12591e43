//! 표본추출: just so many rows leave, each as likely as any other.

use city::recipe::Sample;

use super::super::random::Stream;

/// Chooses rows one after the other, and exactly as many as are wanted.
pub(crate) struct Chooser {
    wanted: u64,
    left: u64,
    stream: Stream,
}

impl Chooser {
    /// Chooses among so many rows.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of rows, which is below 2^53, is a number of rows"
    )]
    pub(crate) fn new(sample: &Sample, rows: u64, stream: Stream) -> Self {
        let wanted = match sample {
            Sample::Share(share) => (rows as f64 * share.clamp(0.0, 1.0)).round() as u64,
            Sample::Rows(wanted) => u64::from(*wanted),
        };
        Self {
            wanted: wanted.min(rows),
            left: rows,
            stream,
        }
    }

    /// Whether the next row is one of them.
    pub(crate) fn takes(&mut self) -> bool {
        let takes = self.stream.below(self.left) < self.wanted;
        self.left = self.left.saturating_sub(1);
        if takes {
            self.wanted -= 1;
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(sample: &Sample, rows: u64, seed: u8) -> Vec<bool> {
        let mut chooser = Chooser::new(sample, rows, Stream::new(&[seed; 32]));
        (0..rows).map(|_| chooser.takes()).collect()
    }

    #[test]
    fn exactly_as_many_as_are_wanted_are_taken() {
        let count = |taken: Vec<bool>| taken.into_iter().filter(|takes| *takes).count();
        for seed in 0..20 {
            assert_eq!(count(taken(&Sample::Share(0.25), 100, seed)), 25);
            assert_eq!(count(taken(&Sample::Rows(7), 100, seed)), 7);
            assert_eq!(count(taken(&Sample::Rows(200), 100, seed)), 100);
            assert_eq!(count(taken(&Sample::Share(1.0), 3, seed)), 3);
        }
        assert_eq!(count(taken(&Sample::Rows(7), 0, 1)), 0);
    }

    #[test]
    fn every_row_is_as_likely() {
        let mut seen = [0_i32; 10];
        let mut chooser_seed = 0;
        for _ in 0..250 {
            chooser_seed += 1;
            for (count, takes) in seen
                .iter_mut()
                .zip(taken(&Sample::Rows(3), 10, chooser_seed))
            {
                *count += i32::from(takes);
            }
            if chooser_seed == 255 {
                chooser_seed = 0;
            }
        }
        // 75 expected, standard deviation 7.2.
        assert!(seen.iter().all(|count| (count - 75).abs() < 50), "{seen:?}");
    }
}
