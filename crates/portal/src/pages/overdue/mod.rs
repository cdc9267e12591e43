//! Whether departments deliver in time: what is late, what is due soon, what never came; and the mails that said so.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, CellKind, Head, Link, Table, Tone};

/// Whether departments deliver in time.
#[derive(Clone, Debug, Serialize)]
pub struct Overdue {
    /// How many are late, in a sentence.
    pub sentence: String,
    /// What makes the list less than certain: no calendar, no mail.
    pub notes: Vec<String>,
    /// The department looked at, when it is one; the link leads to all.
    pub active: Option<Link>,
    /// Departments that have something to do.
    pub departments: Vec<DepartmentView>,
    /// Departments that are in time.
    pub in_time: Vec<String>,
    /// Mails sent and waiting, newest first.
    pub mails: Option<Table>,
}

/// A department that has something to do.
#[derive(Clone, Debug, Serialize)]
pub struct DepartmentView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many of what.
    pub summary: String,
    /// Where it is reached.
    pub contact: String,
    /// Its datasets that wait for it.
    pub entries: Vec<EntryView>,
}

/// A dataset that waits for its department.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its title.
    pub title: String,
    /// Its page.
    pub path: String,
    /// How it stands.
    pub badge: Badge,
    /// How often it comes.
    pub cadence: String,
    /// The day it is due.
    pub due: String,
    /// When something new arrived last, or who said that nothing changed.
    pub last: String,
    /// Where the word that nothing changed goes.
    pub confirm: Option<String>,
}

impl Sample for Overdue {
    fn samples() -> Vec<Self> {
        let entry = EntryView {
            title: "공영주차장".to_owned(),
            path: "/datasets/parking".to_owned(),
            badge: Badge::new("3일 늦음", Tone::Danger),
            cadence: "매월".to_owned(),
            due: "2026-11-06".to_owned(),
            last: "2026-10-05 09:10".to_owned(),
            confirm: Some("/api/datasets/parking/confirm".to_owned()),
        };
        let never = EntryView {
            title: "보행등".to_owned(),
            badge: Badge::new("아직 없음", Tone::Plain),
            due: String::new(),
            last: String::new(),
            confirm: None,
            ..entry.clone()
        };
        let mails = Table {
            caption: "알림 메일 1통, 새것부터".to_owned(),
            heads: vec![Head::text("부서"), Head::text("언제"), Head::text("상태")],
            rows: vec![vec![
                Cell::text("교통정책과"),
                Cell::of(CellKind::Moment, "2026-11-09 09:00"),
                Cell::text("보냄"),
            ]],
            plain: true,
        };
        let late = Self {
            sentence: "데이터셋 105개 가운데 1개가 늦었습니다.".to_owned(),
            notes: vec!["메일 서버를 정하지 않아 알림 메일을 보내지 않습니다.".to_owned()],
            active: Some(Link::new("교통정책과", "/overdue")),
            departments: vec![DepartmentView {
                id: "transport".to_owned(),
                title: "교통정책과".to_owned(),
                summary: "늦음 1개, 아직 없음 1개".to_owned(),
                contact: "전화 031-000-1500, 메일 transport@hanbit.example".to_owned(),
                entries: vec![entry, never],
            }],
            in_time: vec!["도로과".to_owned(), "환경과".to_owned()],
            mails: Some(mails),
        };
        let nothing = Self {
            sentence: "늦은 데이터셋이 없습니다.".to_owned(),
            notes: Vec::new(),
            active: None,
            departments: Vec::new(),
            mails: None,
            ..late.clone()
        };
        vec![late, nothing]
    }
}
