//! What a stranger wrote, made fit to be shown.

use serde_json::Value;

/// Letters shown of a stranger's message.
const MESSAGE_MAX: usize = 160;
/// Letters kept of a title, a licence, a name.
const LINE_MAX: usize = 300;
/// Letters kept of a description.
const TEXT_MAX: usize = 4000;

/// One line, cut.
pub(super) fn message(text: &str) -> String {
    cut(text, MESSAGE_MAX)
}

/// A member that is a word or a number, as one line.
pub(super) fn line(object: &Value, key: &str) -> Option<String> {
    let text = match object.get(key)? {
        Value::String(text) => cut(text, LINE_MAX),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A member that is a text of several lines.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    let text: String = object
        .get(key)?
        .as_str()?
        .replace("\r\n", "\n")
        .chars()
        .filter(|sign| *sign == '\n' || !sign.is_control())
        .take(TEXT_MAX)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A member that is a count: a number, or one written as text.
pub(super) fn count(object: &Value, key: &str) -> Option<u64> {
    match object.get(key)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A member that is a web address somebody can open.
pub(super) fn address(object: &Value, key: &str) -> Option<String> {
    let text = line(object, key)?;
    let url = url::Url::parse(&text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// The members of a list.
pub(super) fn list<'v>(object: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    object
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn cut(text: &str, most: usize) -> String {
    let words: Vec<&str> = text
        .split(|sign: char| sign.is_whitespace() || sign.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_strangers_words_are_one_line_and_cut() {
        let said = json!({"title": " 주차장\n\u{7}현황 ", "n": 7, "size": "12", "none": "", "odd": [], "url": "javascript:alert(1)", "home": "https://a.kr/x", "notes": "한 줄\r\n두 줄\u{0}"});
        assert_eq!(line(&said, "title").unwrap(), "주차장 현황");
        assert_eq!(line(&said, "n").unwrap(), "7");
        assert_eq!(count(&said, "size"), Some(12));
        assert_eq!(text(&said, "notes").unwrap(), "한 줄\n두 줄");
        assert_eq!(address(&said, "home").unwrap(), "https://a.kr/x");
        for key in ["none", "odd", "absent"] {
            assert_eq!(line(&said, key), None, "{key}");
        }
        assert_eq!(address(&said, "url"), None);
        assert_eq!(message(&"가".repeat(500)).chars().count(), MESSAGE_MAX + 1);
    }
}
