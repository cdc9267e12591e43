//! Names on a server that lists them, chosen by a pattern.

use city::Fault;
use city::dataset::Take;
use city::nearest::nearest;
use glob::{MatchOptions, Pattern};

/// Files of one load: more than any dataset has.
pub(super) const FILES_MAX: usize = 100_000;
/// Names kept to say which one is like the pattern.
const NAMES_MAX: usize = 1000;
/// `*` stops at a `/`, as in the inbox.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The names that are wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    text: String,
    whole: Pattern,
    parts: Vec<Pattern>,
    base: String,
}

impl Wanted {
    /// Reads a pattern; `place` is what the fault names.
    pub(super) fn new(place: &str, text: &str) -> Result<Self, Fault> {
        let odd = |error: glob::PatternError| {
            Fault::at(place, format!("`{text}` is no pattern: {}", error.msg))
        };
        let folders = text.rsplit_once('/').map_or("", |(folders, _)| folders);
        let mut base = Vec::new();
        for folder in folders.split('/') {
            if is_pattern(folder) {
                break;
            }
            base.push(folder);
        }
        let base = base.join("/");
        let behind = text
            .strip_prefix(&base)
            .unwrap_or(text)
            .trim_start_matches('/');
        let parts = behind
            .split('/')
            .map(|part| Pattern::new(part).map_err(odd));
        Ok(Self {
            whole: Pattern::new(text).map_err(odd)?,
            parts: parts.collect::<Result<_, _>>()?,
            base: if base.is_empty() && text.starts_with('/') {
                "/".to_owned()
            } else {
                base
            },
            text: text.to_owned(),
        })
    }

    /// The folder that all of them are below.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The only name there can be, where the pattern is none.
    pub(super) fn only(&self) -> Option<&str> {
        (!is_pattern(&self.text)).then_some(self.text.as_str())
    }

    /// As the manifest says it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        self.whole.matches_with(name, OPTIONS) && !is_part(name)
    }

    /// Whether a folder so many folders below the base can hold some of them.
    pub(super) fn enters(&self, depth: usize, folder: &str) -> bool {
        let deep = self.parts.iter().position(|part| part.as_str() == "**");
        if deep.is_some_and(|deep| depth >= deep) {
            return true;
        }
        depth + 1 < self.parts.len()
            && self
                .parts
                .get(depth)
                .is_some_and(|part| part.matches_with(folder, OPTIONS))
    }

    /// Why there is none, with the name that is most like them.
    pub(super) fn nothing(&self, place: &str, names: &[String]) -> Fault {
        let fault = Fault::at(place, format!("no file there matches `{}`", self.text));
        match nearest(&self.text, names.iter().map(String::as_str)) {
            Some(near) => fault.expected(format!("something like `{near}`, which is there")),
            None => fault,
        }
        .remedy("put the file there, or correct `path`; the last version stays")
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// A file that is still being written by whoever delivers it.
pub(super) fn is_part(name: &str) -> bool {
    let name = name.to_lowercase();
    [".part", ".filepart", ".tmp", ".crdownload"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Names as they are listed: what matches, and some that do not.
pub(super) struct Found<T> {
    take: Take,
    files: Vec<(String, T)>,
    others: Vec<String>,
    is_too_many: bool,
}

impl<T> Found<T> {
    pub(super) fn new(take: Take) -> Self {
        Self {
            take,
            files: Vec::new(),
            others: Vec::new(),
            is_too_many: false,
        }
    }

    /// Takes one name in. Of `latest` only the last few are kept, for the last may not be whole yet.
    pub(super) fn add(&mut self, wanted: &Wanted, name: String, file: T) {
        const SPARE: usize = 16;
        if !wanted.matches(&name) {
            if self.others.len() < NAMES_MAX {
                self.others.push(name);
            }
            return;
        }
        if self.files.len() >= FILES_MAX {
            self.is_too_many = true;
            return;
        }
        self.files.push((name, file));
        if self.take == Take::Latest && self.files.len() > 2 * SPARE {
            self.files.sort_by(|one, other| one.0.cmp(&other.0));
            self.files.drain(..SPARE);
        }
    }

    /// The files that match, in order of name; for `latest` the last of them stands last.
    pub(super) fn in_order(
        mut self,
        place: &str,
        wanted: &Wanted,
    ) -> Result<Vec<(String, T)>, Fault> {
        if self.is_too_many {
            let what = format!("more than {FILES_MAX} files match `{}`", wanted.text);
            return Err(Fault::at(place, what)
                .remedy("narrow `path`, or take only the latest; the last version stays"));
        }
        if self.files.is_empty() {
            return Err(wanted.nothing(place, &self.others));
        }
        self.files.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(self.files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> Wanted {
        Wanted::new("x", text).unwrap()
    }

    #[test]
    fn a_pattern_knows_the_folder_it_begins_in() {
        for (text, base, only) in [
            ("a.csv", "", true),
            ("a/b/c.csv", "a/b", true),
            ("a/b-*.csv", "a", false),
            ("a/*/c/d.csv", "a", false),
            ("*/c.csv", "", false),
            ("/out/*.csv", "/out", false),
            ("/*.csv", "/", false),
            ("**/주차장.csv", "", false),
        ] {
            let wanted = wanted(text);
            assert_eq!(
                (wanted.base(), wanted.only().is_some()),
                (base, only),
                "{text}"
            );
        }
        assert!(Wanted::new("x", "a/[b.csv").is_err());
    }

    #[test]
    fn a_star_stops_at_a_folder_and_parts_are_left() {
        assert!(wanted("a/*.csv").matches("a/b.csv"));
        assert!(!wanted("a/*.csv").matches("a/b/c.csv"));
        assert!(wanted("a/**/*.csv").matches("a/b/c.csv"));
        assert!(wanted("a/**/*.csv").matches("a/c.csv"));
        assert!(!wanted("a/*").matches("a/b.csv.part"));
        assert!(!wanted("a/*").matches("a/b.csv.FilePart"));
    }

    #[test]
    fn only_folders_that_can_hold_some_are_entered() {
        let one = wanted("in/2026-*/c/*.csv");
        assert!(one.enters(0, "2026-11") && !one.enters(0, "2025-11"));
        assert!(one.enters(1, "c") && !one.enters(1, "d") && !one.enters(2, "c"));
        assert!(!wanted("in/*.csv").enters(0, "a.csv"));
        assert!(wanted("in/**/x.csv").enters(7, "deep"));
    }

    #[test]
    fn the_latest_are_kept_whatever_the_order_they_come_in() {
        let wanted = wanted("*.csv");
        for take in [Take::Latest, Take::All] {
            let mut found = Found::new(take);
            for number in (0..500).map(|number| (number * 7) % 500) {
                found.add(&wanted, format!("{number:03}.csv"), number);
            }
            let files = found.in_order("x", &wanted).unwrap();
            assert_eq!(files.last().unwrap().0, "499.csv");
            assert!(take == Take::All || files.len() < 40);
        }
    }

    #[test]
    fn nothing_found_names_what_is_like_it() {
        let wanted = wanted("parking_2025.csv");
        let mut found = Found::new(Take::All);
        found.add(&wanted, "parking_2026.csv".to_owned(), ());
        assert_eq!(
            found.in_order("s3://b", &wanted).unwrap_err().to_string(),
            "s3://b: no file there matches `parking_2025.csv`; expected something like `parking_2026.csv`, which is there; put the file there, or correct `path`; the last version stays"
        );
    }
}
