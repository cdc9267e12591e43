use std::collections::BTreeMap;
use std::path::Path;

use city::board::View;
use measure::cross::Cell;
use measure::{Cross, Part, Progress, Shown};

use super::*;
use crate::tiles::areas::{Area, Picture};
use crate::tiles::squares::{Square, Squares};

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
        source: "출처: 가람시 <민원> 1판",
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
fn what_is_less_than_nothing_lies_on_the_other_side() {
    let part = |label: &str, value: f64| Part {
        label: Some(label.to_owned()),
        value: Some(value),
        suppressed: false,
    };
    let parts = Shown::Parts {
        by: "dong".to_owned(),
        parts: vec![part("가", 30.0), part("나", -10.0)],
    };
    let told = drawn(&parts, Lang::Ko);
    let bars: Vec<(f64, f64)> = told
        .split("<rect x=\"")
        .skip(1)
        .filter_map(|rest| {
            let rest = rest.split_once("/>")?.0;
            rest.contains("fill=\"#0b50d0\"").then_some(rest)
        })
        .filter_map(|rest| {
            let (x, rest) = rest.split_once('"')?;
            let width = rest.split_once("width=\"")?.1.split_once('"')?.0;
            Some((x.parse().ok()?, width.parse().ok()?))
        })
        .collect();
    let [(more_at, more), (less_at, less)] = bars.as_slice() else {
        panic!("{told}");
    };
    assert!((more - 3.0 * less).abs() < 0.5, "{bars:?}");
    assert!((less_at + less - more_at).abs() < 0.2, "{bars:?}");
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

/// Two areas side by side; the second has no part.
fn areas() -> Picture {
    let area = |name: &str, at: f64| Area {
        key: name.to_owned(),
        name: name.to_owned(),
        path: format!("M{at} 0H{}V50H{at}Z", at + 100.0),
        middle: (at + 50.0, 25.0),
    };
    Picture {
        width: 200.0,
        height: 50.0,
        areas: vec![area("가온<동>", 0.0), area("누리동", 100.0)],
        ..Picture::default()
    }
}

#[test]
fn areas_are_drawn_in_the_shade_of_their_part_with_a_legend_of_what_is_unknown() {
    let part = |label: &str, value| Part {
        label: Some(label.to_owned()),
        value,
        suppressed: false,
    };
    let (city, measure) = (city(), measure());
    let subject = Subject {
        city: &city,
        measure: &measure,
        sentence: "문장",
        source: "출처: 가람시 민원 1판",
        lang: Lang::Ko,
    };
    let parts = [
        part("가온<동>", Some(11_644_994_000.0)),
        part("바깥", Some(1.0)),
    ];
    let told = map::areas(&subject, "dong", &parts, &areas());
    assert!(
        told.contains(">출처: 가람시 민원 1판</text></svg>"),
        "{told}"
    );
    // One class is the middle shade; what no area is called is told, not dropped.
    assert!(
        told.contains("<path d=\"M0 0H100V50H0Z\" fill=\"#6a9be0\""),
        "{told}"
    );
    assert!(
        told.contains("<path d=\"M100 0H200V50H100Z\" fill=\"#ffffff\""),
        "{told}"
    );
    assert!(told.contains("116억 4,499만 면") && told.contains("알 수 없음"));
    assert!(told.contains("지도에 없는 값 1개"), "{told}");
    assert!(!told.contains("<동>"), "{told}");
    assert!(paper::png(&told, 1.0).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn squares_are_drawn_over_the_ground_fullest_the_darkest() {
    let square = |at: f64, count| Square {
        path: format!("M{at} 0h9v9h-9z"),
        middle: (127.0, 37.0),
        count,
    };
    let found = Squares {
        side: 500.0,
        width: 200.0,
        height: 50.0,
        squares: vec![square(9.0, 1_200), square(0.0, 3)],
        outside: 0,
    };
    let told = map::squares(
        ("제목", "밑", "문장", "출처: 가람시 공사 1판"),
        &found,
        &areas().areas,
        |count| format!("{count}곳"),
    );
    assert!(told.contains("<path d=\"M9 0h9v9h-9z\" fill=\"#0b3c86\""));
    assert!(told.contains("1,200곳") && told.contains("가온&lt;동&gt;"));
    assert!(paper::png(&told, 1.0).unwrap().starts_with(b"\x89PNG"));
}
