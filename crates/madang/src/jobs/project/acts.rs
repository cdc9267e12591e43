//! What people do in a project. Each act says only what nobody else knows: what the recipe, the records or the machine
//! knows is filled in.

use city::ProjectId;
use privacy::pseudonym::case::{Act, Case, Step};
use serde_json::{Value, json};

use super::{Office, Refused, output};
use crate::exit::Failure;

impl Office<'_> {
    /// Does what somebody wants done, as `{"act": "find-adequate", "grounds": "..."}`. Processing and destruction take a
    /// while.
    pub(crate) async fn act(
        &self,
        id: &ProjectId,
        by: &str,
        wanted: &Value,
    ) -> Result<Step, Refused> {
        let mut case = self.case(id).await?;
        match wanted["act"].as_str() {
            Some("process") => return self.process(case, by).await,
            Some("destroy") => {
                let reason = wanted["reason"].as_str().unwrap_or_default();
                return self.destroy(case, by, reason).await;
            }
            _ => {}
        }
        let act = self.filled(&case, wanted)?;
        if matches!(act, Act::Note { .. }) && case.events.is_empty() {
            // The first event says what the project is.
            self.recipe(id)?;
        }
        self.record(&mut case, by, act).await
    }

    /// The act with all that is known of it.
    fn filled(&self, case: &Case, wanted: &Value) -> Result<Act, Refused> {
        let mut wanted = wanted.clone();
        match wanted["act"].as_str() {
            Some("prepare") => {
                let recipe = self.recipe(&case.project)?;
                return Case::prepared(&recipe).ok_or_else(|| {
                    let what = format!(
                        "projects/{}.toml: the period is made of no days",
                        case.project
                    );
                    Refused::Failed(Failure::Input(what))
                });
            }
            Some("find-adequate" | "hand-over") => {
                let known = output(case).unwrap_or_default();
                // What somebody looked at while another result was made is not what they mean.
                if wanted["output"].is_null() {
                    wanted["output"] = json!(known);
                }
            }
            _ => {}
        }
        if wanted["act"] == "hand-over" {
            handed(case, &wanted)?;
        }
        let is_blank = wanted["conditions"]
            .as_str()
            .is_some_and(|text| text.trim().is_empty());
        if is_blank {
            wanted["conditions"] = Value::Null;
        }
        serde_json::from_value(wanted).map_err(|error| {
            Refused::Failed(Failure::Input(format!(
                "this is no act of a project: {error}; there are prepare, review-risk, process, find-adequate, find-inadequate, hand-over, note, destroy"
            )))
        })
    }
}

/// What was found adequate was found so for one recipient: it is handed to nobody else.
fn handed(case: &Case, wanted: &Value) -> Result<(), Refused> {
    let recipient = case.events.iter().rev().find_map(|event| match &event.act {
        Act::Prepare { recipient, .. } => Some(recipient.trim()),
        _ => None,
    });
    let Some(recipient) = recipient else {
        return Ok(());
    };
    let to = wanted["to"].as_str().unwrap_or_default().trim().to_owned();
    if to != recipient {
        return Err(Refused::Failed(Failure::Input(format!(
            "the project's recipient is `{recipient}`, and for that one it was found adequate; another needs a project of its own"
        ))));
    }
    Ok(())
}
