//! The skeleton of an answer: what stands around its rows, and the first of them. Bounded, whatever arrives.

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Items of a list that are kept: a list of wrappers has no more, and rows repeat.
const ITEMS_KEPT: usize = 4;
/// Values kept in all.
const NODES_MAX: usize = 20_000;
/// Letters kept of a text.
const TEXT_MAX: usize = 400;

/// A part of an answer, JSON or XML alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A text, number, word, or nothing (the empty text).
    Text(String),
    /// Named parts.
    Branch(Vec<(String, Node)>),
    /// Items: how many are records, and the first of all.
    List { records: u64, first: Vec<Node> },
}

impl Node {
    /// Whether it holds rows if rows are to be here.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::Branch(parts) => parts.is_empty(),
            Self::List { records, .. } => *records == 0,
        }
    }

    /// The first part at a path that is `wanted`, and the path as it really is. `*` is any name, `-` an item of a list.
    pub(super) fn find(
        &self,
        path: &str,
        wanted: &dyn Fn(&Self) -> bool,
    ) -> Option<(String, &Self)> {
        let (step, rest) = match path.split_once('/') {
            Some((step, rest)) => (step, Some(rest)),
            None => (path, None),
        };
        match self {
            Self::List { first, .. } if step == "-" => {
                first.iter().find_map(|item| item.find(rest?, wanted))
            }
            Self::Branch(parts) => parts
                .iter()
                .filter(|(name, _)| step == "*" || step == name)
                .find_map(|(name, part)| match rest {
                    None => wanted(part).then(|| (name.clone(), part)),
                    Some(rest) => part
                        .find(rest, wanted)
                        .map(|(below, part)| (format!("{name}/{below}"), part)),
                }),
            _ => None,
        }
    }

    /// The part at the path of a manifest: lists on the way are looked through.
    pub(super) fn declared(&self, path: &str) -> Option<&Self> {
        let (step, rest) = path.split_once('/').unwrap_or((path, ""));
        match self {
            _ if path.is_empty() => Some(self),
            Self::Text(_) => None,
            Self::List { first, .. } => first.iter().find_map(|item| item.declared(path)),
            Self::Branch(parts) => parts
                .iter()
                .find(|(name, _)| name == step)
                .and_then(|(_, part)| part.declared(rest)),
        }
    }

    /// Whether something stands at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.find(path, &|_| true).is_some()
    }

    /// The text at a path.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.find(path, &|part| matches!(part, Self::Text(_)))?.1 {
            Self::Text(text) => Some(text.trim()),
            _ => None,
        }
    }
}

/// A text as far as it is kept.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

/// Reads JSON.
pub(super) fn of_json(text: &str) -> Result<Node, serde_json::Error> {
    let mut left = NODES_MAX;
    let mut json = serde_json::Deserializer::from_str(text);
    let node = Skim {
        left: &mut left,
        keeps: true,
    }
    .deserialize(&mut json)?;
    json.end()?;
    Ok(node)
}

struct Skim<'s> {
    left: &'s mut usize,
    keeps: bool,
}

impl Skim<'_> {
    fn below(&mut self) -> Skim<'_> {
        *self.left = self.left.saturating_sub(1);
        Skim {
            keeps: self.keeps && *self.left > 0,
            left: self.left,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Skim<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Node, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skim<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Text(String::new()))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Node, E> {
        Ok(Node::Text(yes.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(cut(text)))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Node, A::Error> {
        let mut parts = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if self.keeps && *self.left > 0 {
                parts.push((cut(&key), map.next_value_seed(self.below())?));
            } else {
                map.next_value::<IgnoredAny>()?;
                // A record is one, even where there is no room for it.
                if parts.is_empty() {
                    parts.push((cut(&key), Node::Text(String::new())));
                }
            }
        }
        Ok(Node::Branch(parts))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Node, A::Error> {
        let (mut records, mut first) = (0, Vec::new());
        let mut at = 0;
        loop {
            let keeps = self.keeps && at < ITEMS_KEPT;
            let seed = if keeps {
                self.below()
            } else {
                Skim {
                    left: self.left,
                    keeps: false,
                }
            };
            let Some(item) = list.next_element_seed(seed)? else {
                break;
            };
            records += u64::from(matches!(item, Node::Branch(_)));
            if keeps {
                first.push(item);
            }
            at += 1;
        }
        Ok(Node::List { records, first })
    }
}
