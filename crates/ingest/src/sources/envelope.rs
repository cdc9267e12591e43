//! What an Open API's answer says around its rows: a code, a message, how many rows there are.
//!
//! Errors come inside HTTP 200, and as XML even where JSON was asked for.

use serde_json::Value;

use crate::formats::{json, xml};

/// Codes that mean "all is well", without leading zeros.
const GOOD: &[&str] = &[
    "",
    "0",
    "INFO-000",
    "NORMAL_SERVICE",
    "NORMAL_CODE",
    "OK",
    "SUCCESS",
];
/// Codes that mean "nothing matches".
const NOTHING: &[&str] = &["3", "INFO-200", "NODATA_ERROR"];
/// Codes after which the same request may succeed: application, database, HTTP, time-out.
const PASSING: &[&str] = &["1", "2", "4", "5", "ERROR-500", "ERROR-600", "ERROR-601"];
/// The day's calls are used up, as the server counts them.
const EXHAUSTED: &[&str] = &[
    "22",
    "ERROR-337",
    "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
];

/// What the code means for the fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Good,
    Nothing,
    Passing,
    Exhausted,
    Bad,
}

/// What stands around the rows of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) total: Option<u64>,
    pub(super) rows: u64,
}

impl Envelope {
    /// Reads JSON or XML, whichever it is; nothing when it is neither.
    pub(super) fn read(bytes: &[u8], rows: Option<&str>) -> Option<Self> {
        let text = crate::text::encoding::whole(bytes, None)?;
        match text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .chars()
            .next()
        {
            Some('{' | '[') => Self::of_json(&text, rows),
            Some('<') => Self::of_xml(&text, rows),
            _ => None,
        }
    }

    fn of_json(text: &str, rows: Option<&str>) -> Option<Self> {
        let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let mut envelope = Self::default();
        envelope.gather(&document);
        envelope.rows = json::count(&document, rows);
        Some(envelope)
    }

    /// Looks outside the rows: lists of many are the rows.
    fn gather(&mut self, value: &Value) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    match json::text(value) {
                        Some(text) if !value.is_array() && !value.is_object() => {
                            self.take(key, &text);
                        }
                        _ => self.gather(value),
                    }
                }
            }
            // Gyeonggi wraps its head in a list of two.
            Value::Array(items) if items.len() <= 2 => {
                for item in items {
                    self.gather(item);
                }
            }
            _ => {}
        }
    }

    fn of_xml(text: &str, rows: Option<&str>) -> Option<Self> {
        let (cells, rows) = xml::survey(text, rows)?;
        let mut envelope = Self {
            rows,
            ..Self::default()
        };
        for (name, text) in &cells {
            envelope.take(name.rsplit('/').next().unwrap_or(name), text);
        }
        if envelope.total == Some(0) {
            envelope.rows = 0;
        }
        Some(envelope)
    }

    fn take(&mut self, key: &str, text: &str) {
        let text = text.trim();
        match key {
            "resultCode" | "returnReasonCode" | "headerCd" | "CODE" => {
                self.code.get_or_insert_with(|| text.to_owned());
            }
            "resultMsg" | "returnAuthMsg" | "headerMsg" | "MESSAGE" => {
                self.message.get_or_insert_with(|| text.to_owned());
            }
            "totalCount" | "list_total_count" | "matchCount" => {
                self.total = self.total.or_else(|| text.parse().ok());
            }
            _ => {}
        }
    }

    /// What its code means.
    pub(super) fn meaning(&self) -> Meaning {
        let code = self.code.as_deref().unwrap_or_default();
        let short = match code.trim_start_matches('0') {
            "" if !code.is_empty() => "0",
            short => short,
        };
        let is = |codes: &[&str]| codes.contains(&short);
        if is(GOOD) {
            Meaning::Good
        } else if is(NOTHING) {
            Meaning::Nothing
        } else if is(PASSING) {
            Meaning::Passing
        } else if is(EXHAUSTED) {
            Meaning::Exhausted
        } else {
            Meaning::Bad
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Meaning, Option<u64>, u64) {
        let envelope = Envelope::read(text.as_bytes(), None).unwrap();
        (envelope.meaning(), envelope.total, envelope.rows)
    }

    #[test]
    fn every_envelope_seen_is_told_apart() {
        let normal = r#"{"response":{"header":{"resultCode":"00","resultMsg":"NORMAL SERVICE."},"body":{"items":[{"a":1},{"a":2}],"totalCount":225}}}"#;
        assert_eq!(told(normal), (Meaning::Good, Some(225), 2));
        let one = r#"{"response":{"header":{"resultCode":"0000"},"body":{"items":{"item":{"a":1}},"totalCount":1}}}"#;
        assert_eq!(told(one), (Meaning::Good, Some(1), 1));
        let none =
            r#"{"response":{"header":{"resultCode":"00"},"body":{"items":"","totalCount":0}}}"#;
        assert_eq!(told(none), (Meaning::Good, Some(0), 0));
        assert_eq!(
            told(r#"{"responseTime":"x","resultCode":"10","resultMsg":"INVALID"}"#).0,
            Meaning::Bad
        );
        let key = "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>";
        assert_eq!(told(key).0, Meaning::Bad);
        assert_eq!(
            Envelope::read(key.as_bytes(), None)
                .unwrap()
                .message
                .unwrap(),
            "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"
        );
        let seoul = r#"{"Bike":{"list_total_count":3,"RESULT":{"CODE":"INFO-000","MESSAGE":"ok"},"row":[{"a":1},{"a":2},{"a":3}]}}"#;
        assert_eq!(told(seoul), (Meaning::Good, Some(3), 3));
        let gyeonggi = r#"{"Svc":[{"head":[{"list_total_count":2},{"RESULT":{"CODE":"INFO-000","MESSAGE":"ok"}}]},{"row":[{"a":1},{"a":2}]}]}"#;
        assert_eq!(told(gyeonggi), (Meaning::Good, Some(2), 2));
        let xml = "<response><header><resultCode>00</resultCode></header><body><items><item><a>1</a></item><item><a>2</a></item></items><totalCount>7</totalCount></body></response>";
        assert_eq!(told(xml), (Meaning::Good, Some(7), 2));
        assert_eq!(
            told("<response><header><resultCode>22</resultCode></header></response>").0,
            Meaning::Exhausted
        );
        assert_eq!(
            told("<response><header><resultCode>05</resultCode></header></response>").0,
            Meaning::Passing
        );
        assert_eq!(Envelope::read("점검 중".as_bytes(), None), None);
    }
}
