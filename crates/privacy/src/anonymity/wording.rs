//! Models as words: read from the command line, written into answers.

use std::fmt;

use super::model::{Ground, Model, ROUNDING};

impl Model {
    /// Reads one or more models: `k=5`, `distinct-l=3`, `recursive-l=4,3`, joined by `+` if need be. The forms with
    /// brackets, as tables of results write them, are read too: `recursive-(4;3)(occupation)`.
    ///
    /// # Errors
    /// Says what was not understood.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        text.split('+').map(|part| Self::one(part.trim())).collect()
    }

    fn one(text: &str) -> Result<Self, String> {
        let (name, numbers) = taken_apart(text);
        let number = |at: usize| -> Result<f64, String> {
            let word = numbers.get(at).copied().unwrap_or_default();
            let number: f64 = word
                .parse()
                .map_err(|error| format!("`{text}`: `{word}`: {error}; {FORMS}"))?;
            if number.is_finite() && number >= 0.0 {
                Ok(number)
            } else {
                Err(format!("`{text}`: {word} must be 0 or more"))
            }
        };
        let count = |at: usize| -> Result<u32, String> {
            let word = numbers.get(at).copied().unwrap_or_default();
            match word.strip_suffix(".0").unwrap_or(word).parse() {
                Ok(count) if count > 0 => Ok(count),
                _ => Err(format!(
                    "`{text}`: `{word}` is no whole number from 1; {FORMS}"
                )),
            }
        };
        let share = |at: usize| match number(at)? {
            share if share <= 1.0 => Ok(share),
            share => Err(format!("`{text}`: {share} must be between 0 and 1")),
        };
        let closeness = |ground| {
            Ok(Self::T {
                ground,
                t: share(0)?,
            })
        };
        let wanted = if matches!(name, "recursive-l" | "recursive" | "delta-presence") {
            2
        } else {
            1
        };
        if numbers.len() != wanted {
            return Err(format!("`{text}` needs {wanted} number(s); {FORMS}"));
        }
        match name {
            "k" | "k-anonymity" => Ok(Self::K(count(0)?)),
            "distinct-l" => Ok(Self::DistinctL(count(0)?)),
            "entropy-l" => match number(0)? {
                l if l >= 1.0 => Ok(Self::EntropyL(l)),
                l => Err(format!("`{text}`: {l} must be 1 or more")),
            },
            "recursive-l" | "recursive" => Ok(Self::RecursiveL {
                c: number(0)?,
                l: count(1)?,
            }),
            "t" | "equal-t" => closeness(Ground::Equal),
            "ordered-t" => closeness(Ground::Ordered),
            "hierarchical-t" => closeness(Ground::Hierarchical),
            "beta" | "enhanced-beta" => Ok(Self::Beta {
                is_enhanced: true,
                beta: number(0)?,
            }),
            "basic-beta" => Ok(Self::Beta {
                is_enhanced: false,
                beta: number(0)?,
            }),
            "delta-presence" => match (share(0)?, share(1)?) {
                (min, max) if min <= max => Ok(Self::DeltaPresence { min, max }),
                (min, max) => Err(format!("`{text}`: {min} is more than {max}")),
            },
            "k-map" => Ok(Self::KMap(count(0)?)),
            "risk" | "avg-risk" | "average-risk" => Ok(Self::AverageRisk(share(0)?)),
            "sample-uniqueness" | "uniqueness" => Ok(Self::Uniqueness(share(0)?)),
            "prosecutor-risk" => match share(0)? {
                risk if risk > 0.0 => Ok(Self::K(rows_for(risk))),
                _ => Err(format!(
                    "`{text}`: the risk of a row that is released is never 0"
                )),
            },
            _ => Err(format!("there is no model `{name}`; {FORMS}")),
        }
    }
}

/// The forms of models, for messages.
const FORMS: &str = "a model is one of k=5, distinct-l=3, entropy-l=3, recursive-l=4,3, t=0.2, ordered-t=0.2, \
hierarchical-t=0.2, beta=2, basic-beta=2, delta-presence=0,0.2, k-map=5, risk=0.05, sample-uniqueness=0.01, \
prosecutor-risk=0.2";

/// Name and numbers: `recursive-(4;3)(occupation)` is `recursive` with 4 and 3. A trailing bracket that holds no number
/// names the column or file meant and is left out.
fn taken_apart(text: &str) -> (&str, Vec<&str>) {
    let is_number = |word: &str| word.trim().parse::<f64>().is_ok();
    let mut text = text;
    if let Some((before, inside)) = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
        && !inside.split([';', ',']).all(is_number)
    {
        text = before;
    }
    let (name, numbers) = match text.split_once('=') {
        Some(halves) => halves,
        None => text
            .find(|sign: char| sign == '(' || sign.is_ascii_digit())
            .map_or((text, ""), |at| text.split_at(at)),
    };
    let numbers = numbers.trim_matches(['(', ')', ' ']);
    let numbers = numbers
        .split([';', ','])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    (name.trim_end_matches('-').trim(), numbers)
}

/// The least rows of a class whose rows are found out with at most this chance.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range before"
)]
fn rows_for(risk: f64) -> u32 {
    (1.0 / risk - ROUNDING).ceil().clamp(1.0, 4e9) as u32
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::K(k) => write!(f, "k={k}"),
            Self::DistinctL(l) => write!(f, "distinct-l={l}"),
            Self::EntropyL(l) => write!(f, "entropy-l={l}"),
            Self::RecursiveL { c, l } => write!(f, "recursive-l={c},{l}"),
            Self::T { ground, t } => match ground {
                Ground::Equal => write!(f, "t={t}"),
                Ground::Ordered => write!(f, "ordered-t={t}"),
                Ground::Hierarchical => write!(f, "hierarchical-t={t}"),
            },
            Self::Beta { is_enhanced, beta } => {
                let name = if *is_enhanced { "beta" } else { "basic-beta" };
                write!(f, "{name}={beta}")
            }
            Self::DeltaPresence { min, max } => write!(f, "delta-presence={min},{max}"),
            Self::KMap(k) => write!(f, "k-map={k}"),
            Self::AverageRisk(risk) => write!(f, "risk={risk}"),
            Self::Uniqueness(share) => write!(f, "sample-uniqueness={share}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_read_as_told_and_as_tables_of_results_write_them() {
        let one = |text: &str| Model::parse(text).unwrap();
        assert_eq!(one("k=5"), [Model::K(5)]);
        assert_eq!(one("distinct-l=3(occupation)"), [Model::DistinctL(3)]);
        assert_eq!(one("recursive-(4;3)(occupation)"), one("recursive-l=4,3"));
        assert_eq!(one("k5+equal-t=0.1(occupation)"), one("k=5+t=0.1"));
        assert_eq!(one("delta-presence=(0.0;0.2)"), one("delta-presence=0,0.2"));
        assert_eq!(one("k-map=3(adult_subset)"), [Model::KMap(3)]);
        assert_eq!(one("avg-risk=0.01"), one("risk=0.01"));
        assert_eq!(one("prosecutor-risk=0.2"), [Model::K(5)]);
        for text in [
            "k=5",
            "recursive-l=4,3",
            "hierarchical-t=0.2",
            "beta=2",
            "delta-presence=0,0.2",
        ] {
            assert_eq!(one(text)[0].to_string(), text);
        }
        for wrong in [
            "",
            "k",
            "k=0",
            "k=-1",
            "k=x",
            "l=3",
            "t=2",
            "recursive-l=4",
            "delta-presence=0.3,0.2",
            "entropy-l=0.5",
            "risk=nan",
        ] {
            assert!(Model::parse(wrong).is_err(), "{wrong}");
        }
    }
}
