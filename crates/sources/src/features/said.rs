//! What a server says in place of features.

use std::fmt;

use serde_json::Value;

/// A refusal in the server's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) code: String,
    /// The parameter it speaks of.
    pub(super) locator: String,
    pub(super) text: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if !self.code.is_empty() {
            words.push(self.code.clone());
        }
        if !self.locator.is_empty() {
            words.push(format!("({})", self.locator));
        }
        if !self.text.is_empty() {
            words.push(self.text.clone());
        }
        f.write_str(&words.join(" "))
    }
}

impl Said {
    /// Whether the same may go well later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self.code.as_str(),
            "NoApplicableCode" | "ServerBusy" | "OperationProcessingFailed" | "429" | "503"
        ) && self.locator.is_empty()
    }

    /// Whether it speaks of one of these parameters.
    pub(super) fn is_of(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.locator.eq_ignore_ascii_case(name))
    }
}

/// The refusal in an answer, if it is one. Behind a success only what says clearly that it is one counts.
pub(super) fn of(bytes: &[u8], is_success: bool) -> Option<Said> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return report(text);
    }
    if !text.starts_with('{') {
        return None;
    }
    // An answer with features is large, and is no refusal: it is not read twice.
    let head: String = text.chars().take(2000).collect();
    if is_success && head.contains("\"FeatureCollection\"") {
        return None;
    }
    problem(&serde_json::from_str(text).ok()?, is_success)
}

/// `ExceptionReport` and `ServiceExceptionReport`, whatever the prefix.
fn report(text: &str) -> Option<Said> {
    let head: String = text.chars().take(2000).collect();
    if !head.contains("ExceptionReport") {
        return None;
    }
    let exception = open_tag(text, "Exception").or_else(|| open_tag(text, "ServiceException"));
    let (tag, inside) = exception.unwrap_or(("", text));
    let attribute = |names: [&str; 2]| {
        let value = names.iter().find_map(|name| {
            let (_, behind) = tag.split_once(&format!("{name}="))?;
            let quote = behind
                .chars()
                .next()
                .filter(|sign| matches!(sign, '"' | '\''))?;
            Some(behind.get(1..)?.split_once(quote)?.0)
        });
        plain(value.unwrap_or_default())
    };
    let words = match open_tag(inside, "ExceptionText") {
        Some((_, text)) => text,
        None => inside,
    };
    let words = words.split_once("</").map_or(words, |(text, _)| text);
    Some(Said {
        code: attribute(["exceptionCode", "code"]),
        locator: attribute(["locator", "locator"]),
        text: plain(words),
    })
}

/// The attributes of the first element of a name, and what follows it.
fn open_tag<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let mut rest = text;
    loop {
        let (_, behind) = rest.split_once('<')?;
        let (tag, inside) = behind.split_once('>')?;
        let word = tag
            .split(|sign: char| sign.is_whitespace() || sign == '/')
            .next()?;
        let local = word.rsplit_once(':').map_or(word, |(_, local)| local);
        if local == name {
            return Some((tag, inside));
        }
        rest = behind;
    }
}

/// Text of XML without its marks, on one line.
fn plain(text: &str) -> String {
    let text = text
        .trim()
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("]]>");
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A refusal in JSON, in one of the forms that services have.
fn problem(value: &Value, is_success: bool) -> Option<Said> {
    let word = |value: &Value, names: &[&str]| {
        names.iter().find_map(|name| match value.get(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(plain(text)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let read = |value: &Value| Said {
        code: word(value, &["code", "exceptionCode", "status", "type"]).unwrap_or_default(),
        locator: word(value, &["locator"]).unwrap_or_default(),
        text: word(
            value,
            &["text", "description", "detail", "message", "title"],
        )
        .unwrap_or_default(),
    };
    // A WFS that was asked for its refusals in JSON; gateways that wrap theirs.
    let inner = value
        .pointer("/exceptions/0")
        .or_else(|| value.pointer("/response/error"))
        .or_else(|| value.get("error").filter(|error| error.is_object()));
    if let Some(inner) = inner {
        return Some(read(inner));
    }
    let said = read(value);
    // Behind a success a document that has links is a document.
    let is_clear = !is_success || (value.get("code").is_some() && value.get("links").is_none());
    (is_clear && !said.text.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_refusal_is_read() {
        for (text, is_success, shown) in [
            (
                r#"<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0"><ows:Exception exceptionCode="InvalidParameterValue" locator="typeName"><ows:ExceptionText>Feature type city:lots
 unknown &amp; gone</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"#,
                true,
                "InvalidParameterValue (typeName) Feature type city:lots unknown & gone",
            ),
            (
                r#"<ServiceExceptionReport version="1.2.0"><ServiceException code='x'>no such layer</ServiceException></ServiceExceptionReport>"#,
                true,
                "x no such layer",
            ),
            (
                r#"{"version":"2.0.0","exceptions":[{"code":"InvalidParameterValue","locator":"srsName","text":"no"}]}"#,
                true,
                "InvalidParameterValue (srsName) no",
            ),
            (
                r#"{"response":{"status":"ERROR","error":{"level":"1","code":"INVALID_KEY","text":"등록되지 않은 인증키입니다."}}}"#,
                true,
                "INVALID_KEY 등록되지 않은 인증키입니다.",
            ),
            (
                r#"{"code":"NotFound","type":"NotFound","description":"Collection not found"}"#,
                false,
                "NotFound Collection not found",
            ),
            (
                r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"The parameter limit is wrong."}"#,
                false,
                "400 The parameter limit is wrong.",
            ),
        ] {
            assert_eq!(of(text.as_bytes(), is_success).unwrap().to_string(), shown);
        }
        for text in [
            r#"{"type":"FeatureCollection","code":"x","description":"y","features":[]}"#,
            r#"{"title":"A service","description":"of things","links":[]}"#,
            "<wfs:FeatureCollection/>",
            "no",
            "",
        ] {
            assert_eq!(of(text.as_bytes(), true), None, "{text}");
        }
    }
}
