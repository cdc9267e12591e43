//! The gate's wiring: the file is read again by other code than wrote it, and everything promised of it is checked.

use std::path::{Path, PathBuf};

use chrono::{Datelike as _, NaiveDate};
use city::{GateCheck, GateRecord, GateWhat, Lang, ReleasePlan};
use privacy::anonymity::Model;
use privacy::anonymity::verify::{self, Ask};
use privacy::detect::Day;
use privacy::gate::{self, Promise, check};

use super::{Made, plan_sha256};
use crate::commands::privacy::pseudonymise::{failure, read, sha256};
use crate::exit::Failure;
use crate::jobs::load::korean_day;
use crate::platform::Platform;

/// Everything that was checked of a file that was made.
pub(crate) async fn record(
    platform: &Platform,
    plan: &ReleasePlan,
    by: &str,
    made: Made,
    out: &Path,
) -> Result<GateRecord, Failure> {
    let now = platform.records.clock().now();
    let today = korean_day(now);
    let columns: Vec<String> = made
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let versions = made.versions.clone();
    let work = Work {
        plan: plan.clone(),
        titles: titles(platform, plan),
        today,
        made,
        out: out.to_owned(),
    };
    // Reading every cell takes the processor: the server answers meanwhile.
    let looked = tokio::task::spawn_blocking(move || work.look()).await;
    let looked = looked.map_err(|error| Failure::Machine(error.to_string()))??;
    let mut checks = looked.checks;
    checks.push(origin(&versions));
    checks.extend(period(plan, today));
    Ok(GateRecord {
        release: plan.id.to_string(),
        kind: plan.kind,
        at: now,
        by: by.to_owned(),
        versions,
        columns,
        rows: looked.rows,
        sha256: looked.sha256,
        bytes: std::fs::metadata(out)?.len(),
        plan_sha256: plan_sha256(plan),
        checks,
    })
}

/// What columns are called in the file, by their physical names.
fn titles(platform: &Platform, plan: &ReleasePlan) -> Vec<(String, String)> {
    let dataset = platform.city.datasets.get(&plan.dataset);
    // The result of a project has physical names.
    if plan.project.is_some() || plan.sql.is_some() {
        return Vec::new();
    }
    let columns = dataset.into_iter().flat_map(|dataset| &dataset.columns);
    columns
        .map(|column| (column.name.clone(), column.title.clone()))
        .collect()
}

/// The blocking half: the file read again, and measured.
struct Work {
    plan: ReleasePlan,
    titles: Vec<(String, String)>,
    today: NaiveDate,
    made: Made,
    out: PathBuf,
}

/// What was found in the file.
struct Found {
    rows: u64,
    sha256: String,
    checks: Vec<GateCheck>,
}

impl Work {
    fn look(self) -> Result<Found, Failure> {
        let found = sha256(&self.out)?;
        let mut source = read::open(&self.out, None)?;
        let promise = Promise {
            columns: &self.made.columns,
            rows: self.made.rows,
            sha256: &self.made.sha256,
            found_sha256: &found,
            counted: self.made.counted.clone(),
            today: Day {
                year: self.today.year(),
                month: self.today.month(),
                day: self.today.day(),
            },
        };
        let looked = gate::look(&mut source, &promise).map_err(failure)?;
        let mut checks = looked.checks;
        checks.extend(self.models());
        Ok(Found {
            rows: looked.rows,
            sha256: found,
            checks,
        })
    }

    /// What a separate measurement says of the models that were declared.
    fn models(&self) -> Vec<GateCheck> {
        if self.plan.models.is_empty() {
            return Vec::new();
        }
        let mut models: Vec<Model> = Vec::new();
        for word in &self.plan.models {
            match Model::parse(word) {
                Ok(found) => models.extend(found),
                Err(why) => {
                    return vec![check(
                        GateWhat::Model,
                        false,
                        format!("‘{word}’: 알 수 없는 보호 모델입니다."),
                        format!("`{word}` is no model: {why}"),
                    )];
                }
            }
        }
        let title = |name: &String| {
            let own = self.titles.iter().find(|(own, _)| own == name);
            own.map_or_else(|| name.clone(), |(_, title)| title.clone())
        };
        let quasi: Vec<String> = self.plan.quasi.iter().map(title).collect();
        let sensitive = self.plan.sensitive.as_ref().map(title);
        let ask = Ask {
            file: &self.out,
            delimiter: b',',
            quasi: &quasi,
            sensitive: sensitive.as_deref(),
            models: &models,
            original: None,
            population: None,
            tree: None,
        };
        match verify::verify(&ask) {
            Ok(verdict) => gate::models(&verdict),
            Err(trouble) => vec![check(
                GateWhat::Model,
                false,
                "보호 모델을 잴 수 없습니다. 선언한 열을 확인하십시오.",
                format!("the models cannot be measured: {trouble}"),
            )],
        }
    }
}

fn origin(versions: &[(city::DatasetId, i64)]) -> GateCheck {
    let told: Vec<String> = versions
        .iter()
        .map(|(id, version)| format!("{id} {version}"))
        .collect();
    let told = told.join(", ");
    if versions.is_empty() {
        return check(
            GateWhat::Origin,
            false,
            "어느 데이터셋의 어느 판에서 왔는지 알 수 없습니다.",
            "it is not known which version of which dataset it was made from",
        );
    }
    check(
        GateWhat::Origin,
        true,
        format!("원본 판: {told}"),
        format!("made from: {told}"),
    )
}

fn period(plan: &ReleasePlan, today: NaiveDate) -> Option<GateCheck> {
    let (from, to) = plan.days()?;
    let holds = plan.is_given_on(today);
    let (ko, en) = if holds {
        (
            format!("제공 기간({from}~{to}) 안입니다."),
            format!("today lies within the period of {from} to {to}"),
        )
    } else {
        (
            format!("제공 기간({from}~{to}) 밖입니다."),
            format!("today lies outside the period of {from} to {to}"),
        )
    };
    Some(check(GateWhat::Period, holds, ko, en))
}

/// What went wrong, or what was found, in one line for the command.
pub(crate) fn said(record: &GateRecord, lang: Lang) -> String {
    let word = if record.passed() { "passed" } else { "refused" };
    let why: Vec<&str> = record.reasons().map(|check| check.said(lang)).collect();
    if why.is_empty() {
        format!(
            "{} {word}: {} rows, SHA-256 {}",
            record.release, record.rows, record.sha256
        )
    } else {
        format!("{} {word}: {}", record.release, why.join("; "))
    }
}
