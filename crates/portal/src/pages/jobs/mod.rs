//! Loads: those under way with their progress, and those done, live by server-sent events.

mod fill;

pub use fill::{events, page};

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, CellKind, Head, Table, Tone};

/// Loads under way and done.
#[derive(Clone, Debug, Serialize)]
pub struct Jobs {
    /// What changes while the page is open.
    pub live: Live,
    /// Where changes are announced.
    pub events: String,
}

/// What changes while the page is open.
#[derive(Clone, Debug, Serialize)]
pub struct Live {
    /// How many are under way, in a sentence.
    pub summary: String,
    /// Those under way.
    pub running: Vec<Running>,
    /// Those done.
    pub recent: Table,
}

/// A load under way.
#[derive(Clone, Debug, Serialize)]
pub struct Running {
    /// The dataset.
    pub title: String,
    /// Its page.
    pub path: String,
    /// Its state.
    pub badge: Badge,
    /// What and how far: `41,239행 중 12,000행 점검`.
    pub progress: String,
    /// In percent, when the whole is known.
    pub percent: Option<String>,
}

impl Sample for Jobs {
    fn samples() -> Vec<Self> {
        let running = Running {
            title: "민원".to_owned(),
            path: "/datasets/complaints".to_owned(),
            badge: Badge::new("적재 중", Tone::Plain),
            progress: "41,239행 중 12,000행 점검".to_owned(),
            percent: Some("29.1".to_owned()),
        };
        let recent = Table {
            caption: "적재 1번".to_owned(),
            heads: vec![
                Head::text("데이터셋"),
                Head::text("언제"),
                Head::number("읽음"),
            ],
            rows: vec![vec![
                Cell::text("공영주차장").leading_to("/datasets/parking"),
                Cell::of(CellKind::Moment, "2026-11-05 09:10"),
                Cell::number("131"),
            ]],
            plain: true,
        };
        let busy = Self {
            live: Live {
                summary: "적재 1건이 진행 중입니다.".to_owned(),
                running: vec![
                    running.clone(),
                    Running {
                        percent: None,
                        ..running
                    },
                ],
                recent: recent.clone(),
            },
            events: "/jobs/events".to_owned(),
        };
        let idle = Self {
            live: Live {
                summary: "진행 중인 적재가 없습니다.".to_owned(),
                running: Vec::new(),
                recent: Table {
                    rows: Vec::new(),
                    ..recent
                },
            },
            events: "/jobs/events".to_owned(),
        };
        vec![busy, idle]
    }
}
