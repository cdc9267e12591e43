//! Decisions as people read them.

use access::{Ruling, Shown};

use crate::parts::{Cell, CellKind};
use crate::show;
use crate::site::Visit;

/// How a column is shown, in words.
pub(super) fn shown(visit: &Visit, shown: &Shown) -> String {
    let words = match shown {
        Shown::Clear => return visit.t("access.clear"),
        Shown::Hidden => return visit.t("access.hidden"),
        Shown::Masked(words) => words,
    };
    let (kind, number) = words.split_once(' ').unwrap_or((words, ""));
    let values = [("n", number.to_owned())];
    match kind {
        "first" => visit.say("access.mask_first", &values),
        "last" => visit.say("access.mask_last", &values),
        "range" => visit.say("access.mask_range", &values),
        "hash" => visit.t("access.mask_hash"),
        "year" => visit.t("access.mask_year"),
        "null" => visit.t("access.mask_null"),
        _ => visit.t("access.mask_redact"),
    }
}

/// In which rows.
pub(super) fn rows(visit: &Visit, ruling: &Ruling) -> Cell {
    if ruling.shown == Shown::Hidden {
        return Cell::of(CellKind::Nothing, "–");
    }
    if ruling.rows.is_empty() {
        return Cell::text(visit.t("access.all_rows"));
    }
    let or = format!(" {} ", visit.t("access.or"));
    Cell::of(CellKind::Hash, ruling.rows.join(&or))
}

/// The policy that decided, and where it stands; others that had a part behind it.
pub(super) fn policy(visit: &Visit, ruling: &Ruling) -> Cell {
    let Some((first, others)) = ruling.policies.split_first() else {
        return Cell::of(CellKind::Nothing, visit.t("access.no_policy"));
    };
    let place = match &ruling.place {
        Some(place) => place.clone(),
        None => visit.t("access.built_in"),
    };
    let mut text = format!("{first} ({place})");
    if !others.is_empty() {
        let values = [("policies", others.join(", "))];
        text.push_str(&format!(" {}", visit.say("access.and_others", &values)));
    }
    Cell::text(text)
}

/// What is decided of several columns, in one line.
pub(super) struct Sum<'r> {
    pub(super) clear: u64,
    pub(super) masked: u64,
    pub(super) hidden: u64,
    /// The decision about the column that is shown best.
    pub(super) best: Option<&'r Ruling>,
}

impl<'r> Sum<'r> {
    pub(super) fn of(rulings: &'r [(String, Ruling)]) -> Self {
        let mut sum = Self {
            clear: 0,
            masked: 0,
            hidden: 0,
            best: None,
        };
        for (_, ruling) in rulings {
            match ruling.shown {
                Shown::Clear => sum.clear += 1,
                Shown::Masked(_) => sum.masked += 1,
                Shown::Hidden => sum.hidden += 1,
            }
        }
        sum.best = rulings
            .iter()
            .map(|(_, ruling)| ruling)
            .min_by_key(|ruling| match ruling.shown {
                Shown::Clear => (0, ruling.rows.len()),
                Shown::Masked(_) => (1, ruling.rows.len()),
                Shown::Hidden => (2, 0),
            });
        sum
    }

    /// Whether something is seen.
    pub(super) fn is_seen(&self) -> bool {
        self.clear + self.masked > 0
    }

    /// Its cells, behind the first.
    pub(super) fn cells(&self, visit: &Visit) -> Vec<Cell> {
        let mut cells = vec![
            Cell::number(show::count_of(self.clear)),
            Cell::number(show::count_of(self.masked)),
            Cell::number(show::count_of(self.hidden)),
        ];
        match self.best {
            Some(ruling) => cells.extend([
                rows(visit, ruling),
                policy(visit, ruling),
                Cell::text(ruling.why(visit.lang)),
            ]),
            None => cells.extend([Cell::default(), Cell::default(), Cell::default()]),
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use access::Reason;

    use super::*;

    #[test]
    fn of_a_dataset_the_best_that_is_shown_counts() {
        let ruling = |shown: Shown, rows: &[&str], policy: &str| {
            let ruling = Ruling {
                shown,
                rows: rows.iter().map(|own| (*own).to_owned()).collect(),
                policies: vec![policy.to_owned()],
                reason: Reason::default(),
                place: None,
            };
            (policy.to_owned(), ruling)
        };
        let all = [
            ruling(Shown::Hidden, &[], "none"),
            ruling(Shown::Masked("last 4".to_owned()), &[], "masked"),
            ruling(Shown::Clear, &["a == 1"], "rows"),
            ruling(Shown::Clear, &[], "clear"),
        ];
        let sum = Sum::of(&all);
        assert_eq!((sum.clear, sum.masked, sum.hidden), (2, 1, 1));
        assert_eq!(sum.best.unwrap().policy(), "clear");
        assert!(sum.is_seen() && !Sum::of(&all[..1]).is_seen());
    }
}
