//! The city that the repository ships is sound.

use std::path::PathBuf;

#[test]
fn the_demo_city_has_no_fault() {
    let room = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let (city, faults) = city::read::city(&room.join("../../cities/hanbit"));
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(city.unwrap().datasets.len() > 20);
}
