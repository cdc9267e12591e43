//! What somebody reads for: one purpose for all pages of a browser, or for one request of a program.
//!
//! Policies may give something for one purpose alone, and the log keeps what each read was for. A person says it once, and a cookie
//! holds it. It gives nothing by itself: it counts only for the account that chose it, and only while the city has the purpose.

use access::Person;
use axum::http::HeaderMap;
use city::People;

use crate::caller::named_cookie;
use crate::problem::Problem;

/// Name of the cookie.
pub const COOKIE: &str = "madang_purpose";
/// The line of a request's head by which a program says it.
pub const HEADER: &str = "madang-purpose";
/// The address where it is chosen.
pub const CHOOSE: &str = "/account/purpose";
/// It is asked again after a day's work.
const SECONDS: u32 = 12 * 60 * 60;

/// The purpose a request is for: what its head says, else what its browser's person chose.
///
/// # Errors
/// When the head names a purpose the city does not have.
pub(crate) fn told(
    headers: &HeaderMap,
    people: &People,
    person: &Person,
) -> Result<Option<String>, Problem> {
    if let Some(word) = headers.get(HEADER) {
        // A title in Korean comes as the bytes it is.
        let word = std::str::from_utf8(word.as_bytes())
            .unwrap_or_default()
            .trim();
        return match named(people, word) {
            Some(id) => Ok(Some(id)),
            None => Err(Problem::question(format!(
                "the city has no purpose `{word}`; it has {}",
                people.purpose_ids().collect::<Vec<_>>().join(", ")
            ))),
        };
    }
    Ok(carried(headers, person).and_then(|word| named(people, &word)))
}

/// The id of a purpose by its id or its Korean title.
fn named(people: &People, word: &str) -> Option<String> {
    let by_title = people.purposes.iter().find(|own| own.title == word);
    by_title.map(|own| own.id.to_string()).or_else(|| {
        people
            .purpose_ids()
            .find(|id| *id == word)
            .map(str::to_owned)
    })
}

fn carried(headers: &HeaderMap, person: &Person) -> Option<String> {
    let text = named_cookie(headers, COOKIE)?;
    let told = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.into_owned())
    };
    (told("by").as_deref() == Some(person.name()))
        .then(|| told("purpose"))
        .flatten()
}

/// The cookie that chooses a purpose of the city, for `Set-Cookie`; with none that takes the choice back. Nothing where the city has
/// no such purpose.
pub fn cookie(people: &People, by: &Person, purpose: &str, is_https: bool) -> Option<String> {
    let secure = if is_https { "; Secure" } else { "" };
    let rest = format!("Path=/; HttpOnly; SameSite=Strict{secure}");
    if purpose.is_empty() {
        return Some(format!("{COOKIE}=; {rest}; Max-Age=0"));
    }
    let purpose = named(people, purpose)?;
    let text = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("by", by.name())
        .append_pair("purpose", &purpose)
        .finish();
    Some(format!("{COOKIE}={text}; {rest}; Max-Age={SECONDS}"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};
    use city::people::DeclaredPurpose;

    use super::*;

    fn people() -> People {
        People {
            purposes: vec![DeclaredPurpose {
                id: "complaint".into(),
                title: "민원 처리".to_owned(),
                title_en: None,
            }],
            ..People::default()
        }
    }

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        HeaderMap::from_iter([(name, value)])
    }

    #[test]
    fn a_choice_counts_for_who_made_it_and_while_there_is_such_a_purpose() {
        let (kim, lee) = (Person::operator("kim"), Person::operator("lee"));
        let cookie = cookie(&people(), &kim, "민원 처리", true).unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("Secure"),
            "{cookie}"
        );
        let headers = with(header::COOKIE, cookie.split(';').next().unwrap());
        let told = |people: &People, person| told(&headers, people, person).unwrap();
        assert_eq!(told(&people(), &kim).as_deref(), Some("complaint"));
        assert_eq!(told(&people(), &lee), None);
        assert_eq!(told(&People::default(), &kim), None);
    }

    #[test]
    fn what_is_no_purpose_is_not_chosen() {
        let kim = Person::operator("kim");
        assert_eq!(cookie(&people(), &kim, "none", false), None);
        let back = cookie(&people(), &kim, "", false).unwrap();
        assert!(back.contains("Max-Age=0"), "{back}");
        let name = header::HeaderName::from_static(HEADER);
        let told = |word| told(&with(name.clone(), word), &people(), &kim);
        assert_eq!(told("complaint").unwrap().as_deref(), Some("complaint"));
        assert_eq!(told("민원 처리").unwrap().as_deref(), Some("complaint"));
        assert!(told("none").unwrap_err().detail.contains("complaint"));
    }
}
