//! Data to try the dataset's page on.

use super::{
    Choice, CompareForm, ConfirmView, DatasetPage, Download, HeldView, Preview, Standing, Step,
};
use crate::marks::{Columns, Goal, Heat, HeatRow, Marks, StackView, Stacked};
use crate::pages::Sample;
use crate::parts::{
    Badge, Bar, Cell, CellKind, Chart, Fact, FigureView, Head, Link, MapView, Pager, Table, Tone,
    line, small,
};

impl Sample for DatasetPage {
    fn samples() -> Vec<Self> {
        let full = full();
        let empty = Self {
            badges: vec![Badge::new("아직 없음", Tone::Plain)],
            map: None,
            preview: Preview {
                table: None,
                why: Some("아직 적재하지 않았습니다.".to_owned()),
                pager: None,
                active: None,
                ..full.preview.clone()
            },
            changed: Some("/changes#change-parking".to_owned()),
            confirm: Some(ConfirmView {
                due: "갱신 예정일 2026-11-06이 지났습니다".to_owned(),
                confirmed: Some("2026-10-07 09:00 김주무: 변경 없음".to_owned()),
                address: "/api/datasets/parking/confirm".to_owned(),
            }),
            held: Some(HeldView {
                sentence: "2026-11-25 09:10에 들어온 자료를 확인하고 있습니다.".to_owned(),
                differences: Vec::new(),
                address: None,
                decided: Some("김주무가 받아들이지 않았습니다: 다른 시의 파일입니다.".to_owned()),
            }),
            standing: full.standing.clone().map(nothing_stands),
            figures: vec![FigureView {
                label: "행".to_owned(),
                nothing: Some("아직 없음".to_owned()),
                note: Some("다음 적재: 2026-12-01".to_owned()),
                ..FigureView::default()
            }],
            ..full.clone()
        };
        vec![full, empty]
    }
}

fn full() -> DatasetPage {
    let choice = |value: &str, title: &str| Choice {
        value: value.to_owned(),
        title: title.to_owned(),
        selected: false,
    };
    DatasetPage {
        id: "parking".to_owned(),
        title: "공영주차장".to_owned(),
        badges: vec![
            Badge::new("최신", Tone::Good),
            Badge::new("개방", Tone::Plain),
            Badge::new("격리 3행", Tone::Warning),
            Badge::new("오래됨", Tone::Danger),
        ],
        sentence: "교통정책과가 매월 내는 공영주차장 128행입니다.".to_owned(),
        description: "시가 운영하는 주차장의 위치와 면수입니다.".to_owned(),
        figures: vec![FigureView {
            label: "행".to_owned(),
            value: Some("128".to_owned()),
            exact: "128".to_owned(),
            unit: "행".to_owned(),
            note: Some("앞 판보다 3행 늘었습니다".to_owned()),
            ..FigureView::default()
        }],
        map: Some(MapView {
            places: Some("/datasets/parking.geojson".to_owned()),
            tiles: None,
            ground: "[]".to_owned(),
            outside: None,
            bounds: "127,37,127.2,37.2".to_owned(),
            label: "공영주차장의 위치".to_owned(),
            note: "128곳".to_owned(),
            table: "#rows".to_owned(),
            lines: None,
            as_of: None,
            pick: None,
        }),
        preview: preview(&choice),
        changed: None,
        confirm: None,
        held: Some(HeldView {
            sentence: "2026-11-25 09:10에 들어온 자료가 이전 자료와 많이 달라 확인을 기다립니다."
                .to_owned(),
            differences: vec![
                "행이 128개에서 64개로 바뀌었습니다. 허용하는 변화는 30.0 %까지입니다.".to_owned(),
            ],
            address: Some("/api/datasets/parking/held/1".to_owned()),
            decided: None,
        }),
        standing: Some(standing(&choice)),
        standing_html: None,
    }
}

fn standing(choice: &impl Fn(&str, &str) -> Choice) -> Standing {
    Standing {
        downloads: vec![Download {
            title: "CSV (UTF-8)".to_owned(),
            url: "/datasets/parking.csv".to_owned(),
            note: "128행".to_owned(),
        }],
        columns: small_table("열 3개", "주차장명"),
        quality: Some(chart(true)),
        quality_history: Some(history()),
        versions: small_table("판 2개", "2판"),
        loads: small_table("적재 2번", "2026-11-05 09:10"),
        quarantine: Some(small_table("격리 3행", "면수")),
        quarantine_rows: Some("/datasets/parking/quarantine".to_owned()),
        licence_warning: Some("CC BY-NC".to_owned()),
        lineage: vec![Step {
            title: "출처".to_owned(),
            facts: vec![Fact::new("파일", "traffic/parking.csv")],
        }],
        facts: vec![Fact::new("분야", "교통").leading_to("/fields/traffic")],
        compare: Some(CompareForm {
            from: vec![choice("1", "1판")],
            to: vec![choice("2", "2판")],
        }),
    }
}

/// The same of a dataset that was never loaded.
fn nothing_stands(standing: Standing) -> Standing {
    Standing {
        downloads: Vec::new(),
        quality: None,
        quality_history: None,
        quarantine: None,
        quarantine_rows: None,
        lineage: Vec::new(),
        licence_warning: None,
        compare: None,
        ..standing
    }
}

fn preview(choice: &impl Fn(&str, &str) -> Choice) -> Preview {
    let sorted = Head {
        title: "면수 (면)".to_owned(),
        numeric: true,
        sort: Some("/datasets/parking?sort=spaces".to_owned()),
        sorted: Some("descending"),
    };
    Preview {
        table: Some(Table {
            caption: "128행 중 20행, 면수 많은 순".to_owned(),
            heads: vec![
                Head {
                    sort: Some("/datasets/parking?sort=name".to_owned()),
                    ..Head::text("주차장명")
                },
                sorted,
            ],
            rows: vec![
                vec![Cell::text("가온 공영주차장"), Cell::number("1,204")],
                vec![
                    Cell::text("누리 <b>"),
                    Cell::of(CellKind::Nothing, "알 수 없음"),
                ],
            ],
            plain: false,
        }),
        why: None,
        pager: Pager::new(3, 12, |page| format!("/datasets/parking?page={page}")),
        columns: vec![choice("name", "주차장명")],
        ways: vec![choice("contains", "포함")],
        value: "가온".to_owned(),
        sort: "-spaces".to_owned(),
        active: Some(Link::new("주차장명 포함 가온", "/datasets/parking")),
        of: Some("‘공영주차장 면수’를 이루는 120건입니다.".to_owned()),
        fault: Some("면수에는 숫자를 입력하세요".to_owned()),
    }
}

fn small_table(caption: &str, first: &str) -> Table {
    Table {
        caption: caption.to_owned(),
        heads: vec![Head::text("이름"), Head::number("값")],
        rows: vec![vec![Cell::text(first), Cell::number("3")]],
        plain: true,
    }
}

/// A chart of bars or of a line.
pub(crate) fn chart(is_bar: bool) -> Chart {
    let values = [
        ("2026-09".to_owned(), 97.0, "97%".to_owned()),
        ("2026-10".to_owned(), 98.5, "98.5%".to_owned()),
        ("2026-11".to_owned(), 99.0, "99%".to_owned()),
    ];
    Chart {
        headline: "유효성이 가장 낮습니다".to_owned(),
        subtitle: "품질 점수, 현재 판, 단위: %".to_owned(),
        name: "quality".to_owned(),
        bars: if is_bar {
            vec![Bar {
                label: "유효성".to_owned(),
                value: "98.2%".to_owned(),
                from: "0".to_owned(),
                percent: "98.2".to_owned(),
                below: false,
                strong: true,
            }]
        } else {
            Vec::new()
        },
        line: if is_bar { None } else { line(&values) },
        small: Vec::new(),
        table: small_table("6가지 품질", "유효성"),
        marks: Box::default(),
        receipt: Some("/measures/spaces".to_owned()),
        source: Some("공영주차장 2판".to_owned()),
    }
}

/// A chart of small lines.
pub(crate) fn history() -> Chart {
    let histories = [
        (
            "완전성".to_owned(),
            vec![Some(99.5), Some(97.0), Some(99.9)],
            "99.9%".to_owned(),
        ),
        (
            "유효성".to_owned(),
            vec![None, Some(96.0), Some(98.2)],
            "98.2%".to_owned(),
        ),
    ];
    Chart {
        headline: "판마다 차원별 품질 점수".to_owned(),
        name: "quality-history".to_owned(),
        line: None,
        small: small(&histories, 95.0, 100.0),
        receipt: None,
        source: None,
        ..chart(false)
    }
}

/// A chart of each kind that is neither bars nor a line.
pub(crate) fn views() -> Vec<Chart> {
    let of = |marks: Marks| Chart {
        line: None,
        marks: Box::new(Marks {
            summary: Some("가장 큰 값은 가온동 · 도로의 12건입니다.".to_owned()),
            files: vec![Link::new("자료 (CSV)", "/measures/spaces/figures.csv")],
            ..marks
        }),
        ..chart(false)
    };
    let cells = |classes: [&str; 3]| classes.map(|class| (class.to_owned(), "12".to_owned()));
    let heat = Heat {
        corner: "동 / 분야".to_owned(),
        heads: ["도로", "청소", "교통"].map(str::to_owned).into(),
        rows: vec![
            HeatRow {
                label: "가온동".to_owned(),
                path: Some("/boards/today?dong=1".to_owned()),
                cells: cells(["1", "2", "3"]).into(),
            },
            HeatRow {
                label: "누리동".to_owned(),
                path: None,
                cells: cells(["4", "5", "hidden"]).into(),
            },
        ],
        caption: "2줄, 3칸".to_owned(),
    };
    let stacks = Stacked {
        legend: vec![(0, "도로".to_owned()), (6, "그 밖 3가지".to_owned())],
        bars: vec![StackView {
            label: "2026-11".to_owned(),
            value: "20".to_owned(),
            pieces: vec![
                (0, "0".to_owned(), "60".to_owned()),
                (6, "60".to_owned(), "40".to_owned()),
            ],
        }],
    };
    let spread = Columns {
        columns: vec![
            ("0".to_owned(), "47".to_owned(), "40".to_owned()),
            ("50".to_owned(), "47".to_owned(), "100".to_owned()),
        ],
        top: "5곳".to_owned(),
        ends: ["0면".to_owned(), "200면".to_owned()],
    };
    let way = Goal {
        known: "0,80 40,50".to_owned(),
        is_one: false,
        needed: Some("40,50 100,20".to_owned()),
        goal: "20".to_owned(),
        top: "7일".to_owned(),
        ends: ["2026-01-01".to_owned(), "2026-12-31".to_owned()],
    };
    vec![
        of(Marks {
            heat: Some(heat),
            ..Marks::default()
        }),
        of(Marks {
            stacks: Some(stacks),
            ..Marks::default()
        }),
        of(Marks {
            spread: Some(spread),
            ..Marks::default()
        }),
        of(Marks {
            way: Some(way),
            ..Marks::default()
        }),
    ]
}
