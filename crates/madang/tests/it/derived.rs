//! Datasets made of others.

use crate::city::{Manifest, TestCity, column, parking};

/// Spaces by size of the lot, of the usual car parks.
fn sizes() -> Manifest {
    let mut manifest = parking();
    "sizes".clone_into(&mut manifest.id);
    r#"{ kind = "derived", from = ["parking"], sql = "SELECT CASE WHEN spaces >= 100 THEN '큰 곳' ELSE '작은 곳' END AS size, count(*) AS lots, sum(spaces) AS spaces FROM parking GROUP BY 1 ORDER BY 1" }"#.clone_into(&mut manifest.source);
    r#"{ kind = "parquet" }"#.clone_into(&mut manifest.format);
    r#"{ mode = "snapshot" }"#.clone_into(&mut manifest.load);
    manifest.columns = vec![
        column("size", "size", "text", ""),
        column("lots", "lots", "integer", ""),
        column("spaces", "spaces", "integer", ""),
    ];
    manifest
}

fn city(sizes: &Manifest) -> TestCity {
    TestCity::new()
        .dataset(&parking())
        .dataset(sizes)
        .file("parking.csv", "이름,면수\n가온,120\n누리,80\n다솜,5\n")
}

#[test]
fn a_derived_dataset_is_asked_again_when_what_it_reads_changed_and_only_then() {
    let city = city(&sizes());
    let first = city.load();
    assert_eq!(first.code, 0, "{first:?}");
    let rows = || city.query("select size, lots, spaces from sizes order by size");
    assert_eq!(rows(), "size,lots,spaces\n작은 곳,2,85\n큰 곳,1,120\n");
    let outcomes = |ran: &crate::city::Ran| -> Vec<String> {
        let lines = ran.lines();
        let outcome = |line: &serde_json::Value| {
            format!(
                "{} {}",
                line["dataset"].as_str().unwrap(),
                line["outcome"].as_str().unwrap()
            )
        };
        lines.iter().map(outcome).collect()
    };
    assert_eq!(outcomes(&first), ["parking loaded", "sizes loaded"]);
    assert_eq!(
        outcomes(&city.load()),
        ["parking unchanged", "sizes unchanged"]
    );
    let trace = city.run(&["trace", "sizes", "--json"]);
    assert_eq!(trace.lines()[0]["inputs"]["parking"], 1);
    let city = city.file("parking.csv", "이름,면수\n가온,120\n누리,180\n");
    assert_eq!(outcomes(&city.load()), ["parking loaded", "sizes loaded"]);
    assert_eq!(
        city.query("select size, lots, spaces from sizes"),
        "size,lots,spaces\n큰 곳,2,300\n"
    );
    let trace = city.run(&["trace", "sizes"]);
    assert!(
        trace.out.contains("derived from parking, version 2"),
        "{trace:?}"
    );
    assert_eq!(city.run(&["verify"]).code, 0);
}

#[test]
fn a_question_that_finds_nothing_is_answered() {
    let mut none = sizes();
    none.source = none.source.replace("GROUP BY", "WHERE spaces < 0 GROUP BY");
    let city = city(&none);
    let first = city.load();
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(
        city.query("select count(*) as lots from sizes"),
        "lots\n0\n"
    );
    // What is counted of the platform: nobody has read anything yet.
    let mut used = parking();
    "platform_use".clone_into(&mut used.id);
    "internal".clone_into(&mut used.release);
    r#"{ kind = "platform", of = "use" }"#.clone_into(&mut used.source);
    r#"{ kind = "json", rows = "rows" }"#.clone_into(&mut used.format);
    r#"{ mode = "snapshot" }"#.clone_into(&mut used.load);
    used.columns = vec![
        column("day", "day", "date", ""),
        column("reads", "reads", "integer", ""),
    ];
    let fresh = TestCity::new().dataset(&used);
    let first = fresh.load();
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(
        fresh.query("select count(*) as days from platform_use"),
        "days\n0\n"
    );
}

#[test]
fn a_question_may_only_read_what_the_manifest_names() {
    let mut other = sizes();
    other.source = other
        .source
        .replace("from = [\"parking\"]", "from = [\"dong\"]");
    let checked = city(&other).run(&["check"]);
    assert_eq!(checked.code, 1);
    let told = format!("{}{}", checked.out, checked.err);
    assert!(told.contains("there is no dataset `dong`"), "{told}");
    let mut third = parking();
    "other".clone_into(&mut third.id);
    let city = city(&{
        let mut sizes = sizes();
        sizes.source = sizes
            .source
            .replace("from = [\"parking\"]", "from = [\"other\"]");
        sizes
    })
    .dataset(&third);
    let ran = city.load();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out
            .contains("the question reads parking, which `from` does not name"),
        "{ran:?}"
    );
}

#[test]
fn datasets_made_of_each_other_are_a_circle() {
    let mut circle = parking();
    r#"{ kind = "derived", from = ["sizes"], sql = "SELECT size AS 이름, spaces AS 면수 FROM sizes" }"#.clone_into(&mut circle.source);
    r#"{ kind = "parquet" }"#.clone_into(&mut circle.format);
    let checked = TestCity::new()
        .dataset(&circle)
        .dataset(&sizes())
        .run(&["check"]);
    assert_eq!(checked.code, 1);
    let told = format!("{}{}", checked.out, checked.err);
    assert!(
        told.contains("in a circle: parking → sizes → parking"),
        "{told}"
    );
}

#[test]
fn each_column_is_traced_to_the_columns_it_is_made_of_and_back() {
    let city = city(&sizes());
    assert_eq!(city.load().code, 0);
    let trace = city.run(&["trace", "sizes", "--columns"]);
    for line in [
        "  size = computed parking.spaces",
        "  lots = aggregated parking.*",
        "  spaces = aggregated parking.spaces",
        "  rows by group parking.spaces, order parking.spaces",
        "dataset parking, version 1: 3 rows",
        "  spaces = read '면수'",
        "  from parking.csv",
    ] {
        assert!(trace.out.contains(line), "{line}\n{}", trace.out);
    }
    let back = city.run(&["trace", "parking", "--uses", "--json"]);
    let line = &back.lines()[0];
    let one = &line["uses"][0];
    assert_eq!(
        (&one["user"], &one["id"], &one["columns"]["spaces"]),
        (
            &"dataset".into(),
            &"sizes".into(),
            &serde_json::json!(["size", "spaces"])
        )
    );
    assert_eq!(back.lines().len(), 1);
}

#[test]
fn another_question_is_another_version() {
    let mut asked = sizes();
    let city = city(&asked);
    assert_eq!(city.load().code, 0);
    asked.source = asked.source.replace(">= 100", ">= 50");
    let city = city.dataset(&asked);
    assert_eq!(city.load().code, 0);
    assert_eq!(
        city.query("select size, lots, spaces from sizes order by size"),
        "size,lots,spaces\n작은 곳,1,5\n큰 곳,2,200\n"
    );
}

/// A column whose class is that of its manifest, under another name.
fn renamed(sql: &str, columns: &[(&str, &str, &str)]) -> Manifest {
    let mut manifest = sizes();
    manifest.source = format!("{{ kind = \"derived\", from = [\"parking\"], sql = \"{sql}\" }}");
    manifest.columns = columns
        .iter()
        .map(|(name, kind, more)| column(name, name, kind, more))
        .collect();
    manifest
}

#[test]
fn a_column_keeps_its_class_under_another_name() {
    let load = |sizes: &Manifest| {
        let mut source = parking();
        if let Some(name) = source.columns.first_mut() {
            *name = name.replace("\"none\"", "\"identifier\"");
        }
        let city = TestCity::new()
            .dataset(&source)
            .dataset(sizes)
            .file("parking.csv", "이름,면수\n가온,120\n누리,80\n");
        let ran = city.load();
        format!("{} {}", ran.code, ran.out + &ran.err)
    };
    for sql in [
        "SELECT name AS place FROM parking",
        "SELECT place FROM (SELECT name AS place FROM parking) GROUP BY place",
        "SELECT upper(name) AS place FROM parking",
        "SELECT max(name) AS place FROM parking",
    ] {
        let told = load(&renamed(sql, &[("place", "text", "")]));
        assert!(
            told.contains("`parking.name`, which says more about a person"),
            "{sql}: {told}"
        );
    }
    let counted = load(&renamed(
        "SELECT count(DISTINCT name) AS places FROM parking",
        &[("places", "integer", "")],
    ));
    assert!(counted.starts_with("0 "), "{counted}");
    let reasoned = load(&renamed(
        "SELECT substr(name, 1, 1) AS letter FROM parking",
        &[(
            "letter",
            "text",
            "accepts = { found = [\"derived\"], reason = \"성만 남습니다\" }",
        )],
    ));
    assert!(reasoned.starts_with("0 "), "{reasoned}");
}
