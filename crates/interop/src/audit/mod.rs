//! The access log for whoever answers for it: search, proofs, who read one person's data, the periodic review.
//!
//! Looking into the log is a read too: it stands in the log before anything of it is shown.
//!
//! | module | holds |
//! | --- | --- |
//! | [`search`] | entries by person, dataset, purpose, outcome, time, data subject and words |
//! | [`state`] | what the log proves of itself, and when that was looked at last |
//! | [`subject`] | who read the data of one person |
//! | [`review`] | what stands out, what people say of it, what the officer makes of it |
//! | [`words`] | what stands out, in sentences |
//! | [`papers`] | the review and the answer as papers |
//! | [`serve`] | the addresses |

pub mod papers;
pub mod review;
pub mod search;
pub(crate) mod serve;
pub mod state;
pub mod subject;
pub mod words;

use access::{AskError, Denied, Person};
use city::{City, Duty};
use records::log::{Act, Decision, Entry};
use records::{Records, RecordsError};

/// The name of what decides who looks into the log.
pub(crate) const POLICY: &str = "duty-audit";

/// An entry of what somebody does with the log itself.
pub(crate) fn entry(by: &Person, act: Act, what: String, purpose: &str) -> Entry {
    Entry {
        who: by.name().to_owned(),
        from: by.from().map(str::to_owned),
        act,
        purpose: purpose.to_owned(),
        touched: Vec::new(),
        subjects: Vec::new(),
        about: None,
        query: Some(what),
        decision: Decision::Allowed,
        policy: POLICY.to_owned(),
        rows: None,
        completes: None,
    }
}

/// Refuses whoever does not audit, and writes that down.
///
/// # Errors
/// When they do not.
pub async fn require(records: &Records, by: &Person, what: &str) -> Result<(), AskError> {
    if by.may(Duty::Audit) {
        return Ok(());
    }
    let refused = Entry {
        decision: Decision::Denied,
        ..entry(by, Act::Read, what.to_owned(), "access log")
    };
    records.log().append(refused).await?;
    Err(AskError::Denied(Denied {
        policy: POLICY.to_owned(),
        reason: None,
        dataset: None,
        what: what.to_owned(),
    }))
}

/// Writes down what an officer does with the log, before it is done.
pub(crate) async fn note(
    records: &Records,
    by: &Person,
    act: Act,
    what: String,
) -> Result<(), RecordsError> {
    let purpose = match act {
        Act::Read => "접속기록 열람",
        _ => "접속기록 점검",
    };
    records.log().append(entry(by, act, what, purpose)).await?;
    Ok(())
}

/// Where somebody works, in Korean and English; nothing where the city's folder does not say it.
pub fn department_of<'c>(city: &'c City, who: &str) -> Option<(&'c str, &'c str)> {
    let account = city.people.account(who)?;
    let department = city.department(account.department.as_ref()?)?;
    Some((&department.title, &department.title_en))
}
