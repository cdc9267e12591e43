//! What other bodies' services say beside the rows: the demo's own server asked as the platform asks.

use city::dataset::Source;
use city::provenance::Provenance;
use city::{Dataset, dataset};

use crate::town::{Caller, city, plan};

/// A dataset whose source says something else.
fn changed(id: &str, change: impl Fn(&mut Source)) -> Dataset {
    let mut dataset = city().datasets[id].clone();
    change(&mut dataset.source);
    dataset
}

fn fetched(dataset: &Dataset) -> Result<Option<Provenance>, String> {
    let folder = tempfile::tempdir().unwrap();
    let caller = Caller::new(plan(3));
    caller
        .fetch(dataset, folder.path())
        .map(|delivered| delivered.provenance.map(|it| *it))
}

#[test]
fn the_catalogue_says_whose_it_is_under_what_licence_and_when_it_changed() {
    let said = fetched(&city().datasets["hospitals"]).unwrap().unwrap();
    assert_eq!(said.licence_means, Some(dataset::Licence::Kogl1));
    assert_eq!(said.cadence, Some(dataset::Cadence::Quarterly));
    assert_eq!(said.modified.unwrap(), "2026-10-01T09:00:00.000000");
    assert!(said.publisher.is_some() && said.title.is_some());
    assert_eq!(said.resources.len(), 1);
    // The hash is that of what came.
    assert!(said.resources[0].hash.is_some() && said.remarks.is_empty());
}

#[test]
fn a_service_says_what_it_has_not() {
    let no_type = changed("emergency_bells", |source| {
        if let Source::Wfs(source) = source {
            source.type_name = "hanbit:emergency_bell".to_owned();
        }
    });
    let told = fetched(&no_type).unwrap_err();
    assert!(told.contains("hanbit:emergency_bells"), "{told}");
    let no_collection = changed("crosswalks", |source| {
        if let Source::OgcFeatures(source) = source {
            source.collection = "crosswalk".to_owned();
        }
    });
    let told = fetched(&no_collection).unwrap_err();
    assert!(told.contains("`crosswalks`"), "{told}");
    let no_package = changed("hospitals", |source| {
        if let Source::Ckan(source) = source {
            source.dataset = "clinics".to_owned();
        }
    });
    let told = fetched(&no_package).unwrap_err();
    assert!(told.contains("no such dataset"), "{told}");
}
