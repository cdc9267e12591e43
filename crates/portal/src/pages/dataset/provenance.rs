//! What the catalogue that a version came from says of it.

use access::Record;
use chrono::{DateTime, NaiveDateTime, Utc};
use city::{Dataset, Provenance};

use super::Step;
use crate::facts::word;
use crate::parts::Fact;
use crate::show;
use crate::site::Visit;

/// Where the catalogue and what came do not agree: shown at most.
const REMARKS: usize = 10;

/// The step of its lineage before its files.
pub(super) fn step(visit: &Visit, version: &Record) -> Option<Step> {
    let said = version.provenance.as_deref()?;
    let fact = |key: &str, value: Option<&str>| {
        value.map(|value| Fact::new(visit.t(&format!("dataset.from_{key}")), value))
    };
    let linked = |fact: Option<Fact>, page: Option<&str>| match (fact, page) {
        (Some(fact), Some(page)) => Some(fact.leading_to(page)),
        (fact, _) => fact,
    };
    let number = said.version.map(|number| number.to_string());
    let cadence = said
        .cadence
        .map(|cadence| visit.t(&format!("cadence.{}", word(&cadence))));
    let facts = [
        linked(
            fact("name", Some(said.title.as_deref().unwrap_or(&said.dataset))),
            said.page.as_deref(),
        ),
        fact("publisher", said.publisher.as_deref()),
        linked(
            fact("licence", said.licence.as_deref()),
            said.licence_page.as_deref(),
        ),
        fact("modified", said.modified.as_deref().map(moment).as_deref()),
        fact("cadence", cadence.as_deref()),
        fact("version", number.as_deref()),
    ];
    let remarks = said.remarks.iter().take(REMARKS);
    let remarks = remarks.map(|remark| Fact::new(visit.t("dataset.from_remark"), remark.clone()));
    Some(Step {
        title: visit.t("dataset.from_title"),
        facts: facts.into_iter().flatten().chain(remarks).collect(),
    })
}

/// A moment as catalogues write it. One without its zone is of the world's clock: CKAN's are.
fn moment(text: &str) -> String {
    let zoned = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc));
    let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
    match zoned.or_else(|_| plain().map(|moment| moment.and_utc())) {
        Ok(moment) => show::moment(moment),
        Err(_) => text.to_owned(),
    }
}

/// A licence of the source that asks more than the dataset's own.
pub(super) fn warning(visit: &Visit, dataset: &Dataset, version: &Record) -> Option<String> {
    let said: &Provenance = version.provenance.as_deref()?;
    let theirs = said.stricter_than(dataset.licence)?;
    let title = |licence| visit.t(&format!("licence.{}", word(&licence)));
    let written = said.licence.clone().unwrap_or_else(|| title(theirs));
    Some(visit.say(
        "dataset.licence_stricter",
        &[("theirs", written), ("own", title(dataset.licence))],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_korean_time_and_other_words_as_they_are() {
        assert_eq!(moment("2026-10-01T09:00:00.123456"), "2026-10-01 18:00");
        assert_eq!(moment("2026-11-01T00:00:00Z"), "2026-11-01 09:00");
        assert_eq!(moment("지난달"), "지난달");
    }
}
