//! What can be found in announcements, with its numbers.

use chrono::NaiveDate;
use city::promise::Claim;
use city::{PromiseId, When};
use serde::Serialize;

/// Something that follows from a promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The promise.
    pub promise: PromiseId,
    /// What follows.
    #[serde(flatten)]
    pub what: Found,
}

/// A value with its unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Value {
    /// It.
    pub value: f64,
    /// Its unit.
    pub unit: String,
}

/// A pace a year that was announced, and when it reaches the end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PaceRange {
    /// Slowest and fastest pace a year.
    pub per_year: [f64; 2],
    /// The year at the fastest pace.
    pub first_year: i32,
    /// The year at the slowest pace.
    pub last_year: i32,
}

/// One reading of when a saving has paid back its cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reading {
    /// What is assumed, in Korean; nothing where it is just what was said.
    pub title: Option<String>,
    /// The same in English.
    pub title_en: Option<String>,
    /// The cost.
    pub investment: f64,
    /// The saving a year.
    pub per_year: f64,
    /// The year in which the saving begins.
    pub starts: i32,
    /// Years of saving until the cost is paid back.
    pub years: f64,
    /// The first year at whose beginning it is paid back.
    pub year: i32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "finding",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Found {
    /// The parts are the total.
    AddsUp {
        /// Promises that are parts.
        parts: Vec<PromiseId>,
        /// Sum of those that the announcement only names, if it names some.
        named: Option<f64>,
        /// Their sum.
        sum: f64,
        /// The total.
        total: Value,
        /// Nothing.
        remainder: f64,
    },
    /// The parts are less than the total, and nobody says what the rest is.
    UnmentionedRemainder {
        /// Promises that are parts.
        parts: Vec<PromiseId>,
        /// Sum of those that the announcement only names, if it names some.
        named: Option<f64>,
        /// Their sum.
        sum: f64,
        /// The total.
        total: Value,
        /// The rest.
        remainder: f64,
        /// What the parts that tell of something done come to; nothing where none does.
        done: Option<f64>,
        /// The same as a share of the total.
        done_share: Option<f64>,
        /// When the rest is done, if the announced pace goes on.
        finish_at_announced_pace: Option<PaceRange>,
    },
    /// The parts are more than the total.
    PartsExceedTotal {
        /// Promises that are parts.
        parts: Vec<PromiseId>,
        /// Their sum.
        sum: f64,
        /// The total.
        total: Value,
        /// How much too much.
        excess: f64,
    },
    /// A part is counted in another unit than its total: the two cannot be added.
    UnitMismatch {
        /// The part.
        part: PromiseId,
        /// Its unit.
        unit: String,
        /// The total's unit.
        total_unit: String,
    },
    /// How much a part is was not said: the sum is unknown.
    UnknownPart {
        /// The parts.
        parts: Vec<PromiseId>,
    },
    /// The pace needed until the due day, against the pace so far.
    Pace {
        /// The newest value.
        now: f64,
        /// The day of it.
        on: NaiveDate,
        /// What was promised.
        target: Value,
        /// When it is due.
        due: NaiveDate,
        /// Needed a year until then.
        needed_per_year: f64,
        /// So far a year; nothing where it cannot be said.
        so_far_per_year: Option<f64>,
        /// Whether the pace so far is enough.
        is_enough: Option<bool>,
    },
    /// The pace contradicts the day it is promised for.
    PaceContradictsDue {
        /// The pace a year, slowest and fastest.
        per_year: [f64; 2],
        /// It was announced; else it is the pace so far.
        announced: bool,
        /// When it is due.
        due: When,
        /// The year it is done at the fastest pace; nothing where it never is.
        first_year: Option<i32>,
        /// The year it is done at the slowest pace.
        last_year: Option<i32>,
    },
    /// When it is done at the announced pace.
    FinishAtAnnouncedPace {
        /// What is left to do.
        remaining: Value,
        /// The pace and the years.
        #[serde(flatten)]
        pace: PaceRange,
    },
    /// What was promised is reached.
    Reached {
        /// The value.
        value: Value,
        /// The first day on which it was.
        on: NaiveDate,
    },
    /// Due, and what is known is not what was promised.
    NotReachedByDue {
        /// The newest value until the due day.
        value: f64,
        /// What was promised.
        target: Value,
        /// When it was due.
        due: When,
    },
    /// Due in the past, and nothing shows what became of it.
    DueWithoutEvidence {
        /// When it was due.
        due: When,
        /// Days since then.
        days: i64,
    },
    /// Nothing shows its state yet.
    NoEvidenceYet {},
    /// A saving, and nobody says how it is computed.
    MethodNotStated {
        /// The saving, where it is known.
        value: Option<Value>,
    },
    /// A share, and nobody says of what.
    DenominatorNotStated {
        /// The share, where it is known.
        value: Option<Value>,
    },
    /// How much is not said.
    UnknownQuantity {
        /// What is known of it.
        known: Option<Value>,
        /// Of how many that is counted.
        known_of: Option<Value>,
        /// Of how many it should be.
        of: Option<Value>,
    },
    /// Nobody says until when.
    DueNotStated {},
    /// No department answers for it.
    OwnerNotStated {},
    /// When it was announced is not said: what came before cannot be told from what came after.
    PublishedNotStated {},
    /// When a saving has paid back what it cost.
    BreakEven {
        /// The cost.
        investment: PromiseId,
        /// Years of saving, of what was said as it was said.
        years_of_saving: f64,
        /// The year in which the saving begins.
        starts: i32,
        /// The earliest year of all readings.
        first_year: i32,
        /// The latest year of all readings.
        last_year: i32,
        /// Each reading of what was said.
        scenarios: Vec<Reading>,
    },
    /// When a saving has paid back its cost cannot be said.
    BreakEvenUnknown {
        /// The cost.
        investment: PromiseId,
    },
    /// A figure and the earlier ones that it adds to.
    Total {
        /// The promises, earliest first.
        of: Vec<PromiseId>,
        /// Their sum.
        sum: Value,
    },
    /// A figure by another.
    Ratio {
        /// The other.
        per: PromiseId,
        /// The quotient.
        value: f64,
        /// The unit, as `명/회`.
        unit: String,
    },
    /// A figure by the years it covers.
    PerYear {
        /// The quotient.
        value: Value,
        /// The years.
        years: u32,
    },
    /// A state was entered long after the day it tells of.
    EnteredLate {
        /// The day it tells of.
        on: When,
        /// The day it was entered.
        entered: NaiveDate,
        /// Days between.
        days: i64,
    },
    /// A state was entered behind one of a later day.
    EnteredBehind {
        /// The day it tells of.
        on: When,
        /// The day of the state that was there before.
        behind: When,
        /// The day it was entered.
        entered: NaiveDate,
    },
    /// A state tells of a day that has not come: it is none yet.
    StateAhead {
        /// The day it tells of.
        on: When,
    },
    /// The file no longer says a state that it said.
    HistoryEdited {
        /// The day it told of.
        on: When,
        /// What it said.
        text: String,
        /// The day it was first seen.
        entered: NaiveDate,
    },
    /// What the file claims to have been announced became another claim.
    ClaimChanged {
        /// The day the other claim was first seen.
        on: NaiveDate,
        /// What it was.
        was: Claim,
        /// What it became.
        becomes: Claim,
    },
    /// An entry of the ledger is not what was entered.
    EntryTampered {
        /// The day it tells of.
        on: When,
    },
}

impl Found {
    /// Its word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::AddsUp { .. } => "adds-up",
            Self::UnmentionedRemainder { .. } => "unmentioned-remainder",
            Self::PartsExceedTotal { .. } => "parts-exceed-total",
            Self::UnitMismatch { .. } => "unit-mismatch",
            Self::UnknownPart { .. } => "unknown-part",
            Self::Pace { .. } => "pace",
            Self::PaceContradictsDue { .. } => "pace-contradicts-due",
            Self::FinishAtAnnouncedPace { .. } => "finish-at-announced-pace",
            Self::Reached { .. } => "reached",
            Self::NotReachedByDue { .. } => "not-reached-by-due",
            Self::DueWithoutEvidence { .. } => "due-without-evidence",
            Self::NoEvidenceYet {} => "no-evidence-yet",
            Self::MethodNotStated { .. } => "method-not-stated",
            Self::DenominatorNotStated { .. } => "denominator-not-stated",
            Self::UnknownQuantity { .. } => "unknown-quantity",
            Self::DueNotStated {} => "due-not-stated",
            Self::OwnerNotStated {} => "owner-not-stated",
            Self::PublishedNotStated {} => "published-not-stated",
            Self::BreakEven { .. } => "break-even",
            Self::BreakEvenUnknown { .. } => "break-even-unknown",
            Self::Total { .. } => "total",
            Self::Ratio { .. } => "ratio",
            Self::PerYear { .. } => "per-year",
            Self::EnteredLate { .. } => "entered-late",
            Self::EnteredBehind { .. } => "entered-behind",
            Self::StateAhead { .. } => "state-ahead",
            Self::HistoryEdited { .. } => "history-edited",
            Self::ClaimChanged { .. } => "claim-changed",
            Self::EntryTampered { .. } => "entry-tampered",
        }
    }

    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Self::AddsUp { .. }
            | Self::Reached { .. }
            | Self::Total { .. }
            | Self::Ratio { .. }
            | Self::PerYear { .. }
            | Self::FinishAtAnnouncedPace { .. }
            | Self::BreakEven { .. }
            | Self::Pace {
                is_enough: Some(true),
                ..
            } => Weight::Follows,
            Self::PartsExceedTotal { .. }
            | Self::UnitMismatch { .. }
            | Self::PaceContradictsDue { .. }
            | Self::NotReachedByDue { .. }
            | Self::DueWithoutEvidence { .. }
            | Self::StateAhead { .. }
            | Self::HistoryEdited { .. }
            | Self::ClaimChanged { .. }
            | Self::EntryTampered { .. } => Weight::Contradicts,
            _ => Weight::Open,
        }
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Something does not fit.
    Contradicts,
    /// Something is not said.
    Open,
    /// It follows, and is as it should be.
    Follows,
}
