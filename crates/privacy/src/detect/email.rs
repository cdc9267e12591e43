//! E-mail addresses.

use super::Hit;
use super::fold::Folded;
use super::kind::{Kind, Sign, Why};

/// Longest name before the sign, and longest domain, that mail allows.
const NAME_MAX: usize = 64;
const DOMAIN_MAX: usize = 253;

/// Mail providers where anybody has an address of their own.
const OF_PERSONS: [&str; 21] = [
    "naver.com",
    "daum.net",
    "hanmail.net",
    "gmail.com",
    "nate.com",
    "kakao.com",
    "hotmail.com",
    "outlook.com",
    "outlook.kr",
    "yahoo.com",
    "yahoo.co.kr",
    "icloud.com",
    "me.com",
    "empal.com",
    "paran.com",
    "dreamwiz.com",
    "lycos.co.kr",
    "korea.com",
    "chol.com",
    "live.com",
    "msn.com",
];

/// All addresses of a text.
pub(super) fn find(text: &Folded, hits: &mut Vec<Hit>) {
    if !text.has_at_sign() {
        return;
    }
    for (at, sign) in text.all() {
        if sign == '@' {
            hits.extend(address(text, at));
        }
    }
}

fn address(text: &Folded, at: usize) -> Option<Hit> {
    let is_name =
        |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '_' | '%' | '+' | '-');
    let mut start = at;
    while at - start < NAME_MAX && text.before(start, 1).is_some_and(is_name) {
        start -= 1;
    }
    while start < at && matches!(text.at(start), Some('.' | '-' | '+' | '%')) {
        start += 1;
    }
    let mut end = at + 1;
    let is_domain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-');
    while end - at < DOMAIN_MAX && text.at(end).is_some_and(is_domain) {
        end += 1;
    }
    while end > at && matches!(text.before(end, 1), Some('.' | '-')) {
        end -= 1;
    }
    let domain: String = text.signs(at + 1..end).collect();
    if start == at || text.before(at, 1) == Some('.') || !is_well_formed(&domain) {
        return None;
    }
    let why = Why::of(&[Sign::Form, Sign::Domain]);
    Some(Hit::new(Kind::Email, start..end, 98, why))
}

fn is_well_formed(domain: &str) -> bool {
    let mut labels = domain.split('.').rev();
    let top = labels.next().unwrap_or_default();
    let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest: Vec<&str> = labels.collect();
    is_top
        && !rest.is_empty()
        && rest
            .iter()
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

/// Whether an address is of the kind that persons have for themselves: the provider gives one to anybody.
pub(super) fn is_of_a_person(address: &str) -> bool {
    let domain = address.rsplit('@').next().unwrap_or_default();
    OF_PERSONS
        .iter()
        .any(|provider| domain.eq_ignore_ascii_case(provider))
}
