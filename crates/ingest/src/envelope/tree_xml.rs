//! The same skeleton from XML: elements of one name beside each other are a list.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::tree::{Node, cut};

/// Deeper nesting than any answer has.
const DEPTH_MAX: usize = 64;
/// Children of different names that are kept of one element.
const PARTS_MAX: usize = 1024;
/// Elements of one name that are kept.
const ITEMS_KEPT: usize = 4;

#[derive(Default)]
struct Element {
    name: String,
    text: String,
    parts: Vec<(String, Node)>,
}

/// Why a text is no XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsound {
    /// It ends inside an element.
    Cut,
    /// It is wrong in itself.
    Wrong,
}

/// Reads XML; the answer has one part, the root.
pub(super) fn of_xml(text: &str) -> Result<Node, Unsound> {
    // What is declared of the encoding is no longer true: the text has been decoded.
    let text = match text.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").ok_or(Unsound::Cut)?.1,
        None => text,
    };
    let mut reader = Reader::from_reader(text.as_bytes());
    let mut stack = vec![Element::default()];
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| unsound(&error))?;
        match event {
            Event::Start(tag) => open(&tag, &mut stack)?,
            Event::Empty(tag) => {
                open(&tag, &mut stack)?;
                close(&mut stack);
            }
            Event::End(_) => close(&mut stack),
            Event::Text(text) => append(&mut stack, &text.xml10_content()),
            Event::CData(text) => append(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let sign = reference
                    .resolve_char_ref()
                    .ok()
                    .flatten()
                    .map(String::from);
                let known = quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
                append(&mut stack, &sign.or(known).unwrap_or_default());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match stack.pop() {
        Some(root) if stack.is_empty() && !root.parts.is_empty() => Ok(Node::Branch(root.parts)),
        Some(_) if stack.is_empty() => Err(Unsound::Wrong),
        _ => Err(Unsound::Cut),
    }
}

fn unsound(error: &quick_xml::Error) -> Unsound {
    match error {
        quick_xml::Error::Syntax(_) => Unsound::Cut,
        _ => Unsound::Wrong,
    }
}

fn open(tag: &BytesStart<'_>, stack: &mut Vec<Element>) -> Result<(), Unsound> {
    if stack.len() > DEPTH_MAX {
        return Err(Unsound::Wrong);
    }
    let attributes = tag.attributes().filter_map(Result::ok).map(|attribute| {
        let name = format!("@{}", attribute.key.as_ref());
        (cut(&name), Node::Text(cut(&attribute.value)))
    });
    stack.push(Element {
        name: cut(tag.name().as_ref()),
        parts: attributes.take(PARTS_MAX).collect(),
        ..Element::default()
    });
    Ok(())
}

fn append(stack: &mut [Element], text: &str) {
    if let Some(element) = stack.last_mut()
        && element.text.len() < 4096
    {
        element.text.push_str(&cut(text));
    }
}

fn close(stack: &mut Vec<Element>) {
    // What stands below is never closed: it holds the root.
    if stack.len() < 2 {
        return;
    }
    let Some(element) = stack.pop() else {
        return;
    };
    let node = if element.parts.is_empty() {
        Node::Text(cut(element.text.trim()))
    } else {
        Node::Branch(element.parts)
    };
    if let Some(parent) = stack.last_mut() {
        put(&mut parent.parts, element.name, node);
    }
}

fn put(parts: &mut Vec<(String, Node)>, name: String, node: Node) {
    // Rows follow one another: the last is looked at first.
    let Some((_, known)) = parts.iter_mut().rev().find(|(known, _)| *known == name) else {
        if parts.len() < PARTS_MAX {
            parts.push((name, node));
        }
        return;
    };
    let is_record = |node: &Node| u64::from(matches!(node, Node::Branch(_)));
    match known {
        Node::List { records, first } => {
            *records += is_record(&node);
            if first.len() < ITEMS_KEPT {
                first.push(node);
            }
        }
        single => {
            let before = std::mem::replace(single, Node::Text(String::new()));
            *single = Node::List {
                records: is_record(&before) + is_record(&node),
                first: vec![before, node],
            };
        }
    }
}
