//! The cities that the repository ships are sound.

use std::path::PathBuf;

/// The datasets of a city without a fault.
fn sound(folder: &str) -> usize {
    let room = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let (city, faults) = city::read::city(&room.join(folder));
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let datasets = city.unwrap().datasets;
    // The platform's own tables are no source of a city.
    let own =
        |dataset: &&city::Dataset| !matches!(dataset.source, city::dataset::Source::Platform(_));
    datasets.values().filter(own).count()
}

#[test]
fn the_demo_city_has_no_fault_and_a_hundred_and_five_datasets() {
    assert_eq!(sound("../../cities/hanbit"), 109);
}

#[test]
fn the_city_of_real_files_has_no_fault() {
    assert_eq!(sound("../madang/tests/evidence"), 33);
}
