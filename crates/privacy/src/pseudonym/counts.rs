//! 차분 프라이버시: counts with noise, of which it can be said how little they tell of one person.
//!
//! The noise is drawn by crate `opendp` (discrete Laplace, exact arithmetic). An answer is remembered: asked
//! again of the same rows it is the same, for fresh noise each time would average out and cost privacy anew.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use city::ProjectId;
use city::recipe::Counts;
use opendp::domains::{AtomDomain, VectorDomain};
use opendp::measurements::make_laplace;
use opendp::measures::MaxDivergence;
use opendp::metrics::L1Distance;
use serde::{Deserialize, Serialize};

use super::failed::Failed;
use super::journal::{self, Journal};

/// Most rows of one person that are reckoned with.
const ROWS_MAX: u32 = 1_000_000;

/// A noisy count of each group, in the recipe's order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Noisy {
    /// Counts; noise can take one below zero, and that is left so: cutting would make small groups seem larger.
    pub counts: Vec<i64>,
    /// The loss of privacy this answer cost.
    pub epsilon: f64,
}

/// Adds noise to exact counts so that one person's rows change no answer's chance by more than `epsilon` says.
///
/// A person with at most so many rows moves the counts by so many in all, whatever groups they are in: that is
/// the sensitivity, and noise of scale `rows / epsilon` covers it.
///
/// # Errors
/// The parameters make no bound.
pub fn noisy(exact: &[i64], rule: &Counts) -> Result<Noisy, Failed> {
    let failed = |error: opendp::error::Error| Failed::Machine(format!("no noise: {error}"));
    let rows = i64::from(rule.rows_per_person.clamp(1, ROWS_MAX));
    let mut scale = f64::from(rule.rows_per_person.clamp(1, ROWS_MAX)) / rule.epsilon;
    // The map tells what the noise is worth. Reckoning may put it a hair above the bound: then more noise.
    for _ in 0..64 {
        let domain = VectorDomain::new(AtomDomain::<i64>::default());
        let laplace =
            make_laplace::<_, _, MaxDivergence>(domain, L1Distance::<i64>::default(), scale, None)
                .map_err(failed)?;
        if laplace.check(&rows, &rule.epsilon).map_err(failed)? {
            let counts = laplace.invoke(&exact.to_vec()).map_err(failed)?;
            return Ok(Noisy {
                counts,
                epsilon: rule.epsilon,
            });
        }
        scale *= 1.0 + 1e-9;
    }
    Err(Failed::Machine(format!(
        "no noise keeps the bound of {}",
        rule.epsilon
    )))
}

/// An answer given before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Answer {
    /// What was asked.
    pub question: String,
    /// Tells whether the rows are those it was asked of, and nothing else.
    pub rows: String,
    /// The answer.
    pub noisy: Noisy,
}

/// Answers given before.
///
/// A question has one answer. That other rows would have another must not be seen from whether the answer
/// changes, so of other rows it is refused, and asked anew under the next key at a new cost.
pub trait Answers {
    /// The answer to a question, if it was given.
    fn find(&self, question: &str) -> Option<Answer>;

    /// Remembers an answer, durably, before anybody sees it.
    ///
    /// # Errors
    /// It cannot be written.
    fn keep(&mut self, answer: Answer) -> Result<(), Failed>;

    /// The loss of privacy of all answers together.
    fn spent(&self) -> f64;
}

/// A project's answers in a file beside its keys.
#[derive(Debug)]
pub struct FileAnswers {
    folder: PathBuf,
    file: PathBuf,
    known: HashMap<String, Answer>,
    spent: f64,
}

impl FileAnswers {
    /// The answers of a project in a folder.
    ///
    /// # Errors
    /// The file cannot be read or was changed by somebody.
    pub fn open(folder: &Path, project: &ProjectId) -> Result<Self, Failed> {
        let file = folder.join(format!("{project}.counts"));
        let (mut known, mut spent, mut broken) = (HashMap::new(), 0.0, false);
        journal::read(
            &file,
            &mut |line| match serde_json::from_str::<Answer>(line) {
                Ok(answer) => {
                    spent += answer.noisy.epsilon;
                    known.insert(answer.question.clone(), answer);
                }
                Err(_) => broken = true,
            },
        )?;
        if broken {
            return Err(Failed::Machine(format!(
                "{}: a line is no answer; bring the file back from a copy",
                file.display()
            )));
        }
        Ok(Self {
            folder: folder.to_owned(),
            file,
            known,
            spent,
        })
    }
}

impl Answers for FileAnswers {
    fn find(&self, question: &str) -> Option<Answer> {
        self.known.get(question).cloned()
    }

    fn keep(&mut self, answer: Answer) -> Result<(), Failed> {
        journal::own_folder(&self.folder)?;
        let line =
            serde_json::to_string(&answer).map_err(|error| Failed::Machine(error.to_string()))?;
        let mut journal = Journal::open(&self.file, &mut |_| ())?;
        journal.append(&line);
        journal.commit()?;
        self.spent += answer.noisy.epsilon;
        self.known.insert(answer.question.clone(), answer);
        Ok(())
    }

    fn spent(&self) -> f64 {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(epsilon: f64, rows_per_person: u32) -> Counts {
        Counts {
            by: "dong".into(),
            groups: Vec::new(),
            epsilon,
            rows_per_person,
        }
    }

    #[test]
    fn noise_is_as_wide_as_the_bound_asks() {
        for (epsilon, rows) in [(1.0, 1), (0.5, 3)] {
            let exact = vec![100; 20_000];
            let found = noisy(&exact, &rule(epsilon, rows)).unwrap();
            assert_eq!(found.counts.len(), exact.len());
            let off = |count: &i64| f64::from(i32::try_from(count - 100).unwrap());
            let mean = found.counts.iter().map(off).sum::<f64>() / 20_000.0;
            let spread = found
                .counts
                .iter()
                .map(|count| off(count).powi(2))
                .sum::<f64>()
                / 20_000.0;
            // Variance of the discrete Laplace distribution of this scale.
            let ratio = (-epsilon / f64::from(rows)).exp();
            let expected = 2.0 * ratio / (1.0 - ratio).powi(2);
            assert!(mean.abs() < 0.05 * expected.sqrt() + 0.05, "{mean}");
            assert!(
                (spread / expected - 1.0).abs() < 0.15,
                "{spread} {expected}"
            );
        }
    }

    #[test]
    fn what_makes_no_bound_is_refused() {
        for epsilon in [0.0, -1.0, f64::NAN] {
            assert!(noisy(&[1], &rule(epsilon, 1)).is_err(), "{epsilon}");
        }
    }

    #[test]
    fn an_answer_is_remembered_and_what_it_cost() {
        let folder = tempfile::tempdir().unwrap();
        let project: ProjectId = "study".into();
        let mut answers = FileAnswers::open(folder.path(), &project).unwrap();
        assert_eq!(answers.find("동별 신청"), None);
        let answer = Answer {
            question: "동별 신청".into(),
            rows: "1".into(),
            noisy: noisy(&[5, 7], &rule(0.5, 1)).unwrap(),
        };
        answers.keep(answer.clone()).unwrap();
        let again = FileAnswers::open(folder.path(), &project).unwrap();
        assert_eq!(again.find("동별 신청"), Some(answer));
        assert!((again.spent() - 0.5).abs() < 1e-12);
    }
}
