//! What is expected of a neighbourhood and a topic.

use std::collections::BTreeMap;

use super::found::{Cell, Rules};

/// Days in a week.
pub(super) const WEEK: usize = 7;

/// What a past of all cells says.
pub(super) struct Past {
    /// How a day of the week compares to the mean day; counted back from the last day.
    weekdays: [f64; WEEK],
    /// Complaints of a topic on a mean day: per resident, and per neighbourhood.
    topics: BTreeMap<String, Rate>,
    /// Variance over mean of what is left when all this is known.
    pub(super) spread: f64,
}

#[derive(Clone, Copy, Default)]
struct Rate {
    per_resident: Option<f64>,
    per_cell: f64,
}

pub(super) fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The days of a cell that are past, each with how many days back it lies: not the newest, which are judged.
fn past<'c>(cell: &'c Cell, rules: &Rules) -> impl Iterator<Item = (usize, f64)> + 'c {
    let newest = rules.window;
    let oldest = rules.window + rules.past_days;
    let back = cell.days.iter().rev().enumerate();
    back.filter(move |(back, _)| (newest..oldest).contains(back))
        .map(|(back, count)| (back, f64::from(*count)))
}

impl Past {
    pub(super) fn of(cells: &[Cell], rules: &Rules) -> Self {
        let mut past = Self {
            weekdays: weekdays(cells, rules),
            topics: BTreeMap::new(),
            spread: 1.0,
        };
        let mut sums: BTreeMap<&str, (f64, f64, f64, f64)> = BTreeMap::new();
        for cell in cells {
            let own = sums.entry(&cell.topic).or_default();
            let (count, days) = past.own(cell, rules);
            own.0 += count;
            own.1 += days;
            if let Some(residents) = cell.residents.filter(|people| *people > 0.0) {
                own.2 += count;
                own.3 += days * residents;
            }
        }
        past.topics = sums
            .into_iter()
            .map(|(topic, (count, days, of_residents, resident_days))| {
                let rate = Rate {
                    per_resident: (resident_days > 0.0).then(|| of_residents / resident_days),
                    per_cell: if days > 0.0 { count / days } else { 0.0 },
                };
                (topic.to_owned(), rate)
            })
            .collect();
        past.spread = past.spread_of(cells, rules);
        past
    }

    /// How a day compares to the mean day.
    fn weight(&self, back: usize) -> f64 {
        self.weekdays.get(back % WEEK).copied().unwrap_or(1.0)
    }

    /// Complaints of a cell's past, and over how many mean days.
    fn own(&self, cell: &Cell, rules: &Rules) -> (f64, f64) {
        past(cell, rules).fold((0.0, 0.0), |(count, days), (back, own)| {
            (count + own, days + self.weight(back))
        })
    }

    /// What the whole city has: per day, of a topic, for as many people as live in a cell.
    pub(super) fn of_city(&self, cell: &Cell) -> f64 {
        let rate = self.topics.get(&cell.topic).copied().unwrap_or_default();
        let by_people = cell.residents.zip(rate.per_resident);
        by_people.map_or(rate.per_cell, |(people, rate)| people * rate)
    }

    /// What is expected of a cell on a mean day: its own past, and a fortnight of the city's beside it.
    fn rate(&self, cell: &Cell, rules: &Rules) -> f64 {
        let (count, days) = self.own(cell, rules);
        (count + self.of_city(cell) * rules.prior_days) / (days + rules.prior_days)
    }

    /// What is expected of a cell on the newest days.
    pub(super) fn expected(&self, cell: &Cell, rules: &Rules, days: usize) -> f64 {
        let rate = self.rate(cell, rules);
        (0..days).map(|back| rate * self.weight(back)).sum()
    }

    /// Squares of what is off, over what is expected: 1 where counts come one by one.
    fn spread_of(&self, cells: &[Cell], rules: &Rules) -> f64 {
        let (mut squares, mut count) = (0.0, 0.0);
        for cell in cells {
            let rate = self.rate(cell, rules);
            for (back, own) in past(cell, rules) {
                let expected = rate * self.weight(back);
                if expected > 0.05 {
                    squares += (own - expected).powi(2) / expected;
                    count += 1.0;
                }
            }
        }
        if count > 100.0 {
            (squares / count).clamp(1.0, 10.0)
        } else {
            1.0
        }
    }
}

/// Mean counts of the days of a week over the mean count of a day. A past of less than two weeks says nothing of it.
fn weekdays(cells: &[Cell], rules: &Rules) -> [f64; WEEK] {
    let (mut sums, mut days) = ([0.0; WEEK], [0.0; WEEK]);
    for cell in cells {
        for (back, own) in past(cell, rules) {
            if let (Some(sum), Some(day)) = (sums.get_mut(back % WEEK), days.get_mut(back % WEEK)) {
                *sum += own;
                *day += 1.0;
            }
        }
    }
    let (all, count): (f64, f64) = (sums.iter().sum(), days.iter().sum());
    let longest = cells.iter().map(|cell| cell.days.len()).max();
    let is_short = longest.unwrap_or_default() < rules.window + 2 * WEEK;
    if is_short || all <= 0.0 {
        return [1.0; WEEK];
    }
    let mean = all / count;
    let mut weights = [1.0; WEEK];
    for ((weight, sum), day) in weights.iter_mut().zip(sums).zip(days) {
        if day > 0.0 {
            // A day without any is rare and not impossible.
            *weight = (sum / day / mean).max(0.05);
        }
    }
    weights
}
