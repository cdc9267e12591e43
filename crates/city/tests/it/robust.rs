//! Whatever a file holds, reading it ends, says where, and never hands out half a city.

use std::path::Path;

use proptest::prelude::*;

const PARKING: &str = include_str!("../cases/sound.md");

/// The dataset of `sound.md`.
fn manifest() -> &'static str {
    let (_, rest) = PARKING.split_once("parking.toml\n\n```toml\n").unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_manifest_that_is_torn_here_is_sound_when_whole() {
    let (dataset, faults) = city::read::dataset_text(Path::new("parking.toml"), manifest());
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(dataset.unwrap().id.as_str(), "parking");
}

proptest! {
    /// Any line taken out and any character put in: a value, or faults with places in the text.
    #[test]
    fn a_torn_manifest_gives_a_value_or_faults_with_places(
        out in 0_usize..60,
        at in 0_usize..900,
        put in prop::sample::select(vec!["", "\"", "]", "=", "가", "\n[", "x = 1\n", "\u{0}", "'''", "{"]),
    ) {
        let lines: Vec<&str> = manifest().lines().collect();
        let mut text: String = lines
            .iter()
            .enumerate()
            .filter(|(number, _)| *number != out)
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        text.insert_str(at, put);
        let (dataset, faults) = city::read::dataset_text(Path::new("parking.toml"), &text);
        prop_assert_eq!(dataset.is_some(), faults.is_empty());
        let lines = u64::try_from(text.matches('\n').count()).unwrap() + 1;
        for fault in faults {
            let (line, column) = (fault.place.line.unwrap(), fault.place.column.unwrap());
            prop_assert!((1..=lines).contains(&line), "{}", fault);
            prop_assert!(column >= 1, "{}", fault);
            prop_assert!(!fault.to_string().contains('\u{fffc}'), "{}", fault);
        }
    }
}
