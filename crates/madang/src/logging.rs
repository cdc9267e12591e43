//! What the program says of itself while it works: one line an event, on standard error.
//!
//! A bare level (`warn`) counts for Madang's own rooms, which know what is personal and say none of it. What other
//! libraries say can hold values of rows or keys of sources, so they are silent until somebody names them
//! (`warn,datafusion=debug`).

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Valued;
use crate::exit::Failure;
use crate::jobs::progress::beside_bars;

/// The crates of this workspace that are part of the program.
const ROOMS: [&str; 17] = [
    "access",
    "city",
    "demo",
    "ingest",
    "interop",
    "lake",
    "madang",
    "measure",
    "paper",
    "people",
    "portal",
    "privacy",
    "quality",
    "records",
    "situation",
    "sources",
    "tiles",
];

/// Logs by a filter from now on; whoever came first keeps the word.
///
/// # Errors
/// When the filter is none.
pub(crate) fn install(filter: &Valued<String>) -> Result<(), Failure> {
    let targets = targets(&filter.value).ok_or_else(|| {
        Failure::Usage(format!(
            "log ({}): `{}` is no filter; write off, error, warn, info, debug or trace, and for single parts part=level, with commas between: warn,lake=debug",
            filter.origin.word(),
            filter.value
        ))
    })?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(Beside)
        .with_ansi(io::stderr().is_terminal());
    // Tests read a configuration more than once.
    let _installed = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
    Ok(())
}

/// A filter in which a bare level means our own rooms.
fn targets(filter: &str) -> Option<Targets> {
    // A word alone would be a part of which everything is logged: here it is a level.
    let is_level = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok();
    if !filter
        .split(',')
        .all(|word| word.contains('=') || is_level(word))
    {
        return None;
    }
    let said: Targets = filter.parse().ok()?;
    let own = said.default_level().unwrap_or(LevelFilter::OFF);
    let rooms = ROOMS.map(|room| (room.to_owned(), own));
    Some(Targets::new().with_targets(rooms).with_targets(&said))
}

/// Standard error, where bars may stand too.
struct Beside;

/// One event, written whole when it is complete.
struct Lines(Vec<u8>);

impl MakeWriter<'_> for Beside {
    type Writer = Lines;

    fn make_writer(&self) -> Lines {
        Lines(Vec::new())
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // Nobody listening is no reason to stop.
        beside_bars(|| {
            let _deaf = io::stderr().lock().write_all(&self.0);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use tracing::Level;

    use super::*;

    #[test]
    fn a_bare_level_counts_for_our_own_rooms_alone() {
        let warn = targets("warn").unwrap();
        assert!(warn.would_enable("madang::jobs::alerts", &Level::WARN));
        assert!(!warn.would_enable("madang::jobs::alerts", &Level::INFO));
        assert!(!warn.would_enable("datafusion::execution", &Level::ERROR));
    }

    #[test]
    fn parts_have_levels_of_their_own() {
        let parts = targets("error,lake=debug,sqlx=warn").unwrap();
        assert!(parts.would_enable("lake::table", &Level::DEBUG));
        assert!(!parts.would_enable("records::log", &Level::WARN));
        assert!(parts.would_enable("sqlx::query", &Level::WARN));
        let one = targets("lake=info").unwrap();
        assert!(!one.would_enable("records::log", &Level::ERROR));
    }

    #[test]
    fn what_is_no_filter_is_told() {
        for wrong in ["", "loud", "lake=loud", "warn,,lake=info"] {
            assert!(targets(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_room_of_the_workspace_is_named() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let there: BTreeSet<String> = std::fs::read_dir(crates)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(there, ROOMS.map(str::to_owned).into());
    }
}
