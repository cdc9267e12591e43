//! The periodic review: made from the log by the city's rules, answered by people, concluded by the officer.

use access::{AskError, Person};
use chrono::{Datelike as _, Days, Months, NaiveDate};
use city::calendar::korean_day;
use city::review::Cycle;
use city::{City, Duty};
use records::log::Act;
use records::log::review::{Outlier, Review, Rules};
use records::reviews::{Found, Outcome, ReviewError, Reviewed};
use records::{Records, RecordsError};

use super::search::midnight;

/// Hours between UTC and the clock on the wall.
const WALL: i64 = 9;
/// The longest words that are kept.
pub const WORDS_MOST: usize = 2_000;
/// Periods that are made up for at once when nobody reviewed for long.
const BACKLOG: usize = 12;

/// A stretch of days: the first, and the day after the last.
pub type Stretch = (NaiveDate, NaiveDate);

/// The period of a cycle that holds a day.
pub fn period(cycle: Cycle, day: NaiveDate) -> Stretch {
    let first_of_month = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    match cycle {
        Cycle::Weekly => {
            let back = u64::from(day.weekday().num_days_from_monday());
            let first = day.checked_sub_days(Days::new(back)).unwrap_or(day);
            (first, first.checked_add_days(Days::new(7)).unwrap_or(first))
        }
        Cycle::Monthly => {
            let first = first_of_month(day);
            (
                first,
                first.checked_add_months(Months::new(1)).unwrap_or(first),
            )
        }
        Cycle::Quarterly => {
            let first = first_of_month(day);
            let first = first
                .checked_sub_months(Months::new(first.month0() % 3))
                .unwrap_or(first);
            (
                first,
                first.checked_add_months(Months::new(3)).unwrap_or(first),
            )
        }
    }
}

/// Periods that are over and have no review: the last one, or all since the newest review.
///
/// # Errors
/// When the records cannot be read.
pub async fn due(city: &City, records: &Records) -> Result<Vec<Stretch>, RecordsError> {
    let cycle = city.manifest.access_log.review.cycle;
    let today = korean_day(records.clock().now());
    let current = period(cycle, today);
    let before = current.0.pred_opt().unwrap_or(current.0);
    let last = period(cycle, before);
    let Some(until) = records.reviews().reviewed_until().await? else {
        return Ok(vec![last]);
    };
    let mut due = Vec::new();
    let mut next = period(cycle, until);
    // The cycle may have changed: what was reviewed already is not reviewed twice.
    next.0 = next.0.max(until);
    while next.1 <= today && next.0 < next.1 && due.len() < BACKLOG {
        due.push(next);
        next = period(cycle, next.1);
    }
    Ok(due)
}

/// What stands out in a stretch of days, and how many entries were looked at. Nothing is kept.
///
/// # Errors
/// When the log cannot be read.
pub async fn outliers(
    city: &City,
    records: &Records,
    days: Stretch,
) -> Result<(Vec<Outlier>, u64), RecordsError> {
    let rules = Rules::of(&city.manifest.access_log.review, WALL);
    let moments = (midnight(days.0), midnight(days.1));
    let seen = Review::new(rules);
    let (seen, entries) = records.log().each(moments, seen, Review::see).await?;
    let role = |who: &str| -> String {
        let Some(account) = city.people.account(who) else {
            return "operator".to_owned();
        };
        let roles: Vec<&str> = account.roles.iter().map(city::RoleId::as_str).collect();
        roles.join(" ")
    };
    Ok((seen.outliers(&role), entries))
}

/// Makes the review of a stretch of days and keeps it. `None` when there is one already, or no entry to look at.
///
/// # Errors
/// When the log cannot be read, or the records cannot be written.
pub async fn make(
    city: &City,
    records: &Records,
    days: Stretch,
) -> Result<Option<Reviewed>, RecordsError> {
    if records.reviews().of(days).await?.is_some() {
        return Ok(None);
    }
    let (outliers, entries) = outliers(city, records, days).await?;
    if entries == 0 {
        return Ok(None);
    }
    let rules = city.manifest.access_log.review.clone();
    let today = korean_day(records.clock().now());
    let found = Found {
        days,
        entries,
        answer_by: city
            .calendar
            .add_working_days(today, u32::from(rules.answer_days)),
        rules,
        outliers,
    };
    match records.reviews().keep(&found).await? {
        Some(id) => records.reviews().one(id).await,
        None => Ok(None),
    }
}

/// Why nothing was written down.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The person may not, or the log cannot be written.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// What was said cannot be kept.
    #[error("write why, in at most {WORDS_MOST} letters")]
    Words,
    /// The review does not take it.
    #[error(transparent)]
    Review(#[from] ReviewError),
}

impl From<RecordsError> for Refused {
    fn from(error: RecordsError) -> Self {
        Self::Ask(error.into())
    }
}

fn words(text: &str) -> Result<&str, Refused> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > WORDS_MOST {
        return Err(Refused::Words);
    }
    Ok(text)
}

/// Keeps what a person says of what stood out of theirs; it stands in the log first.
///
/// # Errors
/// When there is no such question of theirs, the review is closed, nothing is said, or the records cannot be written.
pub async fn explain(
    records: &Records,
    by: &Person,
    question: (i64, i64),
    text: &str,
) -> Result<(), Refused> {
    let text = words(text)?;
    let what = format!("explain question {} of review {}", question.1, question.0);
    let own = records.reviews().asked_of(by.name()).await?;
    if !own.iter().any(|(_, asked)| asked.id == question.1) {
        return Err(ReviewError::Absent.into());
    }
    super::note(records, by, Act::Change, what).await?;
    Ok(records.reviews().explain(question, by.name(), text).await?)
}

/// Keeps what the officer makes of it; it stands in the log first. Nobody concludes about their own reads.
///
/// # Errors
/// When the person does not audit or is the one who is asked, the review is closed, nothing is said, or the records cannot
/// be written.
pub async fn conclude(
    records: &Records,
    by: &Person,
    question: (i64, i64),
    (outcome, text): (Outcome, &str),
) -> Result<(), Refused> {
    let what = format!(
        "{} question {} of review {}",
        outcome.word(),
        question.1,
        question.0
    );
    super::require(records, by, &what).await?;
    let text = words(text)?;
    let review = records.reviews().one(question.0).await?;
    if review.as_ref().is_some_and(|own| own.closed.is_some()) {
        return Err(ReviewError::Closed.into());
    }
    let asked = review.iter().flat_map(|review| &review.questions);
    let own = asked
        .filter(|asked| asked.id == question.1)
        .any(|asked| asked.outlier.who == by.name());
    if own {
        return Err(AskError::Denied(access::Denied {
            policy: "nobody-judges-themselves".to_owned(),
            reason: None,
            dataset: None,
            what,
        })
        .into());
    }
    super::note(records, by, Act::Change, what).await?;
    Ok(records
        .reviews()
        .conclude(question, by.name(), (outcome, text))
        .await?)
}

/// Closes a review; it stands in the log first.
///
/// # Errors
/// When the person does not audit, something has no outcome yet, or the records cannot be written.
pub async fn close(records: &Records, by: &Person, review: i64, text: &str) -> Result<(), Refused> {
    let what = format!("close review {review}");
    super::require(records, by, &what).await?;
    let text = words(text)?;
    let found = records.reviews().one(review).await?;
    let found = found.ok_or(ReviewError::Absent)?;
    match (found.closed.is_some(), found.open().count()) {
        (true, _) => return Err(ReviewError::Closed.into()),
        (false, 0) => {}
        (false, open) => return Err(ReviewError::Open(open).into()),
    }
    super::note(records, by, Act::Change, what).await?;
    Ok(records.reviews().close(review, by.name(), text).await?)
}

/// All reviews, newest first; that somebody looked stands in the log.
///
/// # Errors
/// When the person does not audit, or the records cannot be read or written.
pub async fn all(records: &Records, by: &Person) -> Result<Vec<Reviewed>, AskError> {
    super::require(records, by, "reviews of the access log").await?;
    super::note(
        records,
        by,
        Act::Read,
        "reviews of the access log".to_owned(),
    )
    .await?;
    Ok(records.reviews().all().await?)
}

/// One review; that somebody looked stands in the log.
///
/// # Errors
/// When the person does not audit, or the records cannot be read or written.
pub async fn one(records: &Records, by: &Person, id: i64) -> Result<Option<Reviewed>, AskError> {
    let what = format!("review {id} of the access log");
    super::require(records, by, &what).await?;
    super::note(records, by, Act::Read, what).await?;
    Ok(records.reviews().one(id).await?)
}

/// Whether somebody may look into the log.
pub fn may(by: &Person) -> bool {
    by.may(Duty::Audit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_holds_its_day_and_periods_meet() {
        let cases = [
            (Cycle::Weekly, "2026-11-26", "2026-11-23", "2026-11-30"),
            (Cycle::Monthly, "2026-12-31", "2026-12-01", "2027-01-01"),
            (Cycle::Quarterly, "2026-11-26", "2026-10-01", "2027-01-01"),
        ];
        for (cycle, of, since, until) in cases {
            assert_eq!(
                period(cycle, day(of)),
                (day(since), day(until)),
                "{cycle:?}"
            );
        }
        for cycle in [Cycle::Weekly, Cycle::Monthly, Cycle::Quarterly] {
            let mut next = period(cycle, day("2024-02-29"));
            for _ in 0..40 {
                let after = period(cycle, next.1);
                assert_eq!(after.0, next.1);
                next = after;
            }
        }
    }
}
