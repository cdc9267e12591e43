//! What happens beside the server, and what it does of it: measures that are changed in the folder, and jobs of other
//! programs over the same data.

use std::time::Duration;

use interop::AppState;
use interop::drafts::follow::{Followed, look};
use records::Heard;
use tokio::sync::watch;

use crate::out;

/// How often it is looked whether something happened.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Follows until `stop` is told.
pub(crate) async fn run(state: AppState, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut followed, mut heard) = (
        Followed::default(),
        Heard::since(state.records.clock().now()),
    );
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        match look(&state, &mut followed).await {
            Ok(faults) if faults.is_empty() => {}
            Ok(faults) => {
                for fault in faults {
                    out::say(fault.to_string());
                }
                out::say("the measures in force stay as they were");
            }
            Err(problem) => {
                tracing::error!(?problem, "it is not known whether measures were changed");
            }
        }
        // Walls and pages of jobs are told as if the work had been done here.
        if let Err(error) = state.records.jobs().hear(&mut heard).await {
            tracing::error!(%error, "jobs of other programs are not known");
        }
    }
}
