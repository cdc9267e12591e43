//! Projects of pseudonymisation, step by step: what happened is in the records, and what a project is follows from that
//! alone. It can be left and taken up again anywhere, whatever happens to the program meanwhile.
//!
//! | module | job |
//! | --- | --- |
//! | [`acts`] | what people do, as the case allows it |
//! | [`process`] | step 3: the recipe carried out over rows of the door |
//! | [`look`] | step 4: the first rows of what is judged |
//! | [`end`] | destruction by hand and by date; records that are forgotten when the law allows it |
//! | [`token`] | a token of the vault turned back, for nobody who works with pseudonyms |
//! | [`view`] | a project as pages and programs see it |

pub(crate) mod acts;
pub(crate) mod end;
pub(crate) mod look;
pub(crate) mod process;
pub(crate) mod token;
pub(crate) mod view;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use city::calendar::korean_day;
use city::{GateCheck, ProjectId, Recipe, ReleasePlan};
use privacy::gate::Promised;
use privacy::gate::project::checks;
use privacy::pseudonym::case::{Act, Case, Event, Refusal, Step};
use privacy::pseudonym::{KeyFolder, KeyStore as _};
use records::ProjectEvent;
use records::log::{self, Decision, Entry};

use crate::commands::privacy::pseudonymise::sha256;
use crate::exit::Failure;
use crate::jobs::release::Made;
use crate::platform::Platform;

/// Where projects are carried out.
pub(crate) struct Office<'p> {
    platform: &'p Platform,
}

/// Why an act was not recorded.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The case does not allow it.
    Case(Refusal),
    /// It is not for this person.
    Forbidden {
        /// Why, in Korean.
        ko: &'static str,
        /// English.
        en: &'static str,
    },
    /// It is not there, it says nothing, or the machine is at fault.
    Failed(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<records::RecordsError> for Refused {
    fn from(error: records::RecordsError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Case(refusal) => Self::Input(refusal.to_string()),
            Refused::Forbidden { en, .. } => Self::Input(en.to_owned()),
            Refused::Failed(failure) => failure,
        }
    }
}

impl<'p> Office<'p> {
    /// The office of a city.
    pub(crate) fn of(platform: &'p Platform) -> Self {
        Self { platform }
    }

    /// Recipes as they stand in the city's folder now.
    pub(crate) fn recipes(&self) -> BTreeMap<ProjectId, Recipe> {
        let (recipes, faults) = city::read::recipes(&self.platform.city);
        for fault in faults {
            tracing::warn!(%fault, "a project cannot be read");
        }
        recipes
    }

    /// A project's recipe.
    pub(crate) fn recipe(&self, id: &ProjectId) -> Result<Recipe, Failure> {
        self.recipes().remove(id).ok_or_else(|| {
            Failure::Input(format!(
                "projects/{id}.toml: there is no such project, or it has a mistake: `madang check` tells it"
            ))
        })
    }

    /// A project as its records tell it.
    pub(crate) async fn case(&self, id: &ProjectId) -> Result<Case, Failure> {
        let kept = self.platform.records.projects().of(id).await?;
        let mut events = Vec::with_capacity(kept.len());
        for event in kept {
            let act: Act = serde_json::from_str(&event.event).map_err(|error| {
                Failure::Machine(format!("the records of project `{id}`: {error}"))
            })?;
            events.push(Event {
                at: event.at,
                by: event.who,
                act,
            });
        }
        Case::resume(id.clone(), events).map_err(|(at, refusal)| {
            Failure::Machine(format!(
                "the records of project `{id}` do not follow from one another, from event {} on: {refusal}",
                at + 1
            ))
        })
    }

    /// Puts an act behind the others, if the case allows it, and tells the access log. When this returns it is on disk.
    pub(crate) async fn record(
        &self,
        case: &mut Case,
        by: &str,
        act: Act,
    ) -> Result<Step, Refused> {
        let known = case.events.len();
        let event = Event {
            at: self.platform.records.clock().now(),
            by: by.to_owned(),
            act,
        };
        let text = serde_json::to_string(&event.act)
            .map_err(|error| Failure::Machine(error.to_string()))?;
        let kept = ProjectEvent {
            project: case.project.clone(),
            at: event.at,
            who: event.by.clone(),
            event: text,
        };
        let tried = case.clone().apply(event.clone());
        self.tell(case, by, tried.is_ok()).await?;
        let step = case.apply(event).map_err(Refused::Case)?;
        if !self
            .platform
            .records
            .projects()
            .append(&kept, known)
            .await?
        {
            return Err(Refused::Failed(Failure::Input(format!(
                "somebody else acted in project `{}` meanwhile; look again",
                case.project
            ))));
        }
        Ok(step)
    }

    async fn tell(&self, case: &Case, by: &str, allowed: bool) -> Result<(), Refused> {
        let entry = Entry {
            who: by.to_owned(),
            from: None,
            act: log::Act::Change,
            purpose: format!("project {}", case.project),
            touched: Vec::new(),
            subjects: Vec::new(),
            about: None,
            query: Some(format!("an act at step {:?}", case.step())),
            decision: if allowed {
                Decision::Allowed
            } else {
                Decision::Denied
            },
            policy: "project-case".to_owned(),
            rows: None,
            completes: None,
        };
        let logged = self.platform.records.log().append(entry).await;
        logged.map_err(|error| Refused::Failed(Failure::Machine(error.to_string())))?;
        Ok(())
    }

    /// Folder of a project's results: apart from data.
    pub(crate) fn results(&self, id: &ProjectId) -> PathBuf {
        self.platform.beside("results").join(id.as_str())
    }

    /// The result with this hash.
    pub(crate) fn result(&self, id: &ProjectId, sha256: &str) -> PathBuf {
        self.results(id).join(format!("{sha256}.csv"))
    }

    /// The fingerprint of a project's key, or why there is none.
    fn key(&self, id: &ProjectId, version: u32) -> Result<String, String> {
        let folder = KeyFolder::open(&self.platform.beside("keys"));
        let key = folder.and_then(|keys| keys.key(id, version));
        key.map(|key| key.fingerprint())
            .map_err(|error| error.to_string())
    }

    /// The result that a release gives, once it was found adequate.
    pub(crate) async fn adequate(&self, plan: &ReleasePlan) -> Result<Option<String>, Failure> {
        let Some(id) = &plan.project else {
            return Ok(None);
        };
        let case = self.case(id).await?;
        Ok(output(&case)
            .filter(|_| case.step() == Step::SafeManagement)
            .map(str::to_owned))
    }

    /// A copy of a project's result for its release, and what its case says of that.
    pub(crate) async fn released(
        &self,
        plan: &ReleasePlan,
        out: &Path,
    ) -> Result<(Made, Vec<GateCheck>), Failure> {
        let Some(id) = &plan.project else {
            return Err(Failure::Input(format!(
                "releases/{}.toml: it names no project",
                plan.id
            )));
        };
        let recipe = self.recipe(id)?;
        let case = self.case(id).await?;
        let Some((output, rows, version, key)) = last(&case) else {
            return Err(Failure::Input(format!(
                "project `{id}` has no result yet: it stands at `{}`; carry it on at /projects/{id}",
                case.step().korean()
            )));
        };
        let result = self.result(id, output);
        if !result.is_file() {
            return Err(Failure::Input(format!(
                "the result of project `{id}` is gone; it was destroyed, or bring it back from its copy"
            )));
        }
        let fingerprint = self.key(id, key);
        let today = korean_day(self.platform.records.clock().now());
        let checks = checks(&case, output, today, &fingerprint);
        std::fs::copy(&result, out)?;
        let made = Made {
            columns: promised(&recipe),
            rows,
            sha256: sha256(&result)?,
            versions: version
                .map(|version| (plan.dataset.clone(), version))
                .into_iter()
                .collect(),
            counted: None,
        };
        Ok((made, checks))
    }
}

/// The bytes that were made last.
pub(crate) fn output(case: &Case) -> Option<&str> {
    last(case).map(|(output, ..)| output)
}

/// The last processing: its bytes, rows, the version they are of, and its key.
fn last(case: &Case) -> Option<(&str, u64, Option<i64>, u32)> {
    case.events.iter().rev().find_map(|event| match &event.act {
        Act::Process {
            output,
            rows,
            version,
            key_version,
            ..
        } => Some((output.as_str(), *rows, *version, *key_version)),
        _ => None,
    })
}

/// The columns of a recipe's result.
fn promised(recipe: &Recipe) -> Vec<Promised> {
    use city::recipe::Technique;
    let named = |name: &str, is_made| Promised {
        name: name.to_owned(),
        others: Vec::new(),
        accepted: Vec::new(),
        is_made,
    };
    if let Some(counts) = &recipe.counts {
        return vec![named(&counts.by, false), named("count", false)];
    }
    let leaves = |technique: &Technique| *technique != Technique::Delete;
    let columns = recipe
        .columns
        .iter()
        .filter(|column| column.techniques().all(leaves));
    columns
        .map(|column| {
            let is_made = column.techniques().any(|technique| {
                matches!(
                    technique,
                    Technique::KeyedOneWay(_)
                        | Technique::FormatPreserving(_)
                        | Technique::Token(_)
                        | Technique::RandomNumber(_)
                )
            });
            named(&column.name, is_made)
        })
        .collect()
}

#[cfg(test)]
mod tests;
