//! A project as pages and programs see it.

use city::calendar::korean_day;
use city::{ProjectId, Recipe};
use interop::desk::{Happened, Project, ProjectColumn, ProjectMeasured, ProjectResult};
use privacy::pseudonym::case::{Act, Case, Measured, Step};
use serde_json::Value;

use super::{Office, last};
use crate::exit::Failure;

impl Office<'_> {
    /// Every project the city declares, and every one of which there are records still.
    pub(crate) async fn views(&self) -> Result<Vec<Project>, Failure> {
        let recipes = self.recipes();
        let mut ids: Vec<ProjectId> = recipes.keys().cloned().collect();
        for id in self.platform.records.projects().all().await? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.sort();
        let mut views = Vec::with_capacity(ids.len());
        for id in ids {
            let case = self.case(&id).await?;
            views.push(self.view(recipes.get(&id), &case));
        }
        Ok(views)
    }

    fn view(&self, recipe: Option<&Recipe>, case: &Case) -> Project {
        let id = &case.project;
        let today = korean_day(self.platform.records.clock().now());
        let prepared = case.events.iter().rev().find_map(|event| match &event.act {
            Act::Prepare {
                purpose,
                reason,
                recipient,
                from,
                to,
                reviewers,
            } => Some((*purpose, reason, recipient, (from, to), reviewers)),
            _ => None,
        });
        // What was prepared holds; what the recipe says counts until then.
        let own = |text: fn(&Recipe) -> String| recipe.map(text).unwrap_or_default();
        let purpose = prepared.map(|(purpose, ..)| purpose);
        let purpose = purpose.or_else(|| recipe.map(|recipe| recipe.purpose));
        let last = last(case);
        Project {
            id: id.to_string(),
            title: recipe.map_or_else(|| id.to_string(), |recipe| recipe.title.clone()),
            title_en: recipe.and_then(|recipe| recipe.title_en.clone()),
            purpose: purpose
                .map_or("", city::recipe::LegalPurpose::korean)
                .to_owned(),
            reason: prepared.map_or_else(
                || own(|own| own.reason.clone()),
                |(_, reason, ..)| reason.clone(),
            ),
            dataset: recipe
                .map(|recipe| recipe.dataset.clone())
                .unwrap_or_default(),
            recipient: prepared.map_or_else(
                || own(|own| own.recipient.clone()),
                |(_, _, recipient, ..)| recipient.clone(),
            ),
            from: prepared.map_or_else(
                || own(|own| own.period.from.clone()),
                |(.., (from, _), _)| from.to_string(),
            ),
            to: prepared.map_or_else(
                || own(|own| own.period.to.clone()),
                |(.., (_, to), _)| to.to_string(),
            ),
            processor: own(|own| own.processor.clone()),
            reviewers: prepared.map_or_else(
                || recipe.map(|own| own.reviewers.clone()).unwrap_or_default(),
                |(.., reviewers)| reviewers.clone(),
            ),
            columns: recipe.map(columns).unwrap_or_default(),
            step: word(case.step()),
            events: case.events.iter().map(happened).collect(),
            result: last.map(|(sha256, rows, ..)| ProjectResult {
                is_there: self.result(id, sha256).is_file(),
                sha256: sha256.to_owned(),
                rows,
            }),
            measured: case.measured().map(measured),
            is_overdue: case.is_overdue(today),
            has_key: last.is_some_and(|(_, _, _, version)| self.key(id, version).is_ok()),
            kept_until: case.records_kept_until(),
        }
    }
}

fn measured(own: &Measured) -> ProjectMeasured {
    #[expect(clippy::cast_precision_loss, reason = "numbers of rows are below 2^53")]
    let smallest = own.smallest.max(1) as f64;
    ProjectMeasured {
        quasi: own.quasi.clone(),
        rows: own.rows,
        classes: own.classes,
        smallest: own.smallest,
        alone: own.alone,
        largest_risk: if own.rows == 0 { 0.0 } else { 1.0 / smallest },
    }
}

fn columns(recipe: &Recipe) -> Vec<ProjectColumn> {
    let columns = recipe.columns.iter();
    columns
        .map(|column| ProjectColumn {
            name: column.name.clone(),
            techniques: column
                .techniques()
                .map(|technique| technique.names().1.to_owned())
                .collect(),
        })
        .collect()
}

/// A step's word.
pub(crate) fn word(step: Step) -> String {
    let word = serde_json::to_value(step).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

fn happened(event: &privacy::pseudonym::case::Event) -> Happened {
    let mut said = serde_json::to_value(&event.act).unwrap_or_default();
    let act = said["act"].as_str().unwrap_or_default().to_owned();
    if let Some(object) = said.as_object_mut() {
        object.remove("act");
        object.retain(|_, value| *value != Value::Null);
    }
    Happened {
        at: event.at,
        by: event.by.clone(),
        act,
        said,
    }
}
