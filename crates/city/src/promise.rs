//! `promises/<id>.toml`: a figure that was announced, and what became of it.
//!
//! A manifest holds what was said, word for word, and where. What follows from it is arithmetic and belongs to room
//! `measure`; on which day a status was entered is for room `records` to say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::Release;
use crate::id::{DepartmentId, MeasureId, PromiseId};
use crate::lang::Lang;
pub use crate::when::When;

/// The form of an address in the web.
pub const WEB_PATTERN: &str = "^https?://";

/// A figure that was announced: the sentence, its source, and what it hangs together with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Promise {
    /// Id; the same as the file's name without `.toml`.
    pub id: PromiseId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// The sentence as it was published.
    pub sentence: String,
    /// The same in English.
    #[serde(default)]
    pub sentence_en: Option<String>,
    /// What it is about; promises of one topic stand together.
    #[serde(default)]
    pub topic: Option<String>,
    /// Who announced it, where it is not the city itself.
    #[serde(default)]
    pub body: Option<String>,
    /// The department that answers for it.
    #[serde(default)]
    pub department: Option<DepartmentId>,
    /// Who may see it.
    #[serde(default)]
    pub release: Release,
    /// Where it was published.
    #[serde(default)]
    pub source: Origin,
    /// Whether the sentence tells of something done, planned, or how things stand.
    #[serde(default)]
    pub tense: Tense,
    /// The word by which the source called its state.
    #[serde(default)]
    pub said: Option<String>,
    /// What kind of figure it is.
    #[serde(default)]
    pub kind: Kind,
    /// The figure and its unit.
    #[serde(default)]
    pub figure: Option<PromisedFigure>,
    /// The years, months or days that the figure covers.
    #[serde(default)]
    pub period: Span,
    /// When it is due; the last day of what is written.
    #[serde(default)]
    pub due: Option<When>,
    /// The measure that shows its state.
    #[serde(default)]
    pub measure: Option<ShownBy>,
    /// The total that it is a part of.
    #[serde(default)]
    pub part_of: Option<PromiseId>,
    /// The earlier promise whose figure it adds to.
    #[serde(default)]
    pub adds_to: Option<PromiseId>,
    /// Promises by whose figure this one may be divided.
    #[serde(default)]
    pub per: Vec<PromiseId>,
    /// Parts that the announcement names without making them promises of their own.
    #[serde(default)]
    pub parts: Vec<NamedPart>,
    /// Of which other promises the figure is counted, and of which it is not said.
    #[serde(default)]
    pub counted_at: Option<CountedAt>,
    /// How the figure is computed, as published.
    #[serde(default)]
    pub method: Option<String>,
    /// What a share is a share of, as published.
    #[serde(default)]
    pub denominator: Option<String>,
    /// The pace a year that was announced.
    #[serde(default)]
    pub pace: Option<Pace>,
    /// What a saving pays back.
    #[serde(default)]
    pub saving: Option<Saving>,
    /// The cost that this saving may be inside of already; the announcement does not say.
    #[serde(default)]
    pub maybe_in: Option<PromiseId>,
    /// What was looked for in the announcement and is not in it.
    #[serde(default)]
    pub not_stated: Vec<Unstated>,
    /// What a person still has to look up; nothing is concluded from its absence.
    #[serde(default)]
    pub unchecked: Vec<Unchecked>,
    /// What shows its state.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Its states, oldest first, as the department wrote them into the file.
    #[serde(default)]
    pub history: Vec<Status>,
}

/// Where a sentence was published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Origin {
    /// Name of the document.
    #[serde(default)]
    pub document: Option<String>,
    /// Page in it.
    #[serde(default)]
    pub page: Option<String>,
    /// Address in the web.
    #[serde(default)]
    #[schemars(regex(pattern = WEB_PATTERN))]
    pub address: Option<String>,
    /// When it was published.
    #[serde(default)]
    pub date: Option<When>,
}

/// What a sentence tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tense {
    /// Something that was done.
    Done,
    /// Something that will be.
    #[default]
    Planned,
    /// How things stand.
    Standing,
}

/// Kinds of announced figures: each needs something else to mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A count, a length, an amount.
    #[default]
    Amount,
    /// A share of a whole: needs its denominator.
    Share,
    /// Money that is spent.
    Cost,
    /// Money that is saved: needs its method.
    Saving,
}

/// A figure with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PromisedFigure {
    /// The value; absent where it is not known. Unknown is not 0.
    #[serde(default)]
    pub value: Option<f64>,
    /// Unit: `개소`, `명`, `원`, `원/년`, `%`, ...
    #[schemars(length(min = 1))]
    pub unit: String,
    /// Whether it is to be reached from below or from above.
    #[serde(default)]
    pub reach: Reach,
    /// The value where it began, if that was said.
    #[serde(default)]
    pub start: Option<f64>,
}

/// From which side a figure is to be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// That much or more.
    #[default]
    AtLeast,
    /// That much or less.
    AtMost,
}

/// A time from and to; without begin or end where one is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Span {
    /// Its first year, month or day.
    #[serde(default)]
    pub from: Option<When>,
    /// Its last one.
    #[serde(default)]
    pub to: Option<When>,
}

impl Span {
    /// The number of whole calendar years it covers; nothing where it has no begin or no end, or is no whole years.
    pub fn years(&self) -> Option<u32> {
        let (from, to) = (self.from.as_ref()?, self.to.as_ref()?);
        if !(from.is_year() && to.is_year()) {
            return None;
        }
        u32::try_from(to.year()? - from.year()? + 1).ok()
    }
}

/// The measure that shows a promise's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShownBy {
    /// The measure.
    pub id: MeasureId,
    /// How its history is read.
    #[serde(default)]
    pub reads: Reads,
}

/// How the history of a measure shows a promise's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// Each value is the state then.
    #[default]
    Level,
    /// Each value is what was added then: the state is their sum since the period began.
    RunningTotal,
}

/// A part named in the announcement itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NamedPart {
    /// What it is.
    pub title: String,
    /// How many.
    pub value: f64,
}

/// Of what a figure is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CountedAt {
    /// Promises whose things it is counted of.
    pub of: Vec<PromiseId>,
    /// Promises of whose things it is not said.
    pub not_of: Vec<PromiseId>,
}

/// A pace that was announced, a year, in the figure's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pace {
    /// The slowest.
    pub least: f64,
    /// The fastest; the slowest when absent.
    #[serde(default)]
    pub most: Option<f64>,
}

/// What a yearly saving pays back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Saving {
    /// The cost.
    pub investment: PromiseId,
    /// When the saving begins; the begin of the period when absent.
    #[serde(default)]
    pub starts: Option<When>,
    /// What else may be so.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
}

/// Another reading of an announcement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// The cost in this reading.
    #[serde(default)]
    pub investment: Option<f64>,
    /// The saving a year in this reading.
    #[serde(default)]
    pub per_year: Option<f64>,
    /// When it begins in this reading.
    #[serde(default)]
    pub starts: Option<When>,
}

/// What can be missing in an announcement.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Unstated {
    /// How much.
    Figure,
    /// Of what a share is.
    Denominator,
    /// How it is computed.
    Method,
    /// Until when.
    Due,
}

/// What a person can still have to look up.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Unchecked {
    /// Which department answers for it.
    Department,
    /// Document, page, address and date.
    Source,
    /// What shows its state.
    Evidence,
    /// Whether it tells of something done, planned, or how things stand.
    Tense,
    /// How much, where it is written in a way that is no number.
    Figure,
}

impl Unchecked {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Source => "source",
            Self::Evidence => "evidence",
            Self::Tense => "tense",
            Self::Figure => "figure",
        }
    }
}

/// Something that shows a promise's state on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Evidence {
    /// The day it tells of.
    pub on: When,
    /// What it is: a document, a photograph, a count.
    pub title: String,
    /// Page in it.
    #[serde(default)]
    pub page: Option<String>,
    /// Address in the web.
    #[serde(default)]
    #[schemars(regex(pattern = WEB_PATTERN))]
    pub address: Option<String>,
    /// The state it shows, in the figure's unit.
    #[serde(default)]
    pub value: Option<f64>,
}

/// A state on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Status {
    /// The day it tells of.
    pub on: When,
    /// The state.
    pub state: PromiseState,
    /// What happened, in a sentence.
    pub text: String,
    /// How far it is, in the figure's unit.
    #[serde(default)]
    pub value: Option<f64>,
}

/// States of a promise.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PromiseState {
    /// Nothing was begun yet.
    Planned,
    /// It was begun.
    UnderWay,
    /// It is kept.
    Kept,
    /// It was not kept.
    Missed,
    /// It was given up or changed.
    Withdrawn,
}

impl PromiseState {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::Planned,
        Self::UnderWay,
        Self::Kept,
        Self::Missed,
        Self::Withdrawn,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::UnderWay => "under-way",
            Self::Kept => "kept",
            Self::Missed => "missed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether nothing more is to come.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Kept | Self::Missed | Self::Withdrawn)
    }
}

impl Promise {
    /// Its title in a language.
    pub fn title(&self, lang: Lang) -> &str {
        in_lang(lang, &self.title, self.title_en.as_deref())
    }

    /// The sentence in a language.
    pub fn sentence(&self, lang: Lang) -> &str {
        in_lang(lang, &self.sentence, self.sentence_en.as_deref())
    }

    /// Whether everybody may see it.
    pub fn is_open(&self) -> bool {
        self.release == Release::Open
    }

    /// The figure's value, where it is known.
    pub fn value(&self) -> Option<f64> {
        self.figure.as_ref()?.value
    }

    /// The figure's unit, where there is one.
    pub fn unit(&self) -> Option<&str> {
        self.figure.as_ref().map(|figure| figure.unit.as_str())
    }

    /// Whether something is not in the announcement, by the word of who looked.
    pub fn leaves_out(&self, what: Unstated) -> bool {
        self.not_stated.contains(&what)
    }

    /// Whether somebody still has to look something up.
    pub fn is_unchecked(&self, what: Unchecked) -> bool {
        self.unchecked.contains(&what)
    }

    /// What its file claims to have been announced, in one form: two texts differ only where the claim does.
    pub fn claim(&self) -> Claim {
        Claim {
            sentence: self.sentence.clone(),
            value: self.value(),
            unit: self.unit().map(str::to_owned),
            due: self.due.clone(),
            published: self.source.date.clone(),
        }
    }
}

/// What a promise claims to have been announced: what must not change unseen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Claim {
    /// The sentence.
    pub sentence: String,
    /// The figure.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: Option<String>,
    /// When it is due.
    pub due: Option<When>,
    /// When it was published.
    pub published: Option<When>,
}

fn in_lang<'t>(lang: Lang, ko: &'t str, en: Option<&'t str>) -> &'t str {
    match (lang, en) {
        (Lang::En, Some(en)) => en,
        _ => ko,
    }
}
