//! What pages and the API ask of the program as a whole about what leaves.

use std::path::PathBuf;

use access::Person;
use async_trait::async_trait;
use city::calendar::korean_day;
use city::{GateRecord, ProjectId, ReleaseKind};
use interop::desk::{Declined, Desk, Project, ResultRows, TokenAsked};
use privacy::pseudonym::case::Step;
use serde_json::Value;

use crate::commands::privacy::pseudonymise::sha256;
use crate::exit::Failure;
use crate::jobs::project::{Office, Refused, output};
use crate::jobs::release;
use crate::platform::Platform;

/// The desk of a city.
pub(crate) struct Clerk {
    pub(crate) platform: Platform,
}

#[async_trait]
impl Desk for Clerk {
    async fn make(&self, release: &str, by: &str) -> Result<GateRecord, Declined> {
        let plan = release::plan(&self.platform, release).map_err(|failure| declined(&failure))?;
        let made = release::make(&self.platform, plan, by).await;
        made.map_err(|failure| declined(&failure))
    }

    async fn file(&self, release: &str, sha256: &str) -> Result<PathBuf, Declined> {
        let found = self.delivered(release, sha256).await;
        found.map_err(|failure| declined(&failure))
    }

    async fn projects(&self) -> Result<Vec<Project>, Declined> {
        let views = Office::of(&self.platform).views().await;
        views.map_err(|failure| declined(&failure))
    }

    async fn act(&self, project: &str, by: &str, act: &Value) -> Result<(), Declined> {
        let office = Office::of(&self.platform);
        let id = ProjectId::new(project);
        let done = office.act(&id, by, act).await;
        done.map(|_step| ()).map_err(refused)
    }

    async fn look(&self, project: &str, by: &Person) -> Result<ResultRows, Declined> {
        let office = Office::of(&self.platform);
        let shown = office.look(by, &ProjectId::new(project)).await;
        shown.map_err(refused)
    }

    async fn token(
        &self,
        project: &str,
        by: &Person,
        asked: &TokenAsked,
    ) -> Result<String, Declined> {
        let office = Office::of(&self.platform);
        let told = office.token(by, &ProjectId::new(project), asked).await;
        told.map_err(refused)
    }
}

fn refused(refused: Refused) -> Declined {
    match refused {
        Refused::Case(refusal) => Declined {
            ko: refusal.korean(),
            en: refusal.to_string(),
            is_broken: false,
            is_forbidden: false,
        },
        Refused::Forbidden { ko, en } => Declined {
            ko: ko.to_owned(),
            en: en.to_owned(),
            is_broken: false,
            is_forbidden: true,
        },
        Refused::Failed(failure) => declined(&failure),
    }
}

impl Clerk {
    /// The file, if it may leave now and its bytes are those that were checked.
    async fn delivered(&self, id: &str, wanted: &str) -> Result<PathBuf, Failure> {
        let plan = release::plan(&self.platform, id)?;
        let today = korean_day(self.platform.records.clock().now());
        if !plan.is_given_on(today) {
            return Err(Failure::Input(format!("release `{id}` is not given today")));
        }
        if plan.kind == ReleaseKind::Pseudonymised {
            self.still_allowed(plan.project.as_ref(), wanted).await?;
        }
        let path = release::file(&self.platform, id, wanted);
        let read = path.clone();
        let found = tokio::task::spawn_blocking(move || sha256(&read)).await;
        let found = found.map_err(|error| Failure::Machine(error.to_string()))?;
        match found {
            Ok(found) if found == wanted => Ok(path),
            _ => Err(Failure::Input(format!(
                "the file of release `{id}` that was checked is not there any more; have it made again"
            ))),
        }
    }

    /// A project that was destroyed or went back since gives nothing.
    async fn still_allowed(
        &self,
        project: Option<&ProjectId>,
        wanted: &str,
    ) -> Result<(), Failure> {
        let Some(id) = project else {
            return Err(Failure::Input("the release names no project".to_owned()));
        };
        let case = Office::of(&self.platform).case(id).await?;
        let today = korean_day(self.platform.records.clock().now());
        let is_managed = case.step() == Step::SafeManagement && !case.is_overdue(today);
        if is_managed && output(&case) == Some(wanted) {
            return Ok(());
        }
        Err(Failure::Input(format!(
            "project `{id}` does not give this result now: it stands at `{}`",
            case.step().korean()
        )))
    }
}

fn declined(failure: &Failure) -> Declined {
    let message = failure.message().to_owned();
    let is_broken = matches!(failure, Failure::Machine(_));
    Declined {
        ko: format!("할 수 없었습니다. 까닭: {message}"),
        en: message,
        is_broken,
        is_forbidden: false,
    }
}
