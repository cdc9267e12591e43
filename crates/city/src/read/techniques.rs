//! The techniques of a recipe: offered, with parameters that can be kept, on columns they fit.

use super::Text;
use super::meaning::word;
use crate::Column;
use crate::dataset::{ColumnType, PrivacyClass};
use crate::fault::Fault;
use crate::recipe::{
    Categories, Coding, Format, FormatPreserving, Mask, Noise, Outstanding, Part, Ranges,
    RecipeColumn, Technique, Token,
};

/// A recipe column's techniques, each with the path to where it stands.
pub(super) fn places<'c>(
    column: &'c RecipeColumn,
    at: &str,
) -> impl Iterator<Item = (Vec<String>, &'c Technique)> {
    let base = vec!["columns".to_owned(), at.to_owned()];
    column
        .techniques()
        .enumerate()
        .map(move |(number, technique)| {
            let mut path = base.clone();
            match number.checked_sub(1) {
                None => path.push("technique".to_owned()),
                Some(behind) => path.extend(["then".to_owned(), behind.to_string()]),
            }
            (path, technique)
        })
}

/// A fault maker at a technique's place, or at one of its keys.
struct At<'a, 't> {
    text: &'a Text<'t>,
    path: Vec<String>,
}

impl At<'_, '_> {
    fn fault(&self, keys: &[&str], what: impl Into<String>) -> Fault {
        let path: Vec<&str> = self
            .path
            .iter()
            .map(String::as_str)
            .chain(keys.iter().copied())
            .collect();
        self.text.fault_at(&path, what)
    }
}

/// What is wrong with a column's techniques by themselves.
pub(super) fn of_column(column: &RecipeColumn, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let mut gone = false;
    for (path, technique) in places(column, at) {
        let at = At { text, path };
        if gone {
            let fault = at.fault(&[], "the column is gone already");
            faults.push(fault.remedy("leave `then` out"));
        }
        gone |= *technique == Technique::Delete;
        if let Some(instead) = technique.not_offered() {
            let (word, korean) = technique.names();
            let what = format!("the technique `{word}` ({korean}) is not offered");
            faults.push(at.fault(&[], what).remedy(instead));
        }
        faults.extend(parameters(technique, &at));
    }
}

/// What is wrong with a technique's parameters.
fn parameters(technique: &Technique, at: &At<'_, '_>) -> Option<Fault> {
    match technique {
        Technique::DeletePart(part) => of_part(part, at),
        Technique::DeleteRows(rule) => of_outstanding("delete-rows", rule, at),
        Technique::DeleteLocal(rule) => of_outstanding("delete-local", rule, at),
        Technique::Mask(mask) => of_mask(mask, at),
        Technique::Round(round) => base("round", round.to, at),
        Technique::RoundRandom(round) => base("round-random", round.to, at),
        Technique::RoundControlled(round) => base("round-controlled", round.to, at),
        Technique::TopBottom(coding) => of_coding(coding, at),
        Technique::Range(ranges) => of_ranges(ranges, at),
        Technique::Categorise(categories) => of_categories(categories, at),
        Technique::FormatPreserving(format) => of_format(format, at),
        Technique::Token(token) => of_token(token, at),
        Technique::Noise(noise) => of_noise(noise, at),
        _ => None,
    }
}

fn of_part(part: &Part, at: &At<'_, '_>) -> Option<Fault> {
    (part.first == 0 && part.last == 0).then(|| {
        at.fault(&["delete-part"], "nothing is deleted")
            .expected("`first` or `last`, in characters")
    })
}

fn of_outstanding(word: &str, rule: &Outstanding, at: &At<'_, '_>) -> Option<Fault> {
    if rule.fewer_than.is_none()
        && rule.above.is_none()
        && rule.below.is_none()
        && rule.values.is_empty()
    {
        let fault = at.fault(&[word], "nothing says which values stand out");
        return Some(fault.expected("`fewer-than`, `above`, `below` or `in`"));
    }
    rule.fewer_than.filter(|least| *least < 2).map(|_| {
        at.fault(&[word, "fewer-than"], "no value is shared by so few rows")
            .expected("2 or more")
    })
}

fn of_mask(mask: &Mask, at: &At<'_, '_>) -> Option<Fault> {
    mask.sign.is_alphanumeric().then(|| {
        let what = format!("`{}` could be a part of the value", mask.sign);
        at.fault(&["mask", "sign"], what)
            .expected("a sign that is no letter and no digit, like `*`")
    })
}

fn base(word: &str, to: f64, at: &At<'_, '_>) -> Option<Fault> {
    // The base is read exactly, in decimal digits.
    let exact = (to * 1e9).round() / 1e9;
    let is_exact = (to - exact).abs() <= f64::EPSILON * to.abs();
    (!(to > 0.0 && to <= 1e15 && is_exact)).then(|| {
        at.fault(&[word, "to"], "nothing can be rounded to this")
            .expected("a number above 0 with at most 9 digits behind the point")
    })
}

fn of_coding(coding: &Coding, at: &At<'_, '_>) -> Option<Fault> {
    if coding.bottom.is_none() && coding.top.is_none() {
        let fault = at.fault(&["top-bottom"], "there is no bound");
        return Some(fault.expected("`bottom`, `top` or both"));
    }
    for (key, bound, word) in [
        ("bottom-word", coding.bottom, &coding.bottom_word),
        ("top-word", coding.top, &coding.top_word),
    ] {
        if word.is_some() && bound.is_none() {
            return Some(at.fault(&["top-bottom", key], "its bound is missing"));
        }
    }
    let (bottom, top) = (coding.bottom?, coding.top?);
    (bottom >= top).then(|| {
        at.fault(
            &["top-bottom", "top"],
            "the bounds leave nothing between them",
        )
        .expected(format!("more than {bottom}"))
    })
}

fn of_ranges(ranges: &Ranges, at: &At<'_, '_>) -> Option<Fault> {
    match (ranges.width, ranges.edges.is_empty()) {
        (Some(_), false) => Some(
            at.fault(&["range", "edges"], "both `width` and `edges` are given")
                .remedy("leave one of them out"),
        ),
        (None, true) => Some(
            at.fault(&["range"], "there are no intervals")
                .expected("`width`, or `edges` in rising order"),
        ),
        (Some(width), true) => (!(width > 0.0 && width.is_finite())).then(|| {
            at.fault(&["range", "width"], "no interval is so wide")
                .expected("a number above 0")
        }),
        (None, false) => {
            let rises = ranges
                .edges
                .iter()
                .zip(ranges.edges.iter().skip(1))
                .all(|(left, right)| left < right);
            if !rises {
                return Some(at.fault(&["range", "edges"], "the edges do not rise"));
            }
            ranges.from.is_some().then(|| {
                at.fault(&["range", "from"], "edges say where intervals begin")
                    .remedy("leave `from` out")
            })
        }
    }
}

fn of_categories(categories: &Categories, at: &At<'_, '_>) -> Option<Fault> {
    if categories.categories.is_empty() {
        return Some(at.fault(&["categorise", "categories"], "there is no category"));
    }
    let empty = |category: &crate::recipe::Category| {
        category.name.trim().is_empty() || (category.of.is_empty() && category.with.is_empty())
    };
    let number = categories.categories.iter().position(empty)?.to_string();
    Some(
        at.fault(
            &["categorise", "categories", &number],
            "the category holds nothing",
        )
        .expected("a `name`, and values in `of` or words in `with`"),
    )
}

fn of_format(format: &FormatPreserving, at: &At<'_, '_>) -> Option<Fault> {
    (format.checksum && format.of != Format::ResidentNo).then(|| {
        at.fault(
            &["format-preserving", "checksum"],
            "this form has no check digit",
        )
        .expected("`of = \"resident-no\"`")
    })
}

fn of_token(token: &Token, at: &At<'_, '_>) -> Option<Fault> {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    (!token.prefix.chars().all(is_plain) || token.prefix.len() > 16).then(|| {
        at.fault(
            &["token", "prefix"],
            format!("`{}` begins no token", token.prefix),
        )
        .expected("at most 16 letters, digits, `-` and `_`")
    })
}

fn of_noise(noise: &Noise, at: &At<'_, '_>) -> Option<Fault> {
    if !(noise.scale > 0.0 && noise.scale <= 1e12) {
        let fault = at.fault(&["noise", "scale"], "this is no noise");
        return Some(fault.expected("a number above 0"));
    }
    let (min, max) = (noise.min?, noise.max?);
    (min >= max).then(|| {
        at.fault(&["noise", "max"], "the bounds leave nothing between them")
            .expected(format!("more than {min}"))
    })
}

/// Whether techniques fit the column they are for.
pub(super) fn fit(
    own: &RecipeColumn,
    column: &Column,
    at: &str,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let mut is_number = matches!(
        column.column_type,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number | ColumnType::Year
    );
    let mut made_text = None;
    for (path, technique) in places(own, at) {
        let at = At { text, path };
        let (name, korean) = technique.names();
        if technique.needs_numbers() && !is_number {
            let why = match made_text {
                Some(before) => format!("`{}` is none behind `{before}`", own.name),
                None => format!("`{}` is none (`{}`)", own.name, word(&column.column_type)),
            };
            let what = format!("`{name}` ({korean}) works on numbers, and {why}");
            faults.push(at.fault(&[name], what));
        }
        if is_number && !keeps_numbers(technique) {
            (is_number, made_text) = (false, Some(name));
        }
    }
    let is_identity = matches!(
        column.privacy,
        PrivacyClass::Identifier | PrivacyClass::UniqueId
    );
    if is_identity && !own.techniques().any(hides) {
        let names: Vec<&str> = own
            .techniques()
            .map(|technique| technique.names().0)
            .collect();
        let what = format!(
            "`{}` is an identifier and leaves as it is under `{}`",
            own.name,
            names.join("`, `")
        );
        let fault = text.fault_at(&["columns", at, "technique"], what);
        faults.push(fault.expected(
            "`delete`, `mask`, `keyed-one-way`, `format-preserving`, `token`, `generalise`, `categorise` or `random-number`",
        ));
    }
}

/// Whether what leaves it is a number if what entered was one.
fn keeps_numbers(technique: &Technique) -> bool {
    match technique {
        Technique::TopBottom(coding) => coding.top_word.is_none() && coding.bottom_word.is_none(),
        Technique::Keep
        | Technique::DeleteRows(_)
        | Technique::DeleteLocal(_)
        | Technique::Permute(_) => true,
        _ => technique.needs_numbers() && !matches!(technique, Technique::Range(_)),
    }
}

/// Whether an identifier is one no longer behind it.
fn hides(technique: &Technique) -> bool {
    matches!(
        technique,
        Technique::Delete
            | Technique::DeletePart(_)
            | Technique::Mask(_)
            | Technique::Total(_)
            | Technique::Generalise(_)
            | Technique::Categorise(_)
            | Technique::KeyedOneWay(_)
            | Technique::FormatPreserving(_)
            | Technique::Token(_)
            | Technique::RandomNumber(_)
    )
}
