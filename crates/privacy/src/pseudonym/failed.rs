//! Why something was not pseudonymised.

use city::Fault;

use super::keys::KeyError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The rows, the recipe or a hierarchy is at fault, in these places.
    #[error("{}", told(.0))]
    Input(Vec<Fault>),
    /// The project's key cannot be had.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The machine is at fault: disk, permission, chance.
    #[error("{0}")]
    Machine(String),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Input(vec![fault])
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Machine(error.to_string())
    }
}

fn told(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Why one value does not fit a technique. Never holds the value: it may be a person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What is wrong.
    pub what: String,
    /// What was expected.
    pub expected: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
}

impl Unfit {
    /// A value that does not fit, and what would.
    pub fn new(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            expected: Some(expected.into()),
            remedy: None,
        }
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The fault at a place.
    pub fn at(&self, mut fault: Fault) -> Fault {
        fault.what.clone_from(&self.what);
        fault.expected.clone_from(&self.expected);
        fault.remedy.clone_from(&self.remedy);
        fault
    }
}
