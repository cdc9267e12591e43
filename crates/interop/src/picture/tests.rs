use std::collections::BTreeMap;
use std::path::Path;

use city::board::View;
use measure::cross::Cell;
use measure::{Cross, Part, Progress, Shown};

use super::*;

fn measure() -> Measure {
    let text = "id = \"m\"\ntitle = \"면수 <&>\"\nquestion = \"?\"\ndataset = \"d\"\ncompute = { kind = \"count\" }\nunit = \"면\"\ntime = { column = \"day\", step = \"month\" }\n";
    city::read::measure_text(Path::new("m.toml"), text)
        .0
        .unwrap()
}

fn city() -> City {
    let text = "name = \"가람시\"\nname-en = \"Garam\"\ncode = \"1\"\nbounds = [126.9, 36.9, 127.2, 37.4]\nfields = []\ndepartments = []\n";
    let manifest = city::read::manifest_text(Path::new("city.toml"), text).0;
    City {
        folder: Path::new("city").to_owned(),
        manifest: manifest.unwrap(),
        datasets: BTreeMap::new(),
        measures: BTreeMap::new(),
        boards: BTreeMap::new(),
        standards: city::Standards::default(),
        calendar: city::Calendar::default(),
        people: city::People::default(),
        policies: Vec::new(),
        releases: BTreeMap::new(),
        promises: BTreeMap::new(),
        situation: city::Situation::default(),
    }
}

fn drawn(shown: &Shown, lang: Lang) -> String {
    let (city, measure) = (city(), measure());
    let subject = Subject {
        city: &city,
        measure: &measure,
        sentence: "문장 \"하나\"",
        lang,
    };
    svg(&subject, shown)
}

fn cross(view: View) -> Shown {
    let cell = |value: Option<f64>| Cell {
        value,
        ..Cell::default()
    };
    let hidden = Cell {
        suppressed: true,
        ..Cell::default()
    };
    Shown::Cross {
        view,
        by: "dong".to_owned(),
        across: "time".to_owned(),
        table: Cross {
            rows: vec![Some("<script>".to_owned()), None],
            columns: vec![
                Some("2026-01-01T00:00:00".to_owned()),
                Some("2026-02-01T00:00:00".to_owned()),
            ],
            cells: vec![
                vec![cell(Some(2.0)), hidden],
                vec![cell(Some(7.0)), cell(None)],
            ],
        },
    }
}

#[test]
fn a_picture_holds_no_markup_of_its_labels_and_says_what_is_unknown() {
    let part = |label: &str, value| Part {
        label: Some(label.to_owned()),
        value,
        suppressed: false,
    };
    let parts = Shown::Parts {
        by: "dong".to_owned(),
        parts: vec![part("<script>", Some(2.0)), part("나", None)],
    };
    let told = drawn(&parts, Lang::Ko);
    assert!(!told.contains("<script>"), "{told}");
    assert!(told.contains("&lt;script&gt;") && told.contains("알 수 없음"));
    assert!(told.contains("<title>면수 &lt;&amp;&gt;</title>"));
    for view in [View::Heat, View::Stacked, View::Multiples] {
        let told = drawn(&cross(view), Lang::Ko);
        assert!(!told.contains("<script>"), "{told}");
        assert!(told.contains("&lt;script&gt;"), "{told}");
    }
}

#[test]
fn each_view_is_a_picture_that_can_be_drawn_as_points() {
    let way = Progress::of(
        city::measure::Direction::Up,
        100.0,
        "2026-12-31".parse().ok(),
        None,
        None,
    );
    let parts: Vec<Part> = (0..9)
        .map(|at| Part {
            label: Some(at.to_string()),
            value: Some(f64::from(at)),
            suppressed: false,
        })
        .collect();
    let all = [
        cross(View::Heat),
        cross(View::Stacked),
        cross(View::Multiples),
        Shown::Spread {
            by: Some("dong".to_owned()),
            spread: measure::spread::of_parts(&parts),
        },
        Shown::Way {
            series: None,
            progress: way,
        },
    ];
    for shown in &all {
        for lang in [Lang::Ko, Lang::En] {
            let told = drawn(shown, lang);
            let picture = paper::png(&told, 1.0).unwrap();
            assert!(picture.starts_with(b"\x89PNG"), "{told}");
        }
    }
}

#[test]
fn a_hidden_cell_says_so_and_a_moment_is_as_long_as_its_step() {
    let told = drawn(&cross(View::Heat), Lang::Ko);
    assert!(
        told.contains("가림") && told.contains(">2026-02<"),
        "{told}"
    );
    assert!(drawn(&cross(View::Heat), Lang::En).contains("Hidden"));
}
