//! Units: which are of one kind, and how much more the one is than the other.

/// How much a word before a unit multiplies it.
const SCALES: [(&str, f64); 9] = [
    ("백만", 1e6),
    ("천만", 1e7),
    ("십억", 1e9),
    ("백억", 1e10),
    ("천억", 1e11),
    ("조", 1e12),
    ("억", 1e8),
    ("만", 1e4),
    ("천", 1e3),
];

/// Spellings of one unit.
const SAME: [(&str, &str); 11] = [
    ("µg/m³", "㎍/㎥"),
    ("μg/m³", "㎍/㎥"),
    ("µg/m3", "㎍/㎥"),
    ("ug/m3", "㎍/㎥"),
    ("mg/m³", "㎎/㎥"),
    ("mg/L", "㎎/L"),
    ("ug/L", "㎍/L"),
    ("µg/L", "㎍/L"),
    ("m²", "㎡"),
    ("m³", "㎥"),
    ("km²", "㎢"),
];

/// The same in English, where a space stands behind them.
const ENGLISH: [(&str, f64); 4] = [
    ("thousand ", 1e3),
    ("million ", 1e6),
    ("billion ", 1e9),
    ("trillion ", 1e12),
];

/// Units that a Korean word stands before without a space.
const COUNTERS: [&str; 10] = [
    "원", "명", "인", "건", "호", "대", "개", "톤", "가구", "세대",
];

/// By how much a word before a unit multiplies it, and the unit without it; nothing where there is none, as in `만족도` or
/// `천 명당 건`.
///
/// ```
/// assert_eq!(city::unit::scale("백만 원"), Some((1e6, "원")));
/// assert_eq!(city::unit::scale("million won"), Some((1e6, "won")));
/// assert_eq!(city::unit::scale("천명"), Some((1e3, "명")));
/// assert_eq!(city::unit::scale("만족도"), None);
/// assert_eq!(city::unit::scale("천 명당 건"), None);
/// ```
pub fn scale(unit: &str) -> Option<(f64, &str)> {
    let unit = unit.trim();
    let mut all = SCALES.iter().chain(&ENGLISH);
    all.find_map(|(word, many)| {
        let rest = unit.strip_prefix(word)?;
        let plain = rest.trim_start();
        let is_apart = word.ends_with(' ') || plain.len() < rest.len();
        let is_unit = !plain.is_empty() && (is_apart || COUNTERS.contains(&plain));
        let is_rate = plain.contains(['당', '/']) || plain.contains(" per ");
        (is_unit && !is_rate).then_some((*many, plain))
    })
}

/// What `value` in `from` is in `to`; nothing where the units are not of one kind.
///
/// ```
/// assert_eq!(city::unit::converted(20.0, "억 원", "원"), Some(2e9));
/// assert_eq!(city::unit::converted(5.0, "‰", "%"), Some(0.5));
/// assert_eq!(city::unit::converted(5.0, "명", "원"), None);
/// ```
pub fn converted(value: f64, from: &str, to: &str) -> Option<f64> {
    let ((from, many), (to, few)) = (parted(from), parted(to));
    if from != to {
        return None;
    }
    // The same unit changes no digit.
    Some(if many.to_bits() == few.to_bits() {
        value
    } else {
        value * many / few
    })
}

/// A unit without the word that multiplies it, and by how much that does.
fn parted(unit: &str) -> (String, f64) {
    let plain: String = unit.chars().filter(|letter| *letter != ' ').collect();
    if plain == "‰" {
        return ("%".to_owned(), 0.1);
    }
    if let Some((_, same)) = SAME.iter().find(|(spelling, _)| *spelling == plain) {
        return ((*same).to_owned(), 1.0);
    }
    for (word, many) in SCALES {
        if let Some(rest) = plain.strip_prefix(word)
            && !rest.is_empty()
        {
            return (rest.to_owned(), many);
        }
    }
    (plain, 1.0)
}

#[cfg(test)]
mod tests {
    use super::converted;

    #[test]
    fn units_of_one_kind_are_converted_and_others_are_not() {
        for (value, from, to, expected) in [
            (3.0, "원", "원", Some(3.0)),
            (3.5, "억 원", "원", Some(350_000_000.0)),
            (2.0, "천명", "만 명", Some(0.2)),
            (30.0, "㎍/㎥", "µg/m³", Some(30.0)),
            (1.0, "%", "‰", Some(10.0)),
            (1.0, "", "%", None),
            (1.0, "건", "명", None),
            (1.0, "대/천 명", "대/만 명", None),
        ] {
            assert_eq!(converted(value, from, to), expected, "{value} {from} {to}");
        }
    }
}
