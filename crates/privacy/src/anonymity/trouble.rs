//! Why an anonymisation did not happen.

use std::path::Path;

use city::Fault;

/// What went wrong: the input is at fault, or the machine.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The data, a hierarchy or the wish is at fault, in these places.
    #[error("{}", told(.0))]
    Input(Vec<Fault>),
    /// The machine is at fault: disk, permission.
    #[error("{0}")]
    Machine(String),
}

impl Trouble {
    /// One fault.
    pub(super) fn fault(fault: Fault) -> Self {
        Self::Input(vec![fault])
    }

    /// A file that could not be read or written. One that is not there is the wish's fault.
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound {
            return Self::fault(Fault::at(path, "there is no such file").remedy("check the path"));
        }
        Self::Machine(format!("{}: {error}", path.display()))
    }
}

fn told(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
