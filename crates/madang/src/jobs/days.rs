//! The demo city's days: what its departments deliver arrives day by day, and is loaded as it arrives.

use std::path::PathBuf;
use std::time::Duration;

use demo::Plan;
use records::{Clock as _, SystemClock};
use tokio::sync::watch;

use crate::commands::demo::{Around, write_mark};
use crate::exit::Failure;
use crate::jobs::load::{Loader, korean_day};
use crate::jobs::order::order;

/// How often it is looked whether a new day has begun, once today is reached.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// The demo city's days, one after the other.
pub(crate) struct Days {
    /// Told of each new day: the Open API answers as of it.
    pub(crate) plans: watch::Sender<Plan>,
    /// The demo's folder.
    pub(crate) root: PathBuf,
    /// The servers that some of it comes from.
    pub(crate) around: Around,
    /// How long a day takes until today is reached.
    pub(crate) day_takes: Duration,
    /// Loads what arrived.
    pub(crate) loader: Loader,
}

impl Days {
    /// Lets the days pass for as long as the demo runs.
    pub(crate) async fn pass(self) {
        loop {
            let plan = *self.plans.borrow();
            if plan.today >= korean_day(SystemClock.now()) {
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            }
            tokio::time::sleep(self.day_takes).await;
            let Some(today) = plan.today.succ_opt() else {
                return;
            };
            if let Err(failure) = self.day(Plan { today, ..plan }).await {
                tracing::error!("the demo's day {today} did not come: {}", failure.message());
                return;
            }
        }
    }

    /// One day: delivered, brought to servers, told to the Open API, loaded. The demo's folder keeps its newest day.
    async fn day(&self, plan: Plan) -> Result<(), Failure> {
        let inbox = self.root.join("city/inbox");
        let served = self.around.served().clone();
        let delivering = move || demo::deliver(&plan, &inbox, &served);
        let delivered = tokio::task::spawn_blocking(delivering).await;
        delivered
            .map_err(|error| Failure::Machine(error.to_string()))?
            .map_err(|error| Failure::Machine(error.to_string()))?;
        self.around.bring(plan).await?;
        self.around.speak(plan).await?;
        write_mark(&self.root, plan, self.around.served())?;
        self.plans.send_replace(plan);
        // Only what a department delivered changes anything: the same bytes make no version.
        for dataset in order(&self.loader.platform.city, &[]) {
            if let Err(failure) = self.loader.load(dataset).await {
                tracing::warn!(dataset.id = %dataset.id, "a load of `{}` failed: {}", dataset.id, failure.message());
            }
        }
        tracing::info!("the demo's day {} has come", plan.today);
        Ok(())
    }
}
