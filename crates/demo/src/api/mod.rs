//! What is fetched and not delivered: the city's own Open API, and the services of other bodies.
//!
//! One server on loopback stands in for all of them. It answers as of the day the demo's clock says.
//!
//! | module | answers |
//! | --- | --- |
//! | `open` | the Open API the city's devices answer |
//! | `registers` | registers that other bodies keep: what is in them |
//! | `features` | those on maps: a Web Feature Service and an OGC API Features |
//! | `ckan` | those in a catalogue |
//! | `province` | those in another Madang |
//! | `storage` | a storage that speaks S3 |
//! | [`signature`] | who may read from it |

mod ckan;
mod features;
mod open;
mod province;
mod registers;
pub mod signature;
mod storage;

use std::collections::BTreeMap;
use std::future::IntoFuture as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use open::KEY;

use crate::Plan;
use crate::dirt::{Dirt, Plant, PlantedFault};
use crate::world::World;
use open::Served;
use registers::Register;
use storage::Stored;

/// Rows with their faults.
pub(crate) struct Soiled {
    pub(crate) dataset: &'static str,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) faults: Vec<PlantedFault>,
}

impl Soiled {
    /// Plants faults. `place` says where the row of an index stands: its file, and its number there.
    fn new(
        dataset: &'static str,
        plants: &'static [Plant],
        rows: Vec<Vec<String>>,
        place: impl Fn(u64) -> (String, u64),
    ) -> Self {
        let mut dirt = Dirt::new(plants, rows.len() as u64);
        let (mut dirty, mut faults) = (Vec::with_capacity(rows.len()), Vec::new());
        for (at, mut cells) in (0_u64..).zip(rows) {
            if let Some(plant) = dirt.apply(&mut cells) {
                let (file, row) = place(at);
                faults.push(PlantedFault {
                    dataset: dataset.to_owned(),
                    file,
                    row,
                    column: plant.column.map(str::to_owned),
                    check: plant.check.to_owned(),
                });
            }
            dirty.push(cells);
        }
        Self {
            dataset,
            rows: dirty,
            faults,
        }
    }

    /// Of rows that come so many a page.
    fn in_pages(
        dataset: &'static str,
        plants: &'static [Plant],
        rows: Vec<Vec<String>>,
        page: u64,
    ) -> Self {
        Self::new(dataset, plants, rows, |at| {
            (
                format!("{dataset}/page-{:05}", at / page + 1),
                at % page + 1,
            )
        })
    }
}

/// All that is answered on a day.
pub(crate) struct Today {
    apis: Vec<Served>,
    registers: Vec<Register>,
    stored: Vec<Stored>,
}

impl Today {
    /// As of a plan's day.
    pub(crate) fn new(plan: &Plan, world: &World) -> Self {
        Self {
            apis: Served::all(plan, world),
            registers: Register::all(plan, world),
            stored: Stored::all(plan, world),
        }
    }

    /// The rows of each dataset, with what was planted.
    pub(crate) fn soiled(&self) -> impl Iterator<Item = &Soiled> {
        let apis = self.apis.iter().map(|served| &served.soiled);
        apis.chain(self.registers.iter().map(|register| &register.soiled))
            .chain(self.stored.iter().map(|stored| &stored.soiled))
    }
}

/// The server, as its answers see it.
#[derive(Clone)]
struct Server(Arc<State>);

struct State {
    /// What day it is.
    plans: watch::Receiver<Plan>,
    /// What is answered on a day.
    today: Mutex<(Plan, Arc<Today>)>,
    asked: AtomicU64,
}

impl Server {
    fn new(plans: watch::Receiver<Plan>) -> Self {
        let plan = *plans.borrow();
        let today = Today::new(&plan, &World::new(plan.seed));
        Self(Arc::new(State {
            plans,
            today: Mutex::new((plan, Arc::new(today))),
            asked: AtomicU64::new(0),
        }))
    }

    /// What is answered today.
    fn today(&self) -> Arc<Today> {
        let plan = *self.0.plans.borrow();
        let mut today = self.0.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.0 != plan {
            *today = (plan, Arc::new(Today::new(&plan, &World::new(plan.seed))));
        }
        Arc::clone(&today.1)
    }

    /// Counts a request; tells how many there were before it.
    fn count(&self) -> u64 {
        self.0.asked.fetch_add(1, Ordering::Relaxed)
    }
}

/// What a platform must know of a server at this address, by the names of its configuration values.
pub fn values(address: &str) -> BTreeMap<String, String> {
    [
        ("hanbit_api", address),
        ("hanbit_api_key", KEY),
        ("hanbit_store_access", storage::ACCESS),
        ("hanbit_store_secret", storage::SECRET),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The address that a client asked, as services write it into their links.
fn own_address(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.map(|host| format!("http://{host}"))
        .unwrap_or_default()
}

/// Answers until the listener is dropped, on one day.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, plan: Plan) -> std::io::Result<()> {
    serve_by_clock(listener, watch::channel(plan).1).await
}

/// Answers until the listener is dropped, each time as of the day that the newest plan says.
///
/// # Errors
/// When the listener fails.
pub async fn serve_by_clock(
    listener: TcpListener,
    plans: watch::Receiver<Plan>,
) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/{address}", get(open::answer))
        .route("/files/{name}", get(registers::file))
        .merge(features::routes())
        .merge(ckan::routes())
        .merge(province::routes())
        .merge(storage::routes())
        .with_state(Server::new(plans));
    axum::serve(listener, routes).into_future().await
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn the_server_answers_what_the_day_says() {
        let today = NaiveDate::from_ymd_opt(2026, 9, 29).unwrap();
        let plan = Plan {
            seed: 4,
            scale: 1,
            today,
            minute: 0,
        };
        let (clock, plans) = watch::channel(plan);
        let server = Server::new(plans);
        let rows = |dataset: &str| {
            let today = server.today();
            let mut all = today.soiled();
            all.find(|it| it.dataset == dataset).unwrap().rows.clone()
        };
        let newest = || rows("weather").last().unwrap()[1].clone();
        assert_eq!(newest(), "202609282300");
        let bells = rows("emergency_bells");
        let tomorrow = |days| {
            let today = today + chrono::TimeDelta::days(days);
            clock.send(Plan { today, ..plan }).unwrap();
        };
        tomorrow(1);
        assert_eq!(newest(), "202609292300");
        assert!(bells == rows("emergency_bells"), "the same quarter");
        tomorrow(2);
        assert!(bells != rows("emergency_bells"), "another quarter");
    }
}
