//! Words of promises.

use city::promise::{Promise, PromiseState};
use interop::promises::Books;
use measure::promise::finding::Weight;
use measure::promise::sentence::{amount, number, sentence};
use measure::promise::{Finding, Found, Standing};

use super::FindingView;
use crate::parts::{Badge, Tone};
use crate::site::Visit;

/// Where a promise stands, as a badge.
pub(super) fn badge(visit: &Visit, standing: Standing) -> Badge {
    Badge::new(standing_title(visit, standing), tone(standing))
}

/// Where a promise stands, in words.
pub(super) fn standing_title(visit: &Visit, standing: Standing) -> String {
    visit.t(&format!("promises.state_{}", standing.word()))
}

/// How a standing looks.
pub(super) fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Overdue | Standing::Missed => Tone::Danger,
        Standing::Withdrawn => Tone::Warning,
        Standing::Kept => Tone::Good,
        Standing::UnderWay | Standing::Planned | Standing::Told => Tone::Plain,
    }
}

/// A state, in words.
pub(super) fn state_title(visit: &Visit, state: PromiseState) -> String {
    visit.t(&format!("promises.state_{}", state.word()))
}

/// What was promised, with its unit; nothing where there is no figure.
pub(super) fn figure(visit: &Visit, promise: &Promise) -> Option<String> {
    let unit = promise.unit_in(visit.lang)?;
    Some(promise.value().map_or_else(
        || visit.t("figure.unknown"),
        |value| amount(value, unit, visit.lang),
    ))
}

/// The title of the department that answers for a promise.
pub(super) fn department(visit: &Visit, promise: &Promise) -> Option<String> {
    let own = visit.city().department(promise.department.as_ref()?)?;
    Some(visit.title(&own.title, Some(&own.title_en)))
}

/// A finding as people read it.
pub(super) fn finding(visit: &Visit, books: &Books, finding: &Finding) -> FindingView {
    let (key, tone) = match finding.what.weight() {
        Weight::Contradicts => ("promises.contradicts", Tone::Danger),
        Weight::Open => ("promises.open", Tone::Warning),
        Weight::Follows => ("promises.follows", Tone::Plain),
    };
    FindingView {
        badge: Badge::new(visit.t(key), tone),
        text: sentence(finding, &books.ledger(), visit.lang),
        details: details(visit, &finding.what),
    }
}

/// The readings of a year in which a cost comes back.
fn details(visit: &Visit, found: &Found) -> Vec<String> {
    let Found::BreakEven { scenarios, .. } = found else {
        return Vec::new();
    };
    if scenarios.len() < 2 {
        return Vec::new();
    }
    let reading = |read: &measure::promise::Reading| {
        let title = read
            .title
            .as_deref()
            .map(|ko| visit.title(ko, read.title_en.as_deref()));
        let values = [
            (
                "title",
                title.unwrap_or_else(|| visit.t("promises.as_said")),
            ),
            ("investment", number(read.investment, visit.lang)),
            ("years", number(read.years, visit.lang)),
            ("year", read.year.to_string()),
        ];
        visit.say("promises.reading", &values)
    };
    scenarios.iter().map(reading).collect()
}
