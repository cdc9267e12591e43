//! A board: measures as numbers, bars, lines, tables, and maps.

mod draw;
mod elsewhere;
mod fill;
mod narrow;
mod places;
mod print;
mod sheet;

pub(crate) use draw::{of_shown, of_version};
pub use elsewhere::{BoardEmbed, BoardWall, embed, events, paper, wall};
pub(crate) use fill::figures;
pub use fill::page;
pub use narrow::Filter;

use serde::Serialize;

use super::Sample;
use super::dataset::{DatasetPage, sample};
use crate::areas::{AreaView, AreasView, LegendView};
use crate::parts::{Chart, FigureView, Link, MapView, Table};

/// A board.
#[derive(Clone, Debug, Serialize)]
pub struct BoardPage {
    /// Its title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The same board elsewhere.
    pub ways: Ways,
    /// What it may be narrowed by.
    pub filters: Vec<Filter>,
    /// Its page.
    pub here: String,
    /// The whole of it, where it is narrowed.
    pub whole: Option<String>,
    /// Its numbers, first.
    pub numbers: Vec<FigureView>,
    /// Its charts, maps and tables, in order.
    pub panels: Vec<Panel>,
    /// Numbers and panels as they were drawn for all who see the same, in place of the two above.
    pub body: Option<String>,
}

/// Where the same board is shown otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ways {
    /// On a wall.
    pub wall: String,
    /// On paper.
    pub paper: String,
    /// In a frame of another site, where the board may be.
    pub embed: Option<String>,
}

/// A panel that is not a number.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Panel {
    /// Bars or a line.
    Chart {
        /// The chart.
        chart: Chart,
        /// The rows behind it.
        rows: Option<Link>,
    },
    /// A map.
    Map {
        /// Its headline.
        title: String,
        /// The map.
        map: MapView,
        /// The same to take along.
        files: Vec<Link>,
    },
    /// Areas of the city by a measure.
    Areas {
        /// The areas.
        areas: AreasView,
    },
    /// A table.
    Table {
        /// Its headline.
        title: String,
        /// The table.
        table: Table,
        /// What it shows, in words.
        summary: String,
        /// The receipt of its figures.
        receipt: String,
        /// The same to take along.
        files: Vec<Link>,
        /// The rows behind it.
        rows: Option<Link>,
    },
    /// One of the kinds of nothing.
    Nothing {
        /// Its headline.
        title: String,
        /// Which, with what is missing.
        figure: FigureView,
    },
}

impl Sample for BoardPage {
    fn samples() -> Vec<Self> {
        let pages = DatasetPage::samples();
        let (Some(dataset), Some(empty)) = (pages.first(), pages.get(1)) else {
            return Vec::new();
        };
        let Some(standing) = &dataset.standing else {
            return Vec::new();
        };
        let mut panels: Vec<Panel> = [sample::chart(true), sample::chart(false)]
            .map(|chart| Panel::Chart {
                chart,
                rows: Some(Link::new(
                    "‘주차면’을 이루는 행 보기",
                    "/datasets/parking?measure=spaces#rows",
                )),
            })
            .into();
        panels.extend(
            sample::views()
                .into_iter()
                .map(|chart| Panel::Chart { chart, rows: None }),
        );
        panels.extend(dataset.map.clone().map(|map| Panel::Map {
            title: "주차장은 어디에 있습니까".to_owned(),
            map,
            files: vec![Link::new("자료 (CSV)", "/datasets/parking.csv")],
        }));
        panels.push(Panel::Areas {
            areas: areas(standing.loads.clone()),
        });
        panels.push(Panel::Table {
            title: "동별 주차면".to_owned(),
            table: standing.loads.clone(),
            summary: "2가지 가운데 가온동이 가장 많습니다.".to_owned(),
            receipt: "/measures/spaces".to_owned(),
            files: vec![Link::new("자료 (CSV)", "/measures/spaces/figures.csv")],
            rows: Some(Link::new(
                "‘주차면’을 이루는 행 보기",
                "/datasets/parking?measure=spaces#rows",
            )),
        });
        panels.extend(empty.figures.first().map(|figure| Panel::Nothing {
            title: "처리 기간".to_owned(),
            figure: figure.clone(),
        }));
        vec![Self {
            title: "도시 상황판".to_owned(),
            description: "오늘의 도시를 보여 줍니다.".to_owned(),
            ways: Ways {
                wall: "/boards/today/wall".to_owned(),
                paper: "/boards/today/paper.pdf".to_owned(),
                embed: Some("/boards/today/embed".to_owned()),
            },
            filters: vec![Filter {
                name: "dong".to_owned(),
                label: "행정동".to_owned(),
                choices: vec![("가온동".to_owned(), "가온동".to_owned(), true)],
                is_offered: false,
                other: Some("‘가온동’이라는 행정동은 없습니다.".to_owned()),
            }],
            here: "/boards/today".to_owned(),
            whole: Some("/boards/today".to_owned()),
            numbers: dataset.figures.clone(),
            panels,
            body: None,
        }]
    }
}

/// Two areas and one without a figure.
fn areas(table: Table) -> AreasView {
    let area = |class: &str, at: u32| AreaView {
        path: format!("M{at} 10L{} 10L{} 90L{at} 90Z", at + 90, at + 90),
        class: class.to_owned(),
        title: "가온동: 1,240 면".to_owned(),
        name: Some("가온동".to_owned()),
        x: (at + 45).to_string(),
        y: "50".to_owned(),
    };
    let line = |class: &str, text: &str| LegendView {
        class: class.to_owned(),
        text: text.to_owned(),
    };
    AreasView {
        title: "동별 주차면 지도".to_owned(),
        subtitle: "공영주차장 면수, 동 기준, 단위: 면".to_owned(),
        summary: "동 3곳 가운데 가온동이 1,240면으로 가장 많습니다.".to_owned(),
        width: "300".to_owned(),
        height: "100".to_owned(),
        areas: vec![area("1", 5), area("5", 105), area("unknown", 205)],
        legend: vec![
            line("1", "120 면"),
            line("5", "1,240 면"),
            line("unknown", "알 수 없음"),
        ],
        notes: vec!["지도에 없는 값 1개는 표에 있습니다.".to_owned()],
        table,
        receipt: "/measures/spaces".to_owned(),
        source: None,
        files: vec![Link::new("그림 (SVG)", "/measures/spaces/figures.svg")],
        rows: Some(Link::new(
            "‘주차면’을 이루는 행 보기",
            "/datasets/parking?measure=spaces#rows",
        )),
    }
}
