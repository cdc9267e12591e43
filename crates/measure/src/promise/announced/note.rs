//! Notes of announcements in Korean phrases: `X의 부분`, `분모 미기재`, `이름이 적힌 것은 6종`.

use city::promise::Unstated;

/// What a clause of a note says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Clause {
    /// It is a part of what these words name.
    PartOf(String),
    /// This is not stated.
    NotStated(Unstated),
    /// Whether it is inside of what these words name already is not stated.
    MaybeIn(String),
    /// Of so many earlier ones, in this unit, it is not stated.
    NotOfEarlier(f64, String),
    /// The figure is made up of these, as far as they are named.
    Parts(Vec<(String, f64)>),
    /// Somebody looked for evidence, and there is none.
    NoEvidence(String),
    /// It is a total.
    Total,
    /// Anything else.
    Other(String),
}

impl Clause {
    /// The words, where they became no key.
    pub(super) fn left(&self) -> Option<String> {
        match self {
            Self::Other(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// The clauses of a note.
pub(super) fn clauses(note: &str) -> Vec<Clause> {
    note.split([';', '；', '\n'])
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
        .map(clause)
        .collect()
}

fn clause(text: &str) -> Clause {
    if matches!(text, "총계" | "합계" | "전체" | "계") {
        return Clause::Total;
    }
    for ending in ["의 부분", "의 일부", " 중 일부", " 가운데 일부"] {
        if let Some(total) = text.strip_suffix(ending) {
            return Clause::PartOf(total.trim().to_owned());
        }
    }
    if let Some(what) = unstated(text) {
        return what;
    }
    let says_none = ["없음", "없다", "없습니다"]
        .iter()
        .any(|end| text.ends_with(end));
    if says_none && text.contains("증거") {
        return Clause::NoEvidence(text.to_owned());
    }
    if let Some(parts) = parts(text) {
        return Clause::Parts(parts);
    }
    Clause::Other(text.to_owned())
}

/// `분모 미기재`, `사업비 115억에 이미 반영되었는지 미기재`, `이전 334개소의 AP 수는 미기재`.
fn unstated(text: &str) -> Option<Clause> {
    let endings = ["미기재", "밝히지 않음", "적혀 있지 않음", "미상"];
    let what = endings
        .iter()
        .find_map(|end| text.strip_suffix(end))?
        .trim();
    let bare = without_particle(what);
    for ending in [
        "반영되었는지",
        "반영됐는지",
        "포함되었는지",
        "포함됐는지",
        "반영 여부",
        "포함 여부",
    ] {
        if let Some(inside) = bare.strip_suffix(ending) {
            let inside = inside.trim().trim_end_matches("이미").trim();
            let inside = inside.strip_suffix("에의").or(inside.strip_suffix('에'));
            return inside.map(|words| Clause::MaybeIn(words.trim().to_owned()));
        }
    }
    for begin in ["이전 ", "기존 ", "종전 "] {
        if let Some((count, unit)) = bare.strip_prefix(begin).and_then(counted_of) {
            return Some(Clause::NotOfEarlier(count, unit));
        }
    }
    let is = |words: &[&str]| words.iter().any(|word| bare.ends_with(word));
    if is(&["분모", "모수", "기준 전체"]) {
        Some(Clause::NotStated(Unstated::Denominator))
    } else if is(&[
        "산식",
        "산출식",
        "산출 방법",
        "계산 방법",
        "산출 근거",
        "계산식",
    ]) {
        Some(Clause::NotStated(Unstated::Method))
    } else if is(&["수량", "물량", "규모", "금액", "개수"]) {
        Some(Clause::NotStated(Unstated::Figure))
    } else if is(&["기한", "완료일", "마감", "시한"]) {
        Some(Clause::NotStated(Unstated::Due))
    } else {
        None
    }
}

/// `334개소의 …`: how many, and of which unit.
fn counted_of(text: &str) -> Option<(f64, String)> {
    let (counted, _) = text.split_once('의')?;
    let (count, unit) = number_at_start(counted.trim())?;
    (!unit.is_empty()).then(|| (count, unit.to_owned()))
}

/// `이름이 적힌 것은 6종`, `이름이 적힌 곳 7 + 농민상담소 6`.
fn parts(text: &str) -> Option<Vec<(String, f64)>> {
    let pieces: Vec<&str> = text.split('+').map(str::trim).collect();
    let parts: Option<Vec<(String, f64)>> = pieces.iter().map(|piece| part(piece)).collect();
    let parts = parts?;
    // One number behind any words would be anything: it must say that it counts names.
    let counts_names = ["이름이 적힌", "이름을 적은", "명시된", "열거된"]
        .iter()
        .any(|words| text.contains(words));
    (parts.len() > 1 || counts_names).then_some(parts)
}

/// `농민상담소 6`, `이름이 적힌 것은 6종`.
fn part(text: &str) -> Option<(String, f64)> {
    let at = text.find(|sign: char| sign.is_ascii_digit())?;
    let (title, count) = text.split_at_checked(at)?;
    let (value, unit) = number_at_start(count)?;
    let title = without_particle(title.trim());
    // Behind the number stands a unit and no further sentence.
    let is_counted = !title.is_empty() && unit.chars().count() <= 4 && !unit.contains(' ');
    is_counted.then(|| (title.to_owned(), value))
}

/// The number that a text begins with, and what follows it.
fn number_at_start(text: &str) -> Option<(f64, &str)> {
    let end = text
        .find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, ',' | '.')))
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((super::number(digits)?, rest.trim()))
}

/// Words without the particle of a topic or subject behind them.
fn without_particle(text: &str) -> &str {
    let text = text.trim();
    for particle in ['은', '는', '이', '가'] {
        if let Some(words) = text.strip_suffix(particle)
            && !words.is_empty()
            && !words.ends_with(' ')
        {
            return words.trim();
        }
    }
    text
}

/// An amount of money in Korean units: `115억`, `1조 2,000억`.
pub(super) fn money(text: &str) -> Option<f64> {
    let mut sum = None;
    let mut rest = text;
    while let Some(at) = rest.find(|sign: char| sign.is_ascii_digit()) {
        let (_, from) = rest.split_at_checked(at)?;
        let (value, behind) = number_at_start(from)?;
        let scale = match behind.chars().next() {
            Some('조') => 1e12,
            Some('억') => 1e8,
            Some('만') => 1e4,
            _ => 1.0,
        };
        if scale > 1.0 {
            sum = Some(sum.unwrap_or(0.0) + value * scale);
        }
        rest = behind;
    }
    sum
}
