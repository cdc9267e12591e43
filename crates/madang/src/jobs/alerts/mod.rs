//! Alerts of boards: each figure is looked at when something new was loaded; who is to know is told once, outside
//! the department's quiet hours, in the inbox and by mail.

mod letter;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use access::{At, Reader};
use chrono::{DateTime, Utc};
use city::alert::Alert;
use city::calendar::korean_time;
use city::{AlertId, Board, BoardId, City, DepartmentId, Measure};
use measure::alert::{Turn, seen, turn};
use records::alerts::Alarm;
use tokio::sync::watch;

use crate::exit::Failure;
use crate::platform::Platform;

/// How often it is looked whether something new was loaded.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What a figure was looked at last: the versions it is made of, and the hour where the history counts.
pub(crate) type Looked = HashMap<(BoardId, AlertId), (Vec<Option<i64>>, Option<i64>)>;

/// Looks until `stop` is told.
pub(crate) async fn run(platform: Platform, sends_mail: bool, mut stop: watch::Receiver<bool>) {
    let mut looked = Looked::new();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        if let Err(failure) = look(&platform, &mut looked).await {
            tracing::error!("alerts were not looked at: {}", failure.message());
        }
        if let Err(failure) = tell(&platform, sends_mail).await {
            tracing::error!("alerts were not told: {}", failure.message());
        }
    }
}

/// Begins and ends alerts.
pub(crate) async fn look(platform: &Platform, looked: &mut Looked) -> Result<(), Failure> {
    // Measures are those in force: one that was saved counts at the next look.
    let (_, now_city) = platform.door.city_now();
    let (city, records) = (&*now_city, &platform.records);
    let reader = platform.own_reader("alerts");
    let now = records.clock().now();
    let on = records.alerts().on().await?;
    for alarm in &on {
        if declared(city, &alarm.board, &alarm.alert).is_none() {
            records.alerts().drop_of(alarm.id).await?;
        }
    }
    for (board, alert, measure) in all(city) {
        let key = (board.id.clone(), alert.id.clone());
        let stand = stand(&reader, alert, measure, now);
        if looked.get(&key) == Some(&stand) {
            continue;
        }
        let alarm = on.iter().find(|alarm| is_of(alarm, board, alert));
        match seen(&reader, alert, measure, now).await {
            Ok(Some(figure)) => match (turn(alert, alarm.is_some(), figure), alarm) {
                (Turn::Begin, _) => records.alerts().begin(&board.id, alert, figure).await?,
                (Turn::End, Some(alarm)) => records.alerts().end(alarm.id, figure).await?,
                _ => {}
            },
            // A figure that cannot be told begins and ends nothing.
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(board.id = %board.id, alert.id = %alert.id, "an alert could not be looked at: {error}");
                continue;
            }
        }
        looked.insert(key, stand);
    }
    Ok(())
}

/// Tells departments of what is on and was not told yet, one letter a department.
pub(crate) async fn tell(platform: &Platform, sends_mail: bool) -> Result<(), Failure> {
    let (_, now_city) = platform.door.city_now();
    let (city, records) = (&*now_city, &platform.records);
    let time = korean_time(records.clock().now()).time();
    let mut untold: BTreeMap<DepartmentId, Vec<(Alarm, &Alert, &Measure)>> = BTreeMap::new();
    for alarm in records.alerts().on().await? {
        let Some((_, alert, measure)) = declared(city, &alarm.board, &alarm.alert) else {
            continue;
        };
        if alarm.told_at.is_some() || alert.quiet.is_some_and(|hours| hours.holds(time)) {
            continue;
        }
        untold
            .entry(alert.department.clone())
            .or_default()
            .push((alarm, alert, measure));
    }
    for (id, alarms) in untold {
        let departments = &city.manifest.departments;
        let department = departments.iter().find(|department| department.id == id);
        let letter = department
            .filter(|_| sends_mail)
            .and_then(|department| letter::write(city, department, &alarms));
        let ids: Vec<i64> = alarms.iter().map(|(alarm, ..)| alarm.id).collect();
        if records.alerts().tell(&ids, letter.as_ref()).await? {
            tracing::info!(department.id = %id, count = ids.len(), "told `{id}` of alerts");
        }
    }
    Ok(())
}

/// Every alert of every board.
fn all(city: &City) -> impl Iterator<Item = (&Board, &Alert, &Measure)> {
    city.boards.values().flat_map(move |board| {
        let alerts = board.alerts.iter();
        alerts.filter_map(move |alert| Some((board, alert, city.measures.get(&alert.measure)?)))
    })
}

fn declared<'c>(
    city: &'c City,
    board: &BoardId,
    alert: &AlertId,
) -> Option<(&'c Board, &'c Alert, &'c Measure)> {
    all(city).find(|(own, found, _)| own.id == *board && found.id == *alert)
}

fn is_of(alarm: &Alarm, board: &Board, alert: &Alert) -> bool {
    alarm.board == board.id && alarm.alert == alert.id
}

/// What the figure depends on: as long as it is the same, nobody reads anything.
fn stand(
    reader: &Reader,
    alert: &Alert,
    measure: &Measure,
    now: DateTime<Utc>,
) -> (Vec<Option<i64>>, Option<i64>) {
    let versions = measure::reads(measure, &reader.city().measures)
        .into_iter()
        .map(|dataset| reader.version(dataset.as_str(), &At::Latest).ok())
        .map(|version| version.map(|version| version.number))
        .collect();
    // A step ends, and a figure becomes stale, without a load.
    let passes = alert.change.is_some() || measure.fresh_days.is_some();
    let hour = korean_time(now).and_utc().timestamp() / 3600;
    (versions, passes.then_some(hour))
}

#[cfg(test)]
mod tests;
