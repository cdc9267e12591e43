//! The end of a project: result, released copies, tokens and keys are destroyed, by hand or when its period is over; the
//! records stay for three years and are forgotten when the law allows it.

use std::fs;
use std::time::Duration;

use chrono::SecondsFormat;
use city::ProjectId;
use city::calendar::korean_day;
use privacy::pseudonym::case::{Act, Case, Refusal, Step};
use privacy::pseudonym::{KeyAct, KeyChange, KeyError, KeyFolder, KeyStore as _};
use tokio::sync::watch;

use super::process::swept;
use super::{Office, Refused};
use crate::commands::privacy::pseudonymise::failure;
use crate::exit::Failure;
use crate::jobs::release;
use crate::platform::Platform;

/// How often it is looked what is over.
const LOOK_EVERY: Duration = Duration::from_hours(1);
/// Who destroys what is over.
const SYSTEM: &str = "system";

impl Office<'_> {
    /// Destroys what a project made, then records it. Killed in between it is done again: what is gone stays gone.
    pub(crate) async fn destroy(
        &self,
        mut case: Case,
        by: &str,
        reason: &str,
    ) -> Result<Step, Refused> {
        if case.step() == Step::Destroyed {
            return Err(Refused::Case(Refusal::WrongStep {
                act: "파기",
                step: Step::Destroyed,
                belongs: "any step before its destruction",
            }));
        }
        if reason.trim().is_empty() {
            return Err(Refused::Case(Refusal::Unsaid("reason")));
        }
        self.destroy_keys(&case.project, by, reason)?;
        // The key is gone: what the vault holds is worthless, and goes too.
        gone(
            &self
                .platform
                .beside("vault")
                .join(format!("{}.tokens", case.project)),
        )?;
        folder_gone(&self.results(&case.project))?;
        for plan in self.platform.city.releases.values() {
            if plan.project.as_ref() == Some(&case.project) {
                folder_gone(&release::folder(self.platform, &plan.id))?;
            }
        }
        let reason = reason.trim().to_owned();
        self.record(&mut case, by, Act::Destroy { reason }).await
    }

    fn destroy_keys(&self, id: &ProjectId, by: &str, reason: &str) -> Result<(), Failure> {
        let told = |error: KeyError| failure(error.into());
        let mut keys = KeyFolder::open(&self.platform.beside("keys")).map_err(told)?;
        let now = self.platform.records.clock().now();
        for version in alive(&keys, id) {
            let act = KeyAct {
                at: now.to_rfc3339_opts(SecondsFormat::Secs, true),
                by: by.to_owned(),
                reason: reason.to_owned(),
            };
            keys.destroy(id, version, &act).map_err(told)?;
        }
        Ok(())
    }

    /// Destroys every project whose period is over, and forgets records whose three years are.
    pub(crate) async fn end_what_is_over(&self) -> Result<(), Failure> {
        let projects = self.platform.records.projects();
        let today = korean_day(self.platform.records.clock().now());
        for id in projects.all().await? {
            let case = self.case(&id).await?;
            swept(&self.results(&id), LOOK_EVERY)?;
            if case.is_overdue(today) {
                self.destroy(case, SYSTEM, "처리 기간 만료").await?;
                tracing::info!(project = %id, "destroyed: its period is over");
            } else if let Some(until) = case.records_kept_until() {
                projects.forget(&id, until).await?;
            }
        }
        Ok(())
    }
}

/// Versions of a project's key that were not destroyed, in the order they were made.
pub(super) fn alive(keys: &KeyFolder, id: &ProjectId) -> Vec<u32> {
    let mut alive: Vec<u32> = Vec::new();
    for event in keys.history().iter().filter(|event| event.project == *id) {
        match event.what {
            KeyChange::Made => alive.push(event.version),
            KeyChange::Destroyed => alive.retain(|version| *version != event.version),
        }
    }
    alive
}

/// Looks every hour what is over, until `stop` is told.
pub(crate) async fn run(platform: Platform, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        if let Err(failure) = Office::of(&platform).end_what_is_over().await {
            tracing::error!(
                "projects whose period is over could not be destroyed: {}",
                failure.message()
            );
        }
    }
}

fn gone(path: &std::path::Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn folder_gone(path: &std::path::Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
