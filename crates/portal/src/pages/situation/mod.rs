//! What is going on in the city: the overview with air and complaints, street works, traffic, and a place.

mod air;
mod counted;
mod here;
mod overview;
mod traffic;
mod wall;
mod works;

pub use here::{HerePage, page as here};
pub use overview::{Overview, page as overview};
pub use traffic::{TrafficPage, page as traffic};
pub use wall::{SituationWall, events, page as wall};
pub use works::{WorksPage, page as works};

use serde::Serialize;

use crate::parts::Table;
use crate::show;
use crate::site::Visit;

/// Rows of a table on a page; the API has all.
const ROWS: usize = 30;

/// Who answers for something.
#[derive(Clone, Debug, Serialize)]
pub struct ContactView {
    /// For what.
    pub what: String,
    /// The department.
    pub department: String,
    /// Its telephone number.
    pub phone: Option<String>,
}

/// A contact in samples.
fn sample_contact() -> ContactView {
    ContactView {
        what: "공사".to_owned(),
        department: "도로과".to_owned(),
        phone: Some("031-000-1400".to_owned()),
    }
}

/// A table with all its rows, or the first of them with a word on the rest.
fn cut<T>(visit: &Visit, caption: &str, rows: &[T], table: impl FnOnce(&[T]) -> Table) -> Table {
    let shown = rows.get(..ROWS.min(rows.len())).unwrap_or_default();
    let mut table = table(shown);
    let count = |number: usize| show::count_of(u64::try_from(number).unwrap_or_default());
    table.caption = visit.say(caption, &[("count", count(rows.len()))]);
    if shown.len() < rows.len() {
        let rest = visit.say("situation.first_rows", &[("shown", count(shown.len()))]);
        table.caption = format!("{} {rest}", table.caption);
    }
    table
}

/// The moment the situation is shown as of.
fn now(visit: &Visit) -> chrono::DateTime<chrono::Utc> {
    visit.state().situation.now(&visit.state().records)
}

/// Minutes in words: from two hours on, whole hours.
fn span(visit: &Visit, minutes: i64) -> String {
    let (key, count) = if minutes < 120 {
        ("situation.minutes", minutes)
    } else {
        ("situation.hours", (minutes + 30) / 60)
    };
    visit.say(key, &[("count", count.to_string())])
}

/// Metres without a fraction.
fn metres(value: f64) -> String {
    format!("{value:.0}")
}
