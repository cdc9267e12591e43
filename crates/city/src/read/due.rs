//! `due` of a dataset and `mail` of a department: when and where a department is reminded.

use super::Text;
use crate::dataset::{Cadence, Due, Source};
use crate::fault::Fault;
use crate::{CityManifest, Dataset};

/// A year of working days: who needs longer has another cadence.
const GRACE_DAYS_MOST: u16 = 260;
/// A year of months.
const LAG_MONTHS_MOST: u8 = 12;

/// A clock that can run.
pub(super) fn of_dataset(due: &Due, dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if matches!(dataset.cadence, Cadence::Irregular | Cadence::Once) {
        let fault = text.fault_at(&["due"], "a dataset of this cadence is never due");
        faults.push(fault.remedy("leave `due` out, or say how often the source changes"));
    }
    if matches!(dataset.source, Source::Derived(_)) {
        let fault = text.fault_at(&["due"], "a derived dataset is due when what it reads is");
        faults.push(fault.remedy("leave `due` out"));
    }
    if due.grace_days.is_some_and(|days| days > GRACE_DAYS_MOST) {
        let fault = text.fault_at(&["due", "grace-days"], "the delay is longer than a year");
        faults.push(fault.expected(format!("0 to {GRACE_DAYS_MOST} working days")));
    }
    let is_short = matches!(
        dataset.cadence,
        Cadence::Hourly | Cadence::Daily | Cadence::Weekly
    );
    if due.lag_months > 0 && is_short {
        let what = "what comes every week or more often is not months late";
        let fault = text.fault_at(&["due", "lag-months"], what);
        faults.push(fault.remedy("use `grace-days`"));
    }
    if due.lag_months > LAG_MONTHS_MOST {
        let fault = text.fault_at(&["due", "lag-months"], "the delay is longer than a year");
        faults.push(fault.expected(format!("0 to {LAG_MONTHS_MOST} months")));
    }
    let longest = match dataset.cadence {
        Cadence::Hourly | Cadence::Daily => 0,
        Cadence::Weekly => 4,
        _ => 15,
    };
    if due.early_days > longest {
        let what = "a delivery so early is not about its period yet";
        let fault = text.fault_at(&["due", "early-days"], what);
        faults.push(fault.expected(format!("0 to {longest} working days at this cadence")));
    }
}

/// Addresses that mail can go to.
pub(super) fn mails(city: &CityManifest, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (at, department) in city.departments.iter().enumerate() {
        let Some(mail) = &department.mail else {
            continue;
        };
        if !is_address(mail) {
            let path = ["departments", &at.to_string(), "mail"];
            let fault = text.fault_at(&path, format!("`{mail}` is not a mail address"));
            faults.push(fault.expected("like \"roads@city.example\""));
        }
    }
}

/// One address, of ASCII letters: what every mail server takes.
fn is_address(mail: &str) -> bool {
    let is_word = |word: &str, marks: &str| {
        !word.is_empty()
            && !word.starts_with('.')
            && !word.ends_with('.')
            && !word.contains("..")
            && word
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || marks.contains(letter))
    };
    mail.len() <= 254
        && mail
            .split_once('@')
            .is_some_and(|(name, host)| is_word(name, "._-+") && is_word(host, ".-"))
}
