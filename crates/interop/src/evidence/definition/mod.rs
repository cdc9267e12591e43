//! The indicators: what the evaluation calls them, what is counted, and what a person must add.
//!
//! The names are the evaluation's; what is divided by what is this system's own and said in words. No points are given
//! anywhere: those are the evaluators' to give.

mod provision;
mod quality;

use serde::Serialize;

use super::count::Count;

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

const fn say(ko: &'static str, en: &'static str) -> Words {
    Words { ko, en }
}

/// The evaluation an item belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// 공공데이터 품질관리 수준평가.
    Quality,
    /// 공공데이터 제공 운영실태 평가, with the items of the handbook of 2025.
    Provision,
}

impl Area {
    /// Its name.
    pub fn title(self) -> Words {
        match self {
            Self::Quality => say(
                "공공데이터 품질관리 수준평가",
                "Evaluation of the quality management of public data",
            ),
            Self::Provision => say(
                "공공데이터 제공 운영실태 평가",
                "Evaluation of the provision of public data",
            ),
        }
    }
}

/// One indicator.
pub(super) struct Definition {
    /// Its id.
    pub(super) id: &'static str,
    /// The evaluation.
    pub(super) area: Area,
    /// The evaluation's item; in Korean as the evaluation writes it.
    pub(super) item: Words,
    /// What this figure says of it.
    pub(super) title: Words,
    /// What is counted above the line.
    pub(super) numerator: Words,
    /// What is counted below the line.
    pub(super) denominator: Words,
    /// What each is counted in.
    pub(super) unit: Words,
    /// How it was counted.
    pub(super) how: Words,
    /// What a person must add, because no record here says it.
    pub(super) add: Words,
    /// A small figure is a good one.
    pub(super) is_fault: bool,
    /// How it counts; nothing where this system cannot.
    pub(super) count: Option<Count>,
}

const NOTHING: Words = say("", "");
const DATASETS: Words = say("데이터셋", "datasets");
const COLUMNS: Words = say("항목", "columns");
const VALUES: Words = say("값", "values");
const LOADS: Words = say("건", "deliveries");

/// One that only people can show.
const fn shown_by_people(
    id: &'static str,
    area: Area,
    item: Words,
    title: Words,
    how: Words,
    add: Words,
) -> Definition {
    Definition {
        id,
        area,
        item,
        title,
        numerator: NOTHING,
        denominator: NOTHING,
        unit: NOTHING,
        how,
        add,
        is_fault: false,
        count: None,
    }
}

/// All of them, in the evaluation's order.
pub(super) fn definitions() -> impl Iterator<Item = &'static Definition> {
    quality::DEFINITIONS.iter().chain(provision::DEFINITIONS)
}
