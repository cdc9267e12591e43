//! The techniques of the guideline (가명정보 처리 가이드라인), by their names there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::parameters::{
    By, Categories, Coding, FormatPreserving, Generalise, GeneraliseLocal, KeyedOneWay, Mask,
    Noise, Outstanding, Part, PartTotals, RandomNumber, Ranges, Round, RoundControlled, Token,
    Total,
};

/// A technique with its parameters. An empty cell stays empty under every one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Technique {
    /// The column leaves as it is; never for an identifier: `"keep"`.
    Keep,
    /// 항목 삭제: the column does not leave: `"delete"`.
    Delete,
    /// 부분 삭제: a part of each value goes: `{ delete-part = { last = 4 } }`.
    DeletePart(Part),
    /// 행 항목 삭제: rows whose value stands out go: `{ delete-rows = { fewer-than = 5 } }`.
    DeleteRows(Outstanding),
    /// 로컬 삭제: just the cells that stand out become empty: `{ delete-local = { above = 100 } }`.
    DeleteLocal(Outstanding),
    /// 마스킹: characters give way to a sign: `{ mask = { first = 1 } }` keeps the first.
    Mask(Mask),
    /// 총계처리: one figure of all rows, or of each group, takes the values' place: `{ total = { of = "mean" } }`.
    Total(Total),
    /// 부분총계: values in groups of alike ones give way to their mean: `{ part-totals = { size = 5 } }`.
    PartTotals(PartTotals),
    /// 일반 라운딩: to the nearest multiple, halves away from zero: `{ round = { to = 10 } }`.
    Round(Round),
    /// 랜덤 라운딩: up or down by chance, right on average: `{ round-random = { to = 10 } }`.
    RoundRandom(Round),
    /// 제어 라운딩: up or down so that totals hold: `{ round-controlled = { to = 5, rows = "dong", columns = "year" } }`.
    RoundControlled(RoundControlled),
    /// 상하단코딩: what lies beyond a bound becomes the bound: `{ top-bottom = { bottom = 20, top = 80 } }`.
    TopBottom(Coding),
    /// 일반화: the value's parent in a hierarchy: `{ generalise = { hierarchy = "hierarchies/dong.csv", level = 1 } }`.
    Generalise(Generalise),
    /// 로컬 일반화: only where too few rows share the value: `{ generalise-local = { hierarchy = "hierarchies/dong.csv", fewer-than = 5 } }`.
    GeneraliseLocal(GeneraliseLocal),
    /// 범위 방법: the interval it lies in: `{ range = { width = 10 } }`.
    Range(Ranges),
    /// 문자데이터 범주화: the category it belongs to: `{ categorise = { categories = [{ name = "의료", of = ["병원", "의원"] }], other = "기타" } }`.
    Categorise(Categories),
    /// 일방향 암호화 (MAC): a keyed pseudonym nobody can turn back: `{ keyed-one-way = { as = "phone" } }`.
    KeyedOneWay(KeyedOneWay),
    /// 형태보존 암호화 (FF1): another value of the same form: `{ format-preserving = { of = "phone" } }`.
    FormatPreserving(FormatPreserving),
    /// 토큰화: a token of chance whose meaning only the vault knows: `{ token = { prefix = "T" } }`.
    Token(Token),
    /// 난수생성: a number of chance for each row: `{ random-number = { digits = 8 } }`.
    RandomNumber(RandomNumber),
    /// 잡음 추가: chance is added to a number: `{ noise = { kind = "laplace", scale = 2 } }`.
    Noise(Noise),
    /// 순열(치환): values change places among rows: `{ permute = {} }`.
    Permute(By),
    /// 순서보존 암호화: not offered.
    OrderPreserving,
    /// 동형 암호화: not offered.
    Homomorphic,
    /// 다형성 암호화: not offered.
    Polymorphic,
    /// 양방향 암호화 of any text: not offered; `format-preserving` and `token` can be turned back.
    TwoWay,
    /// 동형비밀분산: not offered.
    SecretSharing,
    /// 해부화: not offered.
    Anatomise,
    /// 재현데이터: not offered.
    Synthetic,
}

impl Technique {
    /// Its word in a recipe and its name in the guideline.
    pub fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::Keep => ("keep", "유지"),
            Self::Delete => ("delete", "항목 삭제"),
            Self::DeletePart(_) => ("delete-part", "부분 삭제"),
            Self::DeleteRows(_) => ("delete-rows", "행 항목 삭제"),
            Self::DeleteLocal(_) => ("delete-local", "로컬 삭제"),
            Self::Mask(_) => ("mask", "마스킹"),
            Self::Total(_) => ("total", "총계처리"),
            Self::PartTotals(_) => ("part-totals", "부분총계"),
            Self::Round(_) => ("round", "일반 라운딩"),
            Self::RoundRandom(_) => ("round-random", "랜덤 라운딩"),
            Self::RoundControlled(_) => ("round-controlled", "제어 라운딩"),
            Self::TopBottom(_) => ("top-bottom", "상하단코딩"),
            Self::Generalise(_) => ("generalise", "일반화"),
            Self::GeneraliseLocal(_) => ("generalise-local", "로컬 일반화"),
            Self::Range(_) => ("range", "범위 방법"),
            Self::Categorise(_) => ("categorise", "문자데이터 범주화"),
            Self::KeyedOneWay(_) => ("keyed-one-way", "일방향 암호화"),
            Self::FormatPreserving(_) => ("format-preserving", "형태보존 암호화"),
            Self::Token(_) => ("token", "토큰화"),
            Self::RandomNumber(_) => ("random-number", "난수생성"),
            Self::Noise(_) => ("noise", "잡음 추가"),
            Self::Permute(_) => ("permute", "순열(치환)"),
            Self::OrderPreserving => ("order-preserving", "순서보존 암호화"),
            Self::Homomorphic => ("homomorphic", "동형 암호화"),
            Self::Polymorphic => ("polymorphic", "다형성 암호화"),
            Self::TwoWay => ("two-way", "양방향 암호화"),
            Self::SecretSharing => ("secret-sharing", "동형비밀분산"),
            Self::Anatomise => ("anatomise", "해부화"),
            Self::Synthetic => ("synthetic", "재현데이터"),
        }
    }

    /// What to take in its place, if the technique is not offered.
    pub fn not_offered(&self) -> Option<&'static str> {
        match self {
            Self::OrderPreserving => Some("take `range` or `round`: order tells values apart"),
            Self::Homomorphic | Self::SecretSharing => {
                Some("take `total` or `counts`: figures leave and no row does")
            }
            Self::Polymorphic => {
                Some("take `keyed-one-way`: each project has a key of its own already")
            }
            Self::TwoWay => Some("take `format-preserving` or `token`: both can be turned back"),
            Self::Anatomise => Some("take `permute` on the sensitive column"),
            Self::Synthetic => Some("take `counts`, or `sample` with `permute`"),
            _ => None,
        }
    }

    /// Whether it works on numbers only.
    pub fn needs_numbers(&self) -> bool {
        matches!(
            self,
            Self::Total(_)
                | Self::PartTotals(_)
                | Self::Round(_)
                | Self::RoundRandom(_)
                | Self::RoundControlled(_)
                | Self::TopBottom(_)
                | Self::Range(_)
                | Self::Noise(_)
        ) || self
            .outstanding()
            .is_some_and(|rule| rule.above.is_some() || rule.below.is_some())
    }

    /// When a value stands out, if the technique asks that.
    pub fn outstanding(&self) -> Option<&Outstanding> {
        match self {
            Self::DeleteRows(rule) | Self::DeleteLocal(rule) => Some(rule),
            _ => None,
        }
    }

    /// The hierarchy it reads: a file below the city's folder.
    pub fn hierarchy(&self) -> Option<&str> {
        match self {
            Self::Generalise(generalise) => Some(&generalise.hierarchy),
            Self::GeneraliseLocal(generalise) => Some(&generalise.hierarchy),
            _ => None,
        }
    }

    /// Other columns it looks at, each with the key that names it.
    pub fn looks_at(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Total(Total { by: Some(name), .. })
            | Self::PartTotals(PartTotals { by: Some(name), .. })
            | Self::Permute(By { by: Some(name) }) => vec![("by", name)],
            Self::RoundControlled(round) => [("rows", &round.rows), ("columns", &round.columns)]
                .into_iter()
                .filter_map(|(key, name)| name.as_deref().map(|name| (key, name)))
                .collect(),
            _ => Vec::new(),
        }
    }
}
