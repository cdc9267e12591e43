//! Reads every file of `tests/cases/`. Each is a case: a city's folder in, every fault out.
//!
//! A case is Markdown. Below `## <file>` a code block is that file's text; it is added to the sound
//! city of `sound.md`, or replaces a file of it. `## without <file>` takes one away. Below
//! `## faults` stands what `madang check` must say, whole and in order, or `no fault`. In a block
//! marked `bytes`, `\xC1` is one byte.
//!
//! `BLESS=1 cargo test -p city` writes the faults anew: read the difference before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A city of one case, and what must be said of it.
#[derive(Debug, Default)]
struct Case {
    files: BTreeMap<String, Vec<u8>>,
    without: Vec<String>,
    faults: Option<String>,
}

fn cases() -> PathBuf {
    // Asked when it runs: checkouts that share a target folder share this test.
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("tests/cases")
}

fn parse(text: &str) -> Case {
    let mut case = Case::default();
    let (mut heading, mut block) = (String::new(), None::<(bool, String)>);
    for line in text.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (Some((is_bytes, body)), Some(_)) => {
                if heading == "faults" {
                    case.faults = Some(body.clone());
                } else {
                    let bytes = if *is_bytes {
                        unescaped(body)
                    } else {
                        body.clone().into_bytes()
                    };
                    case.files.insert(heading.clone(), bytes);
                }
                block = None;
            }
            (Some((_, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, Some(marks)) => block = Some((marks.contains("bytes"), String::new())),
            (None, None) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut heading);
                    case.without
                        .extend(title.strip_prefix("without ").map(str::to_owned));
                }
            }
        }
    }
    assert!(block.is_none(), "a code block is not closed");
    case
}

/// `\xC1` is one byte.
fn unescaped(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

/// Lays the case over the sound city and reads it.
fn found(sound: &Case, case: &Case) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in sound.files.iter().chain(&case.files) {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    for name in &case.without {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let (city, faults) = city::read::city(folder.path());
    assert_eq!(
        city.is_some(),
        faults.is_empty(),
        "a city is handed out just when nothing is wrong with it"
    );
    if faults.is_empty() {
        return "no fault\n".to_owned();
    }
    let here = format!("{}/", folder.path().display());
    faults
        .iter()
        .map(|fault| format!("{}\n", fault.to_string().replace(&here, "")))
        .collect()
}

fn bless(file: &Path, text: &str, found: &str) {
    let (before, _) = text.split_once("## faults\n").unwrap_or((text, ""));
    let text = format!(
        "{}\n\n## faults\n\n```text\n{found}```\n",
        before.trim_end()
    );
    fs::write(file, text).unwrap();
}

#[test]
fn every_case_gives_exactly_the_faults_it_says() {
    let mut files: Vec<PathBuf> = fs::read_dir(cases())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 30, "{} cases only", files.len());
    let sound = parse(&fs::read_to_string(cases().join("sound.md")).unwrap());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let case = parse(&text);
        let found = found(&sound, &case);
        if case.faults.as_deref() == Some(&found) {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            bless(&file, &text, &found);
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let said = case
            .faults
            .unwrap_or_else(|| "(no block of faults)\n".to_owned());
        wrong.push(format!("{name}\n--- said\n{said}--- found\n{found}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_place_of_a_fault_is_where_its_word_stands() {
    // Each `^` of a case's manifests would be a second truth; here every place is looked up instead.
    let sound = parse(&fs::read_to_string(cases().join("sound.md")).unwrap());
    let text = String::from_utf8(sound.files["datasets/traffic/parking.toml"].clone()).unwrap();
    for (right, wrong) in [
        ("name = \"spaces\"", "nmae = \"spaces\""),
        ("\"transport\"", "\"trasport\""),
        ("\"EPSG:4326\"", "\"EPSG:4362\""),
        ("\"lot_no\"]", "\"lot_nr\"]"),
        ("{ range", "{ rnage"),
    ] {
        let at = text.find(right).unwrap();
        let slip = wrong.trim_start_matches("{ ");
        let case = Case {
            files: BTreeMap::from([(
                "datasets/traffic/parking.toml".to_owned(),
                text.replacen(right, wrong, 1).into_bytes(),
            )]),
            ..Case::default()
        };
        let before = text.get(..at + wrong.len() - slip.len()).unwrap();
        let line = before.lines().count().max(1);
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        let line = if before.ends_with('\n') {
            line + 1
        } else {
            line
        };
        let place = format!("datasets/traffic/parking.toml:{line}:{column}: ");
        let found = found(&sound, &case);
        assert!(found.contains(&place), "{wrong}: no {place} in\n{found}");
    }
}
