//! How a command ends: the exit codes scripts rely on.

use std::fmt::Write as _;
use std::process::ExitCode;

use access::AskError;
use city::{Fault, Lang};
use lake::LakeError;
use records::RecordsError;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input or the city is at fault (1).
    Input(String),
    /// The command was used wrongly (2).
    Usage(String),
    /// The machine is at fault (3): disk, network, permission. Nothing is half-written.
    Machine(String),
}

impl Failure {
    /// The input is at fault in these places.
    pub(crate) fn faults(faults: &[Fault]) -> Self {
        let mut text = String::new();
        for fault in faults {
            // Writing to a string cannot fail.
            let _always = writeln!(text, "{fault}");
        }
        Self::Input(text.trim_end().to_owned())
    }

    /// What the person is told.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Input(message) | Self::Usage(message) | Self::Machine(message) => message,
        }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Input(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Machine(_) => ExitCode::from(3),
        }
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        match error {
            LakeError::Busy(_) | LakeError::TypeChanged { .. } | LakeError::NoVersion { .. } => {
                Self::Input(error.to_string())
            }
            _ => Self::Machine(error.to_string()),
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let broken = error.is_broken();
        let remedy = error
            .remedy(Lang::En)
            .map(|remedy| format!("; {remedy}"))
            .unwrap_or_default();
        let text = format!("{}{remedy}", error.what(Lang::En));
        if broken {
            Self::Machine(text)
        } else {
            Self::Input(text)
        }
    }
}

impl From<RecordsError> for Failure {
    fn from(error: RecordsError) -> Self {
        Self::Machine(error.to_string())
    }
}

impl From<interop::Problem> for Failure {
    fn from(problem: interop::Problem) -> Self {
        if problem.status >= 500 {
            Self::Machine(problem.detail)
        } else {
            Self::Input(problem.detail)
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Machine(error.to_string())
    }
}
