//! Entries by person, dataset, purpose, outcome, time, data subject and words.

use std::collections::BTreeMap;

use access::{AskError, Person};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use city::DatasetId;
use records::Records;
use records::log::{Act, Decision, Filter, Logged};
use serde::Serialize;

/// Entries on a page.
pub const PAGE: u64 = 50;
/// Hours between UTC and the clock on the wall.
const WALL: i64 = 9;

/// What is looked for; what is empty is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Whose entries.
    pub who: String,
    /// Touching this dataset.
    pub dataset: String,
    /// With this in the purpose.
    pub purpose: String,
    /// `allowed` or `denied`.
    pub decision: String,
    /// `read`, `change`, `sign-in`, `sign-out`.
    pub act: String,
    /// From this day on, as `2026-11-05`.
    pub since: String,
    /// Up to and with this day.
    pub until: String,
    /// About this data subject, by pseudonym.
    pub subject: String,
    /// With these words in the query.
    pub words: String,
    /// The page, from 1.
    pub page: u64,
}

/// The names of parameters.
pub const PARAMETERS: [&str; 10] = [
    "who", "dataset", "purpose", "decision", "act", "since", "until", "subject", "words", "page",
];

impl Search {
    /// Reads what is asked; what is wrong with it.
    ///
    /// # Errors
    /// When a parameter is not known or does not have its form.
    pub fn read<'p>(
        pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Self, (&'static str, String)> {
        let mut search = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            let slot = match name {
                "who" => &mut search.who,
                "dataset" => &mut search.dataset,
                "purpose" => &mut search.purpose,
                "decision" => &mut search.decision,
                "act" => &mut search.act,
                "since" => &mut search.since,
                "until" => &mut search.until,
                "subject" => &mut search.subject,
                "words" => &mut search.words,
                "page" => {
                    search.page = value
                        .parse()
                        .map_err(|_unsaid| ("page", value.to_owned()))?;
                    continue;
                }
                _ => return Err(("name", name.to_owned())),
            };
            value.clone_into(slot);
        }
        search.filter().map(|_| search.clone())
    }

    /// The filter of the log.
    ///
    /// # Errors
    /// When a word or a day has not its form: the parameter, and what stands there.
    pub fn filter(&self) -> Result<Filter, (&'static str, String)> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let page = self.page.max(1);
        Ok(Filter {
            who: some(&self.who),
            act: match self.act.as_str() {
                "" => None,
                "read" => Some(Act::Read),
                "change" => Some(Act::Change),
                "sign-in" => Some(Act::SignIn),
                "sign-out" => Some(Act::SignOut),
                other => return Err(("act", other.to_owned())),
            },
            decision: match self.decision.as_str() {
                "" => None,
                "allowed" => Some(Decision::Allowed),
                "denied" => Some(Decision::Denied),
                other => return Err(("decision", other.to_owned())),
            },
            dataset: some(&self.dataset).map(DatasetId::new),
            subject: some(&self.subject),
            purpose: some(&self.purpose),
            words: self.words.split_whitespace().map(str::to_owned).collect(),
            begun: true,
            since: day("since", &self.since)?.map(midnight),
            until: day("until", &self.until)?.map(|day| midnight(day) + TimeDelta::days(1)),
            offset: (page - 1).saturating_mul(PAGE),
            limit: PAGE,
            ..Filter::default()
        })
    }

    /// What is asked for without what is looked for: it goes into the log.
    fn told(&self) -> String {
        let parts = [
            ("who", &self.who),
            ("dataset", &self.dataset),
            ("purpose", &self.purpose),
            ("decision", &self.decision),
            ("act", &self.act),
            ("since", &self.since),
            ("until", &self.until),
            ("subject", &self.subject),
            ("words", &self.words),
        ];
        let named = parts.iter().filter(|(_, value)| !value.is_empty());
        let named: Vec<&str> = named.map(|(name, _)| *name).collect();
        format!("access log by [{}]", named.join(", "))
    }
}

fn day(name: &'static str, text: &str) -> Result<Option<NaiveDate>, (&'static str, String)> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_unsaid| (name, text.to_owned()))
}

/// The moment a day begins by the clock on the wall.
pub fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(WALL)
}

/// Entries that were found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// How many there are.
    pub total: u64,
    /// Those of the page, newest first.
    pub entries: Vec<Shown>,
}

/// An entry with what its end said.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// The entry.
    #[serde(flatten)]
    pub logged: Logged,
    /// Rows that left, once that is known.
    pub rows: Option<u64>,
    /// The number of its end, if it has one.
    pub end: Option<i64>,
}

/// Looks entries up. That somebody looked stands in the log first.
///
/// # Errors
/// When the person does not audit, or the log cannot be read or written.
pub async fn search(records: &Records, by: &Person, asked: &Search) -> Result<Found, AskError> {
    super::require(records, by, "access log").await?;
    super::note(records, by, Act::Read, asked.told()).await?;
    let filter = asked.filter().unwrap_or_default();
    Ok(found(records, &filter).await?)
}

/// Entries of a filter with their ends.
pub(crate) async fn found(
    records: &Records,
    filter: &Filter,
) -> Result<Found, records::RecordsError> {
    let (entries, total) = records.log().page(filter).await?;
    let begun: Vec<i64> = entries.iter().map(|logged| logged.seq).collect();
    let mut ends: BTreeMap<i64, Logged> = records.log().ends(&begun).await?;
    let entries = entries.into_iter().map(|logged| {
        let end = ends.remove(&logged.seq);
        Shown {
            rows: logged
                .entry
                .rows
                .or_else(|| end.as_ref().and_then(|end| end.entry.rows)),
            end: end.map(|end| end.seq),
            logged,
        }
    });
    Ok(Found {
        total,
        entries: entries.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_the_clock_on_the_wall_and_the_last_is_in() {
        let pairs = [
            ("since", "2026-11-05"),
            ("until", "2026-11-05"),
            ("page", "3"),
        ];
        let filter = Search::read(pairs).unwrap().filter().unwrap();
        assert_eq!(
            filter.since.unwrap().to_rfc3339(),
            "2026-11-04T15:00:00+00:00"
        );
        assert_eq!(
            filter.until.unwrap().to_rfc3339(),
            "2026-11-05T15:00:00+00:00"
        );
        assert_eq!((filter.offset, filter.limit, filter.begun), (100, 50, true));
    }

    #[test]
    fn what_has_no_form_is_told_by_its_name() {
        for (name, value) in [
            ("since", "어제"),
            ("act", "look"),
            ("decision", "no"),
            ("page", "x"),
        ] {
            assert_eq!(
                Search::read([(name, value)]).unwrap_err(),
                (name, value.to_owned())
            );
        }
        assert_eq!(Search::read([("kind", "1")]).unwrap_err().0, "name");
    }

    #[test]
    fn what_is_looked_for_does_not_go_into_the_log() {
        let search = Search::read([("who", "kim"), ("words", "phone")]).unwrap();
        assert_eq!(search.told(), "access log by [who, words]");
    }
}
