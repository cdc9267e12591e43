//! What is going on in the city: the overview with air and complaints, street works, traffic, and a place.

mod air;
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

use crate::parts::Table;
use crate::show;
use crate::site::Visit;

/// Rows of a table on a page; the API has all.
const ROWS: usize = 30;

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

/// Metres without a fraction.
fn metres(value: f64) -> String {
    format!("{value:.0}")
}
