//! A message's payload → the lines of a minute's file, one a row.
//!
//! What the device said stands in its line word for word: only spaces and line ends around and between values may
//! be others. What is no row stands as a list, which the decoder puts into quarantine.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::journal::{Message, Payload};

/// Source column of the topic that a row came on.
pub const TOPIC: &str = "토픽";
/// Source column of the moment a row came, in Korean time.
pub const RECEIVED: &str = "수신시각";
/// Source column of the number of the message that a row came in.
pub const NUMBER: &str = "수신번호";

/// The clock on a Korean wall.
pub(super) fn korean(at: DateTime<Utc>) -> chrono::NaiveDateTime {
    (at + TimeDelta::hours(9)).naive_utc()
}

/// Appends the lines of a message: one for an object, one for each item of a list, none for an empty list.
pub(super) fn lines(message: &Message, out: &mut Vec<u8>) {
    let received = korean(message.at).format("%Y-%m-%d %H:%M:%S").to_string();
    let around = Around {
        topic: &message.topic,
        received: &received,
        number: message.number,
    };
    match &message.payload {
        Payload::Text(text) => match parts(text) {
            Some(parts) => {
                for part in parts {
                    around.line(part, out);
                }
            }
            None => around.odd(text, out),
        },
        Payload::Hex(hex) => around.odd(hex, out),
        Payload::Large(bytes) => around.odd(&format!("{bytes} bytes: too large to be kept"), out),
    }
}

/// The rows of a payload, if it is JSON.
fn parts(text: &str) -> Option<Vec<&str>> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    Some(if text.starts_with('[') {
        items(text)
    } else {
        vec![text]
    })
}

/// The items of a list that is known to be sound JSON, as they stand there.
fn items(list: &str) -> Vec<&str> {
    let inside = list
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or_default();
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let is_border = |sign: char| {
        if in_text {
            match sign {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_text = false,
                _ => {}
            }
            return false;
        }
        match sign {
            '"' => in_text = true,
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        sign == ',' && depth == 0
    };
    inside
        .split(is_border)
        .map(|item| item.trim_matches([' ', '\t', '\n', '\r']))
        .filter(|item| !item.is_empty())
        .collect()
}

/// What is known of a message beside its payload.
struct Around<'m> {
    topic: &'m str,
    received: &'m str,
    number: u64,
}

impl Around<'_> {
    /// One row. A name that the device uses itself means what the device says: it stands behind ours.
    fn line(&self, part: &str, out: &mut Vec<u8>) {
        let Some(members) = part.strip_prefix('{') else {
            self.odd(part, out);
            return;
        };
        let Self {
            topic,
            received,
            number,
        } = self;
        let own = json!({ TOPIC: topic, RECEIVED: received, NUMBER: number }).to_string();
        out.extend_from_slice(own.trim_end_matches('}').as_bytes());
        if !members
            .trim_start_matches([' ', '\t', '\n', '\r'])
            .starts_with('}')
        {
            out.push(b',');
        }
        // A line end can only stand between values: inside a text it is written \n.
        out.extend(members.bytes().map(|byte| match byte {
            b'\n' | b'\r' => b' ',
            byte => byte,
        }));
        out.push(b'\n');
    }

    /// What is no row.
    fn odd(&self, said: &str, out: &mut Vec<u8>) {
        let cells = Value::from(vec![
            self.topic.to_owned(),
            self.received.to_owned(),
            self.number.to_string(),
            said.to_owned(),
        ]);
        out.extend_from_slice(cells.to_string().as_bytes());
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(payload: &[u8]) -> String {
        let message = Message {
            number: 7,
            at: DateTime::from_timestamp(1_795_659_179, 0).unwrap(),
            id: 0,
            qos: 0,
            topic: "a/\"b\"".to_owned(),
            payload: Payload::of(payload),
        };
        let mut out = Vec::new();
        lines(&message, &mut out);
        String::from_utf8(out).unwrap()
    }

    const HEAD: &str = r#"{"토픽":"a/\"b\"","수신시각":"2026-11-26 11:12:59","수신번호":7"#;

    #[test]
    fn an_object_is_a_row_word_for_word() {
        assert_eq!(
            told(b" {\r\n\"t\": 1.10, \"big\":12345678901234567890123, \"s\":\"a\\nb,]\" }\n"),
            format!(
                "{HEAD},  \"t\": 1.10, \"big\":12345678901234567890123, \"s\":\"a\\nb,]\" }}\n"
            )
        );
        assert_eq!(told(b"{ }"), format!("{HEAD} }}\n"));
    }

    #[test]
    fn each_object_of_a_list_is_a_row_and_an_empty_list_is_none() {
        assert_eq!(
            told(br#"[{"a":[1,2]}, {"a":"},{"},{"a":{"b":"\""}}]"#),
            format!(
                "{HEAD},\"a\":[1,2]}}\n{HEAD},\"a\":\"}},{{\"}}\n{HEAD},\"a\":{{\"b\":\"\\\"\"}}}}\n"
            )
        );
        assert_eq!(told(b"[]"), "");
    }

    #[test]
    fn what_is_no_row_is_kept_as_a_list() {
        let odd = |said: &str| {
            format!(
                "[\"a/\\\"b\\\"\",\"2026-11-26 11:12:59\",\"7\",{}]\n",
                json!(said)
            )
        };
        assert_eq!(told(b"23.5\n"), odd("23.5"));
        assert_eq!(told(b"sensor\nasleep"), odd("sensor\nasleep"));
        assert_eq!(told(b"{\"t\":1"), odd("{\"t\":1"));
        assert_eq!(told(b""), odd(""));
        assert_eq!(
            told(b"[1,{\"a\":2}]"),
            format!("{}{HEAD},\"a\":2}}\n", odd("1"))
        );
        assert_eq!(told(b"\xff\x00"), odd("ff00"));
    }

    #[test]
    fn a_device_that_uses_our_names_is_believed() {
        let row: Value = serde_json::from_str(&told(r#"{"토픽":"mine"}"#.as_bytes())).unwrap();
        assert_eq!(row["토픽"], "mine");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            r#"[\\"\[\]{},\n\r]{0,8}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever is said, each line is JSON, and rows are what the device said.
        #[test]
        fn rows_are_what_was_said(said in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&said) } else { serde_json::to_string(&said) };
            let told = told(text.unwrap().as_bytes());
            let wanted = match &said {
                Value::Array(items) => items.clone(),
                other => vec![other.clone()],
            };
            let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(lines.len(), wanted.len());
            for (mut line, wanted) in lines.into_iter().zip(wanted) {
                if let Some(row) = line.as_object_mut() {
                    row.retain(|name, _| ![TOPIC, RECEIVED, NUMBER].contains(&name.as_str()));
                    prop_assert_eq!(line, wanted);
                } else {
                    prop_assert!(!wanted.is_object());
                    let kept: Value = serde_json::from_str(line[3].as_str().unwrap()).unwrap();
                    prop_assert_eq!(kept, wanted);
                }
            }
        }

        /// Any bytes at all give lines of JSON.
        #[test]
        fn any_bytes_give_lines(payload in prop::collection::vec(any::<u8>(), 0..40)) {
            for line in told(&payload).lines() {
                prop_assert!(serde_json::from_str::<Value>(line).is_ok());
            }
        }
    }
}
