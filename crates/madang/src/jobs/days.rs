//! The demo city's days: what its departments deliver arrives day by day, and within the day what is measured by the
//! hour or by the minute; it is loaded as it arrives.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use city::calendar::korean_time;
use demo::{Plan, WITHIN_A_DAY};
use records::{Clock as _, SystemClock};
use tokio::sync::watch;

use crate::commands::demo::{Around, write_mark};
use crate::exit::Failure;
use crate::jobs::load::{Loader, korean_day};
use crate::jobs::order::order;

/// How often it is looked whether a new day has begun, or something is measured, once today is reached.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Minutes between two measurements.
const MEASURED_EVERY: u32 = 5;
/// Minutes a step within a played day may have: the last comes after the last complaint, at eight in the evening.
const STEPS: [u32; 8] = [5, 10, 15, 30, 60, 120, 180, 240];
/// A step takes at least so long: what arrives must be loaded.
const STEP_TAKES: Duration = Duration::from_secs(2);
/// Minutes of a day.
const DAY: u32 = 24 * 60;
/// Hours from Greenwich.
const KOREA: TimeDelta = TimeDelta::hours(9);

/// The demo city's days, one after the other.
pub(crate) struct Days {
    /// Told of each new moment: the Open API answers as of it.
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

/// Minutes of a step, and how long it takes, so that a day takes so long; nothing where a day is too short for two.
fn steps(day_takes: Duration) -> Option<(u32, Duration)> {
    let takes = |minutes: u32| day_takes.mul_f64(f64::from(minutes) / f64::from(DAY));
    let minutes = STEPS
        .into_iter()
        .find(|minutes| takes(*minutes) >= STEP_TAKES)?;
    Some((minutes, takes(minutes)))
}

/// The moments of today that were measured up to now: by the hour, and of the last hour every few minutes.
fn measured(now: NaiveDateTime) -> Vec<NaiveDateTime> {
    let midnight = now.date().and_time(NaiveTime::MIN);
    let passed = (now - midnight).num_minutes();
    let every = i64::from(MEASURED_EVERY);
    let moments = (0..=passed / every).map(|number| number * every);
    moments
        .filter(|minute| minute % 60 == 0 || passed - minute <= 60)
        .map(|minute| midnight + TimeDelta::minutes(minute))
        .collect()
}

impl Days {
    /// Lets the days pass for as long as the demo runs.
    pub(crate) async fn pass(self) {
        let mut until: Option<NaiveDateTime> = None;
        loop {
            let plan = *self.plans.borrow();
            if plan.today >= korean_day(SystemClock.now()) {
                self.loader.platform.situation.play(None);
                let now = korean_time(SystemClock.now());
                if let Err(failure) = self.catch_up(plan, now, &mut until).await {
                    tracing::warn!("the demo's newest did not come: {}", failure.message());
                }
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            }
            self.within(plan).await;
            let Some(today) = plan.today.succ_opt() else {
                return;
            };
            let next = Plan {
                today,
                minute: 0,
                ..plan
            };
            if let Err(failure) = self.day(next).await {
                tracing::error!("the demo's day {today} did not come: {}", failure.message());
                return;
            }
        }
    }

    /// The rest of a day that is played: what is measured arrives step by step, and the situation is shown as of it.
    async fn within(&self, plan: Plan) {
        let Some((minutes, takes)) = steps(self.day_takes) else {
            tokio::time::sleep(self.day_takes).await;
            return;
        };
        let mut minute = plan.minute;
        while minute < DAY {
            let began = tokio::time::Instant::now();
            if let Err(failure) = self.step(Plan { minute, ..plan }, true).await {
                tracing::warn!(
                    "a step of the demo's day did not come: {}",
                    failure.message()
                );
            }
            minute += minutes;
            // A load that took longer than the step makes the day longer.
            tokio::time::sleep_until(began + takes).await;
        }
    }

    /// What arrives at a moment within a day, told to the Open API and loaded.
    async fn step(&self, plan: Plan, complaints: bool) -> Result<(), Failure> {
        self.arrive(plan, complaints).await?;
        self.plans.send_replace(plan);
        if complaints {
            let moment = (plan.moment() - KOREA).and_utc();
            self.loader.platform.situation.play(Some(moment));
        }
        for dataset in order(&self.loader.platform.city, &[]) {
            if WITHIN_A_DAY.contains(&dataset.id.as_str()) {
                self.load(dataset).await;
            }
        }
        Ok(())
    }

    async fn arrive(&self, plan: Plan, complaints: bool) -> Result<(), Failure> {
        let inbox = self.root.join("city/inbox");
        let arriving = move || demo::deliver_within(&plan, &inbox, complaints);
        let arrived = tokio::task::spawn_blocking(arriving).await;
        arrived
            .map_err(|error| Failure::Machine(error.to_string()))?
            .map_err(|error| Failure::Machine(error.to_string()))
    }

    /// Today, as it goes: what was measured since it was looked last.
    async fn catch_up(
        &self,
        plan: Plan,
        now: NaiveDateTime,
        until: &mut Option<NaiveDateTime>,
    ) -> Result<(), Failure> {
        let moments = measured(now).into_iter();
        let new: Vec<NaiveDateTime> = moments
            .filter(|at| until.is_none_or(|own| *at > own))
            .collect();
        let [before @ .., last] = new.as_slice() else {
            return Ok(());
        };
        let at = |moment: NaiveDateTime| {
            let midnight = plan.today.and_time(NaiveTime::MIN);
            let minute = u32::try_from((moment - midnight).num_minutes()).unwrap_or(0);
            Plan { minute, ..plan }
        };
        for moment in before {
            self.arrive(at(*moment), false).await?;
        }
        self.step(at(*last), false).await?;
        *until = Some(*last);
        Ok(())
    }

    async fn load(&self, dataset: &city::Dataset) {
        if let Err(failure) = self.loader.load(dataset).await {
            tracing::warn!(dataset.id = %dataset.id, "a load of `{}` failed: {}", dataset.id, failure.message());
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
        if steps(self.day_takes).is_some() {
            // The day's complaints come one after the other.
            self.arrive(plan, true).await?;
        }
        self.around.bring(plan).await?;
        self.around.speak(plan).await?;
        write_mark(&self.root, plan, self.around.served())?;
        self.plans.send_replace(plan);
        // Only what a department delivered changes anything: the same bytes make no version.
        for dataset in order(&self.loader.platform.city, &[]) {
            self.load(dataset).await;
        }
        tracing::info!("the demo's day {} has come", plan.today);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_as_many_steps_as_can_be_loaded() {
        let seconds = |takes: u64| steps(Duration::from_secs(takes));
        assert_eq!(seconds(1), None);
        assert_eq!(seconds(20), Some((180, Duration::from_millis(2_500))));
        assert_eq!(
            seconds(600),
            Some((5, Duration::from_secs_f64(600.0 / 288.0)))
        );
        assert_eq!(seconds(86_400), Some((5, Duration::from_mins(5))));
    }

    #[test]
    fn today_is_measured_by_the_hour_and_lately_by_the_minute() {
        let at = |text: &str| -> NaiveDateTime { format!("2026-11-26T{text}:00").parse().unwrap() };
        let all = measured(at("03:07"));
        assert_eq!(all.first(), Some(&at("00:00")));
        assert_eq!(all.last(), Some(&at("03:05")));
        // 00:00, 01:00, 02:00, and 02:10 to 03:05.
        assert_eq!(all.len(), 15, "{all:?}");
        assert_eq!(measured(at("00:00")), [at("00:00")]);
    }
}
