//! What comes from servers of other programs, and as files where they are not there.

use std::collections::BTreeSet;

use city::dataset::{FormatKind, Source};
use city::{City, Dataset};
use demo::outside::{Kind, Kinds};

use crate::town::{is_own, plan};

fn unfolded(served: &Kinds) -> City {
    let folder = tempfile::tempdir().unwrap();
    demo::unfold(folder.path(), served).unwrap();
    let (city, faults) = city::read::city(folder.path());
    assert!(faults.is_empty(), "{faults:?}");
    city.unwrap()
}

fn is_from(dataset: &Dataset, kind: Kind) -> bool {
    match kind {
        Kind::Postgres => matches!(dataset.source, Source::Postgres(_)),
        Kind::Mariadb => matches!(dataset.source, Source::Mariadb(_)),
        Kind::Sftp => matches!(dataset.source, Source::Sftp(_)),
        Kind::Mqtt => matches!(dataset.source, Source::Mqtt(_)),
    }
}

#[test]
fn with_any_of_the_servers_the_city_is_sound_and_says_where_things_come_from() {
    let all = Kinds::from(Kind::ALL);
    let mut some = vec![Kinds::new(), all];
    some.extend(Kind::ALL.map(|kind| Kinds::from([kind])));
    for served in some {
        let city = unfolded(&served);
        assert_eq!(city.datasets.values().filter(|it| !is_own(it)).count(), 109);
        for kind in Kind::ALL {
            let dataset = &city.datasets[kind.dataset()];
            if served.contains(&kind) {
                assert!(is_from(dataset, kind), "{kind:?}");
            } else {
                assert!(matches!(dataset.source, Source::File(_)), "{kind:?}");
                let is_text = [FormatKind::Csv, FormatKind::Ndjson];
                assert!(is_text.contains(&dataset.format.kind), "{kind:?}");
            }
        }
    }
}

#[test]
fn every_kind_of_source_is_in_the_city() {
    let city = unfolded(&Kinds::from(Kind::ALL));
    let kinds: BTreeSet<String> = city
        .datasets
        .values()
        .map(|dataset| {
            let source = serde_json::to_value(&dataset.source).unwrap();
            source["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    let expected = [
        "ckan",
        "derived",
        "file",
        "http",
        "madang",
        "mariadb",
        "mqtt",
        "ogc-features",
        "open-api",
        "platform",
        "postgres",
        "s3",
        "sftp",
        "wfs",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn what_comes_from_a_server_is_in_no_file_and_has_as_many_rows_and_faults() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = folder.path().join("inbox");
    let write = |served: &Kinds| demo::write(&plan(5), &inbox, served, &|_, _, _| {}).unwrap();
    let without = write(&Kinds::new());
    let file = |kind: Kind| match kind {
        Kind::Postgres => "평생학습과/체육시설예약_20261101.csv",
        Kind::Mariadb => "평생학습과/수강신청_20261101.csv",
        Kind::Sftp => "교통정책과/버스이용객_20261101.csv",
        Kind::Mqtt => "환경과/환경소음_20261101.ndjson",
    };
    assert!(
        Kind::ALL
            .iter()
            .all(|kind| inbox.join(file(*kind)).is_file())
    );
    let with = write(&Kinds::from(Kind::ALL));
    assert!(
        !Kind::ALL
            .iter()
            .any(|kind| inbox.join(file(*kind)).exists())
    );
    assert_eq!(without.rows, with.rows);
    let count = |planted: &demo::Planted, kind: Kind| {
        let of_kind = planted
            .faults
            .iter()
            .filter(|it| it.dataset == kind.dataset());
        of_kind.count()
    };
    for kind in Kind::ALL {
        assert!(count(&with, kind) > 10, "{kind:?}");
        assert_eq!(count(&without, kind), count(&with, kind), "{kind:?}");
    }
}

/// The servers themselves, where their programs are installed: filled, moved on by a day, and gone.
#[test]
fn servers_that_are_there_start_are_filled_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("servers");
    let there = Kind::ALL.into_iter().filter(|kind| kind.is_installed());
    let there: Kinds = there.collect();
    let count = std::sync::atomic::AtomicU64::new(0);
    let secret = || {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        format!("secret-{number}")
    };
    let (outside, failed) = demo::outside::Outside::start(&there, &root, &secret);
    assert!(failed.is_empty(), "{failed:?}");
    outside.bring(&plan(5)).unwrap();
    let tomorrow = demo::Plan {
        today: plan(5).today.succ_opt().unwrap(),
        ..plan(5)
    };
    outside.bring(&tomorrow).unwrap();
    if there.contains(&Kind::Mqtt) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let said = runtime.block_on(outside.speak(&tomorrow, Some(plan(5).today)));
        assert_eq!(said.unwrap(), 0, "nothing is said twice");
        let said = runtime.block_on(outside.speak(&tomorrow, plan(5).today.pred_opt()));
        assert_eq!(
            said.unwrap(),
            outside.unsaid(&tomorrow, plan(5).today.pred_opt()).unwrap()
        );
    }
    drop(outside);
    let left = std::fs::read_dir(&root).unwrap().count();
    assert_eq!(left, 0, "every server takes its folder along");
}
