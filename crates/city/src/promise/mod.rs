//! `promises/<id>.toml`: a figure that was announced, and what became of it.
//!
//! A manifest holds what was said, word for word, and where. What follows from it is arithmetic and belongs to room
//! `measure`; on which day a status was entered is for room `records` to say.

mod figure;
mod state;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::Release;
use crate::id::{DepartmentId, PromiseId};
use crate::lang::Lang;
pub use crate::when::When;
pub use figure::{
    CountedAt, Kind, NamedPart, Pace, PromisedFigure, Reach, Reads, Saving, Scenario, ShownBy,
    Span, Tense,
};
pub use state::{Evidence, PromiseState, Status, Unchecked, Unstated};

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

    /// The unit as it is read in a language.
    pub fn unit_in(&self, lang: Lang) -> Option<&str> {
        let figure = self.figure.as_ref()?;
        Some(in_lang(lang, &figure.unit, figure.unit_en.as_deref()))
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
