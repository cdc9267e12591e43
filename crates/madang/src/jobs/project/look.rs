//! Step 4: whoever reviews looks at the first rows of what is judged. Each look is in the access log before it is shown.

use std::path::Path;

use access::Person;
use city::ProjectId;
use interop::desk::ResultRows;
use privacy::pseudonym::Source as _;
use privacy::pseudonym::case::{Case, Step};
use records::log::{Act, Decision, Entry, Touched};

use super::{Office, Refused, last};
use crate::commands::privacy::pseudonymise::{failure, read};
use crate::exit::Failure;

/// Rows that are shown.
const ROWS: usize = 20;
/// The longest cell that is shown, in characters.
const CELL: usize = 200;

impl Office<'_> {
    /// The first rows of the result that is to be judged.
    pub(crate) async fn look(&self, by: &Person, id: &ProjectId) -> Result<ResultRows, Refused> {
        let case = self.case(id).await?;
        let is_turn = case.step() == Step::AdequacyReview && case.reviews(by.name()).is_ok();
        let mut entry = self.look_of(by, &case);
        if !is_turn {
            entry.decision = Decision::Denied;
        }
        let logged = self.platform.records.log().append(entry).await;
        logged.map_err(|error| {
            Refused::Failed(Failure::Machine(format!(
                "the access log cannot be written, so nothing was shown: {error}"
            )))
        })?;
        let Some((output, ..)) = last(&case).filter(|_| is_turn) else {
            return Err(Refused::Forbidden {
                ko: "결과물은 적정성 검토 단계에서 검토자로 정해진 사람에게만 보입니다. 준비하거나 처리한 사람에게는 보이지 않습니다.",
                en: "the result is shown in step 4 to those named as reviewers, and to nobody who prepared or processed it",
            });
        };
        let path = self.result(id, output);
        if !path.is_file() {
            return Err(Refused::Failed(Failure::Input(format!(
                "the result of project `{id}` is gone; bring it back from its copy, or send the project back to processing"
            ))));
        }
        let read = tokio::task::spawn_blocking(move || first(&path)).await;
        let read = read.map_err(|error| Failure::Machine(error.to_string()))?;
        Ok(read?)
    }

    fn look_of(&self, by: &Person, case: &Case) -> Entry {
        let version = last(case).and_then(|(_, _, version, _)| version);
        let dataset = self.recipes().remove(&case.project).map(|own| own.dataset);
        let touched = dataset.map(|dataset| Touched {
            dataset,
            version,
            columns: Vec::new(),
        });
        Entry {
            who: by.name().to_owned(),
            from: by.from().map(str::to_owned),
            act: Act::Read,
            purpose: format!("project {}", case.project),
            touched: touched.into_iter().collect(),
            subjects: Vec::new(),
            about: None,
            query: Some(format!(
                "the first rows of the result of project {}",
                case.project
            )),
            decision: Decision::Allowed,
            policy: "project-case".to_owned(),
            rows: None,
            completes: None,
        }
    }
}

fn first(path: &Path) -> Result<ResultRows, Failure> {
    let mut table = read::open(path, None)?;
    let columns = table.header().to_vec();
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    while rows.len() < ROWS && table.next(&mut row).map_err(failure)? {
        let cut = |cell: &String| cell.chars().take(CELL).collect();
        rows.push(row.iter().map(cut).collect());
    }
    Ok(ResultRows { columns, rows })
}
