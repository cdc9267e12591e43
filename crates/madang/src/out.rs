//! Standard output for answers, standard error for everything said meanwhile.

use std::io::{self, Write};

use serde::Serialize;

use crate::exit::Failure;

/// A line of the answer.
pub(crate) fn line(text: impl AsRef<str>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    told(writeln!(out, "{}", text.as_ref()).and_then(|()| out.flush()))
}

/// One JSON object as a line of the answer.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::Machine(error.to_string()))?;
    line(text)
}

/// Something said beside the answer.
pub(crate) fn say(text: impl AsRef<str>) {
    // Nobody listening is no reason to stop.
    let _deaf = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// A reader that closed the pipe (`| head`) has had enough: that is no failure.
fn told(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
