//! A recipe that counts: no row leaves, only how many there are of each group, with noise.

use std::collections::HashMap;

use city::recipe::Counts;
use city::{Fault, Recipe};
use sha2::{Digest as _, Sha256};

use super::super::counts::{Answer, Answers, noisy};
use super::super::failed::Failed;
use super::super::keys::Key;
use super::super::random::hmac;
use super::{Outcome, Source};

/// Rows counted by group, and which rows they were.
pub(super) struct Tally<'t> {
    rule: &'t Counts,
    key: &'t Key,
    question: String,
    /// Place of the column that is counted by, among those that leave.
    at: usize,
    groups: HashMap<&'t str, usize>,
    exact: Vec<i64>,
    rows: Sha256,
}

impl<'t> Tally<'t> {
    pub(super) fn new(recipe: &'t Recipe, rule: &'t Counts, key: &'t Key) -> Self {
        let leaving = recipe.columns.iter().filter(|column| {
            !column
                .techniques()
                .any(|technique| *technique == city::recipe::Technique::Delete)
        });
        let at = leaving
            .map(|column| &column.name)
            .position(|name| *name == rule.by);
        let groups = rule.groups.iter().enumerate();
        Self {
            rule,
            key,
            question: question(recipe, rule, key),
            at: at.unwrap_or(usize::MAX),
            groups: groups.map(|(at, group)| (group.as_str(), at)).collect(),
            exact: vec![0; rule.groups.len()],
            rows: Sha256::new(),
        }
    }

    /// Counts a row.
    pub(super) fn take(&mut self, row: &[String]) {
        let group = row.get(self.at).map_or("", String::as_str);
        self.rows.update(group.len().to_be_bytes());
        self.rows.update(group.as_bytes());
        let place = self
            .groups
            .get(group)
            .and_then(|at| self.exact.get_mut(*at));
        if let Some(count) = place {
            *count += 1;
        }
    }

    /// Hands over the answer: the one given before of the same rows, or a new one that is remembered first.
    pub(super) fn answer(
        self,
        source: &dyn Source,
        answers: Option<&mut (dyn Answers + 'static)>,
        outcome: &mut Outcome,
        sink: &mut dyn FnMut(&[String]) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let answers = answers.ok_or_else(|| {
            Failed::Machine("there is no place where answers are remembered".to_owned())
        })?;
        let secret = self.key.secret("counts rows");
        let digest: [u8; 32] = self.rows.finalize().into();
        let rows = hex(&hmac(&secret, &[&digest]));
        let answer = match answers.find(&self.question) {
            Some(known) if known.rows == rows => known,
            Some(_) => return Err(asked_of_others(source, self.key.version)),
            None => {
                let answer = Answer {
                    question: self.question,
                    rows,
                    noisy: noisy(&self.exact, self.rule)?,
                };
                answers.keep(answer.clone())?;
                answer
            }
        };
        sink(&[self.rule.by.clone(), "count".to_owned()])?;
        for (group, count) in self.rule.groups.iter().zip(&answer.noisy.counts) {
            sink(&[group.clone(), count.to_string()])?;
        }
        outcome.rows_written = u64::try_from(answer.noisy.counts.len()).unwrap_or_default();
        outcome.epsilon = Some(answer.noisy.epsilon);
        outcome.epsilon_spent = Some(answers.spent());
        Ok(())
    }
}

/// What is asked, whatever the rows are.
fn question(recipe: &Recipe, rule: &Counts, key: &Key) -> String {
    let asked = serde_json::json!({
        "project": recipe.id,
        "key": key.version,
        "dataset": recipe.dataset,
        "counts": rule,
        "sample": recipe.sample,
        "columns": recipe.columns,
    });
    hex(Sha256::digest(asked.to_string().as_bytes()).as_slice())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn asked_of_others(source: &dyn Source, version: u32) -> Failed {
    let what = "counts of this recipe were given before, of other rows; given again they would show what changed";
    Fault::at(source.file(), what)
        .remedy(format!(
            "to count these rows at a new cost of privacy, make a new key and write `key-version = {}` into the recipe",
            version.saturating_add(1)
        ))
        .into()
}
