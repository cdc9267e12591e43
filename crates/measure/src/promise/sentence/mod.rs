//! Each finding in one sentence, as citizens read it.

mod en;
mod ko;

use city::{Lang, PromiseId};

use super::Ledger;
use super::finding::{Finding, PaceRange, Value};
use crate::format;

/// A finding in one sentence.
pub fn sentence(finding: &Finding, ledger: &Ledger<'_>, lang: Lang) -> String {
    let say = Say {
        ledger,
        lang,
        unit: unit_of(finding, ledger),
    };
    match lang {
        Lang::Ko => say.korean(&finding.what),
        Lang::En => say.english(&finding.what),
    }
}

fn unit_of<'l>(finding: &Finding, ledger: &Ledger<'l>) -> &'l str {
    let promise = ledger.promise(&finding.promise);
    promise.and_then(city::Promise::unit).unwrap_or_default()
}

/// A number as people read it: whole where it is whole, else two digits.
pub fn number(value: f64, lang: Lang) -> String {
    let is_whole = (value - value.round()).abs() < 1e-9 * value.abs().max(1.0);
    let digits = if is_whole || value.abs() >= 10_000.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    };
    format::headline(value, digits, lang)
}

/// A number with its unit: `335개 마을`, `115억 원`.
pub fn amount(value: f64, unit: &str, lang: Lang) -> String {
    let number = number(value, lang);
    let is_tight = matches!(unit, "%" | "‰");
    let ends_in_word = number.ends_with(['만', '억', '조']);
    match lang {
        _ if is_tight => format!("{number}{unit}"),
        Lang::Ko if ends_in_word => format!("{number} {unit}"),
        Lang::Ko => format!("{number}{unit}"),
        Lang::En => format!("{number} {unit}"),
    }
}

#[cfg(test)]
pub(crate) fn in_words(value: f64, unit: &str, ledger: &Ledger<'_>, lang: Lang) -> String {
    let say = Say {
        ledger,
        lang,
        unit: "",
    };
    say.amount(value, unit)
}

struct Say<'s, 'l> {
    ledger: &'s Ledger<'l>,
    lang: Lang,
    unit: &'l str,
}

impl Say<'_, '_> {
    fn amount(&self, value: f64, unit: &str) -> String {
        amount(value, &self.unit_of(unit), self.lang)
    }

    /// A unit as it is read: in English by the words that any promise has for it, piece by piece where it is one by
    /// another (`원/년`).
    fn unit_of(&self, unit: &str) -> String {
        if self.lang == Lang::Ko {
            return unit.to_owned();
        }
        let figures = || self.ledger.promises.values().flat_map(|own| &own.figure);
        let word = |unit: &str| {
            let mut all = figures().filter(|figure| figure.unit == unit);
            let own = all.find_map(|figure| figure.unit_en.clone());
            own.or_else(|| (unit == "년").then(|| "year".to_owned()))
        };
        word(unit).unwrap_or_else(|| {
            let pieces = unit.split('/');
            let pieces = pieces.map(|piece| word(piece).unwrap_or_else(|| piece.to_owned()));
            pieces.collect::<Vec<_>>().join("/")
        })
    }

    fn own(&self, value: f64) -> String {
        self.amount(value, self.unit)
    }

    fn with(&self, value: &Value) -> String {
        self.amount(value.value, &value.unit)
    }

    fn title(&self, id: &PromiseId) -> String {
        let promise = self.ledger.promise(id);
        promise.map_or_else(|| id.to_string(), |own| own.title(self.lang).to_owned())
    }

    fn share(&self, share: f64) -> String {
        amount(share * 100.0, "%", self.lang)
    }

    fn years(&self, first: i32, last: i32) -> String {
        match self.lang {
            Lang::Ko if first == last => format!("{first}년"),
            Lang::Ko => format!("{first}~{last}년"),
            Lang::En if first == last => first.to_string(),
            Lang::En => format!("{first} to {last}"),
        }
    }

    fn range(&self, [least, most]: [f64; 2]) -> String {
        if (least - most).abs() < f64::EPSILON {
            return self.own(least);
        }
        let sign = if self.lang == Lang::Ko { "~" } else { " to " };
        format!("{}{sign}{}", number(least, self.lang), self.own(most))
    }

    fn pace(&self, pace: &PaceRange) -> (String, String) {
        (
            self.range(pace.per_year),
            self.years(pace.first_year, pace.last_year),
        )
    }

    fn claim(&self, claim: &city::promise::Claim) -> String {
        let value = claim.value.zip(claim.unit.as_deref());
        let value = value.map(|(value, unit)| self.amount(value, unit));
        let unknown = if self.lang == Lang::Ko {
            "수량 없음"
        } else {
            "no figure"
        };
        let mut parts = vec![value.unwrap_or_else(|| unknown.to_owned())];
        if let Some(due) = &claim.due {
            parts.push(match self.lang {
                Lang::Ko => format!("기한 {due}"),
                Lang::En => format!("due {due}"),
            });
        }
        if let Some(published) = &claim.published {
            parts.push(match self.lang {
                Lang::Ko => format!("알린 날 {published}"),
                Lang::En => format!("published {published}"),
            });
        }
        parts.push(format!("“{}”", claim.sentence));
        parts.join(", ")
    }
}

/// Something in brackets, where there is something.
fn bracketed(text: Option<String>) -> String {
    text.map(|text| format!("({text})")).unwrap_or_default()
}
