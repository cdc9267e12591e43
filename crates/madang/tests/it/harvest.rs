//! One Madang takes over the datasets of another: the same rows, the same types, and what is said of them.

use std::fs;
use std::process::Command;

use crate::city::{Manifest, Ran, TestCity, column, ran};
use crate::serve::Serving;

/// A dataset with a column of each type.
fn every_type() -> Manifest {
    Manifest {
        id: "lots".to_owned(),
        source: r#"{ kind = "file", path = "lots.csv" }"#.to_owned(),
        format: r#"{ kind = "csv" }"#.to_owned(),
        load: r#"{ mode = "snapshot", key = ["lot_no"] }"#.to_owned(),
        release: "open".to_owned(),
        more: "licence = \"kogl2\"\nkeywords = [\"주차\", \"공영\"]\nplace = { x = \"longitude\", y = \"latitude\", crs = \"EPSG:4326\" }".to_owned(),
        columns: vec![
            column("lot_no", "관리번호", "code", "checks = [\"required\"]"),
            column("name", "이름", "text", ""),
            column("spaces", "면수", "integer", "unit = \"면\""),
            column("fee", "요금", "decimal", "scale = 2\nunit = \"원\""),
            column("share", "비율", "number", ""),
            column("is_open", "개방", "boolean", "spellings = { yes = [\"Y\"], no = [\"N\"] }"),
            column("opened_on", "개장일", "date", ""),
            column("opens", "여는시각", "time", ""),
            column("seen_at", "조사일시", "datetime", ""),
            column("month", "기준월", "month", ""),
            column("year", "설치연도", "year", ""),
            column("longitude", "경도", "number", ""),
            column("latitude", "위도", "number", ""),
            column("phone", "담당자", "text", "release = false"),
        ],
    }
}

const HEAD: &str =
    "관리번호,이름,면수,요금,비율,개방,개장일,여는시각,조사일시,기준월,설치연도,경도,위도,담당자\n";
const ROWS: &str = "0012,\"가온, \"\"역\"\" 앞\",120,1234.50,0.125,Y,2024-02-29,09:30,2026-11-05 09:00:01,2026-10,1999,127.01,37.51,김\n\
    0013,=1+1,0,0.10,,N,,,,,,,,이\n\
    0014,,-3,99999999999.99,12345678.9,,2023-01-01,24:00,2026-11-05 23:59:59,2026-01,2024,126.95,37.45,박\n";

/// A city that knows where the other is.
struct Near<'c> {
    city: &'c TestCity,
    other: String,
}

impl Near<'_> {
    fn run(&self, words: &[&str]) -> Ran {
        let mut command: Command = self.city.command(words);
        ran(command.env("MADANG_SOURCES_OTHER", &self.other))
    }

    fn load(&self) -> Ran {
        self.run(&["load", "--json"])
    }
}

fn all(city: &TestCity) -> String {
    let sql = "select lot_no, name, spaces, fee, share, is_open, opened_on, opens, seen_at, month, year, longitude, latitude, \
        arrow_typeof(fee) as fee_type, arrow_typeof(month) as month_type, arrow_typeof(seen_at) as seen_type from lots order by lot_no";
    city.query(sql)
}

#[test]
fn a_citys_datasets_are_taken_over_by_another() {
    let theirs = TestCity::new()
        .dataset(&every_type())
        .file("lots.csv", format!("{HEAD}{ROWS}"));
    let loaded = theirs.load();
    assert_eq!(
        loaded.accounting(),
        "loaded: read 3 = accepted 3 + quarantined 0",
        "{loaded:?}"
    );
    let serving = Serving::start(&theirs, &["--no-loads"]);
    let ours = TestCity::new();
    let near = Near {
        city: &ours,
        other: format!("http://{}", serving.host),
    };

    let listed = near.run(&["harvest", "{other}"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(
        listed
            .out
            .starts_with("lots | lots 표 | 가온시 교통과 | kogl2 | "),
        "{listed:?}"
    );

    let folder = ours.path("datasets/traffic");
    let folder = folder.to_str().unwrap();
    let drafted = near.run(&["harvest", "{other}", "--out", folder]);
    assert_eq!(drafted.code, 0, "{drafted:?}");
    let manifest = fs::read_to_string(ours.path("datasets/traffic/lots.toml")).unwrap();
    assert!(
        manifest.contains("source = { kind = \"madang\", url = \"{other}\", dataset = \"lots\" }"),
        "{manifest}"
    );
    assert!(
        manifest.contains("licence = \"kogl2\"")
            && manifest.contains("keywords = [\"주차\", \"공영\"]")
    );
    assert!(manifest.contains("TODO: which department"), "{manifest}");
    assert!(
        !manifest.contains("담당자"),
        "what is not released is not offered: {manifest}"
    );
    let again = near.run(&["harvest", "{other}", "--out", folder]);
    assert_eq!(again.code, 1, "never over another file: {again:?}");

    let first = near.load();
    assert_eq!(
        first.accounting(),
        "loaded: read 3 = accepted 3 + quarantined 0",
        "{first:?}"
    );
    assert!(first.lines()[0]["warnings"].is_null(), "{first:?}");
    assert_eq!(all(&ours), all(&theirs));
    assert_eq!(near.load().lines()[0]["outcome"], "unchanged");

    drop(serving);
    let theirs = a_new_version_is_one_here(theirs, &ours, &manifest);
    a_stricter_licence_is_told(theirs, &ours);
}

/// A new version there is a new version here; a licence of ours that asks less is told.
fn a_new_version_is_one_here(theirs: TestCity, ours: &TestCity, manifest: &str) -> TestCity {
    let more = format!(
        "{HEAD}{ROWS}0015,늘봄,7,1,1,Y,2026-01-01,00:00,2026-01-01 00:00:00,2026-01,2026,127,37.5,최\n"
    );
    let theirs = theirs.file("lots.csv", more);
    assert_eq!(theirs.load().code, 0);
    let lax = manifest.replace("licence = \"kogl2\"", "licence = \"kogl1\"");
    fs::write(
        ours.path("datasets/traffic/lots.toml"),
        lax.replace("release = \"internal\"", "release = \"open\""),
    )
    .unwrap();
    let serving = Serving::start(&theirs, &["--no-loads"]);
    let near = Near {
        city: ours,
        other: format!("http://{}", serving.host),
    };
    let second = near.load();
    assert_eq!(
        second.accounting(),
        "loaded: read 4 = accepted 4 + quarantined 0",
        "{second:?}"
    );
    let warning = second.lines()[0]["warnings"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        warning.contains("the source gives it under `kogl2`"),
        "{warning}"
    );
    assert_eq!(all(ours), all(&theirs));

    drop(serving);
    theirs
}

/// The same rows under a licence that asks for more: no version, but a word.
fn a_stricter_licence_is_told(theirs: TestCity, ours: &TestCity) {
    let stricter = Manifest {
        more: every_type().more.replace("kogl2", "kogl4"),
        ..every_type()
    };
    let theirs = theirs.dataset(&stricter);
    let serving = Serving::start(&theirs, &["--no-loads"]);
    let near = Near {
        city: ours,
        other: format!("http://{}", serving.host),
    };
    let third = near.load();
    assert_eq!(third.lines()[0]["outcome"], "unchanged", "{third:?}");
    let warning = third.lines()[0]["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.contains("kogl4"), "{warning}");

    let own = Serving::start(ours, &["--no-loads"]);
    let page = own.get("/datasets/lots", "").body;
    assert!(
        page.contains("출처 목록에 따르면") && page.contains("가온시 교통과"),
        "{page}"
    );
    assert!(
        page.contains("이 데이터셋의 이용 조건"),
        "the stricter licence is told"
    );
}

#[test]
fn a_madang_that_is_away_or_another_program_is_told() {
    let ours = TestCity::new();
    let away = ours.run(&["harvest", "http://127.0.0.1:1"]);
    assert_eq!(away.code, 1, "{away:?}");
    assert!(away.err.contains("there was no answer"), "{away:?}");
    let nobody = ours.run(&["harvest", "{nowhere}"]);
    assert_eq!(nobody.code, 1, "{nobody:?}");
    assert!(nobody.err.contains("MADANG_SOURCES_NOWHERE"), "{nobody:?}");
}
