//! XML with a repeated element: each is a row, its children are cells. Read once to find the rows, once for
//! the names of their cells, once for the rows themselves; no pass holds more than a row.

use std::collections::HashSet;
use std::io::{BufRead, Cursor, Read as _};

use city::Fault;
use city::dataset::{Encoding, Format};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::document::{Document, head};
use super::stream::Stream;
use super::{Row, Rows, fault, read_whole};
use crate::origin::Input;
use crate::text::{encoding, trim};

/// A document that must be mended is held whole, and has at most so many bytes.
const MENDED_BYTES_MAX: u64 = 512 << 20;
/// Deeper nesting than any delivery has.
const DEPTH_MAX: usize = 64;
/// More cells than any row has.
const CELLS_MAX: usize = 1 << 18;
/// Texts of XML end with it.
const MARK: u8 = b'<';
/// An XML declaration is not longer.
const DECLARATION_BYTES_MAX: u64 = 256;

pub(super) struct XmlRows {
    names: Vec<String>,
    rows: Stream,
}

/// An element as it is read.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    cells: Vec<(String, String)>,
    has_children: bool,
}

pub(super) fn open(input: &Input, format: &Format) -> Result<XmlRows, Vec<Fault>> {
    let (document, found) = sound(input, format)?;
    let path = match &format.rows {
        Some(path) => path.trim_matches('/').to_owned(),
        None => found,
    };
    let mut names: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    through(&document, |found, element| {
        if found == path {
            for (name, _) in std::mem::take(&mut element.cells) {
                if seen.insert(name.clone()) {
                    names.push(name);
                }
            }
        } else {
            forget_outside(&path, found, element);
        }
        true
    })?;
    let columns = names.clone();
    let rows = Stream::of(input, move |sender| {
        let mut number = 0;
        through(&document, |found, element| {
            if found != path {
                forget_outside(&path, found, element);
                return true;
            }
            number += 1;
            let cells = std::mem::take(&mut element.cells);
            let cell = |name: &String| {
                cells
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, text)| text.clone())
                    .filter(|text| !text.is_empty())
            };
            sender.put(Row {
                number,
                cells: columns.iter().map(cell).collect(),
                ..Row::default()
            })
        })
    });
    Ok(XmlRows { names, rows })
}

/// What stands outside the rows must not pile up beside them.
fn forget_outside(rows: &str, found: &str, element: &mut Element) {
    let is_inside = found
        .strip_prefix(rows)
        .is_some_and(|rest| rest.starts_with('/'));
    if !is_inside {
        element.cells.clear();
    }
}

/// The document in the first form in which it is sound, and the path of the element that repeats: as
/// declared, as its bytes look, mended.
fn sound(input: &Input, format: &Format) -> Result<(Document, String), Vec<Fault>> {
    let declared = declared(&head(input)?, format);
    let document = Document::of(input, declared)?;
    let faults = match repeated_in(&document) {
        Ok(path) => return Ok((document, path)),
        Err(faults) => faults,
    };
    if declared.is_some() {
        let other = Document::of(input, None)?;
        if let Ok(path) = repeated_in(&other) {
            return Ok((other, path));
        }
    }
    let Ok(bytes) = read_whole(input, MENDED_BYTES_MAX) else {
        return Err(faults);
    };
    let text = encoding::whole(&bytes, declared).or_else(|| encoding::whole(&bytes, None));
    let mended = text.and_then(|text| mended(&text));
    match mended.map(|text| Document::mended(input, text)) {
        Some(document) => match repeated_in(&document) {
            Ok(path) => Ok((document, path)),
            Err(_) => Err(faults),
        },
        None => Err(faults),
    }
}

/// The encoding that the manifest or the document itself declares.
fn declared(head: &[u8], format: &Format) -> Option<Encoding> {
    let begin = String::from_utf8_lossy(head.get(..200).unwrap_or(head)).to_lowercase();
    format.encoding.or_else(|| {
        let name = begin
            .split_once("encoding=")?
            .1
            .trim_start_matches(['"', '\'']);
        let is = |names: &[&str]| names.iter().any(|known| name.starts_with(known));
        if is(&["euc-kr", "cp949", "ks_c", "ms949"]) {
            Some(Encoding::Cp949)
        } else if is(&["utf-8"]) {
            Some(Encoding::Utf8)
        } else {
            None
        }
    })
}

/// Goes through a document from its start.
fn through(
    document: &Document,
    done: impl FnMut(&str, &mut Element) -> bool,
) -> Result<(), Vec<Fault>> {
    let mut reader = document.reader(MARK)?;
    let mut begin = Vec::new();
    (&mut reader)
        .take(DECLARATION_BYTES_MAX)
        .read_until(b'>', &mut begin)
        .map_err(|error| fault(document.input(), format!("cannot be read: {error}")))?;
    // What is declared of the encoding is no longer true: the text has been decoded.
    if begin.trim_ascii_start().starts_with(b"<?xml") {
        for byte in begin.iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
    }
    let line = |place| document.line_at(place);
    walk(
        document.input(),
        Cursor::new(begin).chain(reader),
        line,
        done,
    )
}

fn repeated_in(document: &Document) -> Result<String, Vec<Fault>> {
    let mut counts = Counts::default();
    through(document, |path, element| counts.add(path, element))?;
    Ok(counts.most())
}

/// Older exports of the national portal write an empty cell as `<name><name/>`, with an empty
/// element where the closing tag belongs. Mended only where the document is unsound as it stands.
fn mended(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        let end = behind.find('>')?;
        let (tag, after) = behind.split_at(end + 1);
        let name = tag.strip_suffix('>').unwrap_or_default();
        let doubled = after
            .strip_prefix('<')
            .and_then(|next| next.strip_prefix(name))
            .and_then(|next| next.strip_prefix("/>"));
        out.push('<');
        out.push_str(tag);
        rest = after;
        if let Some(behind) = doubled.filter(|_| !name.is_empty()) {
            out.push_str("</");
            out.push_str(tag);
            rest = behind;
        }
    }
    out.push_str(rest);
    Some(out)
}

/// How often each element with children or attributes is met.
#[derive(Default)]
struct Counts(Vec<(String, usize)>);

impl Counts {
    fn add(&mut self, path: &str, element: &mut Element) -> bool {
        // Only how often is asked: what it holds must not pile up in its parents.
        element.cells.clear();
        match self.0.iter_mut().find(|(known, _)| known == path) {
            Some((_, count)) => *count += 1,
            None => self.0.push((path.to_owned(), 1)),
        }
        true
    }

    /// The path of the element that repeats: the one met most often. One record only: the deepest element
    /// that has children is the row.
    fn most(mut self) -> String {
        let depth = |path: &str| path.matches('/').count();
        self.0.sort_by_key(|(path, count)| {
            (std::cmp::Reverse(*count), std::cmp::Reverse(depth(path)))
        });
        let first = self.0.into_iter().next();
        first.map(|(path, _)| path).unwrap_or_default()
    }
}

/// Goes through a document; `done` is told of each element with children or attributes when it closes, with
/// its path, until it answers false. `line` tells the line of a place.
fn walk(
    input: &Input,
    source: impl BufRead,
    line: impl Fn(u64) -> u64,
    mut done: impl FnMut(&str, &mut Element) -> bool,
) -> Result<(), Vec<Fault>> {
    let mut reader = Reader::from_reader(source);
    let mut stack: Vec<Element> = Vec::new();
    let (mut path, mut buffer) = (String::new(), Vec::new());
    loop {
        let at = reader.buffer_position();
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| {
            vec![
                Fault::at(&input.name, format!("is not sound XML: {error}"))
                    .line(line(at))
                    .remedy("ask for the file again"),
            ]
        })?;
        let goes_on = match event {
            Event::Start(tag) => {
                open_element(input, &tag, &mut stack, &mut path)?;
                true
            }
            Event::Empty(tag) => {
                open_element(input, &tag, &mut stack, &mut path)?;
                close(input, &mut stack, &mut path, &mut done)?
            }
            Event::End(_) => close(input, &mut stack, &mut path, &mut done)?,
            Event::Eof => break,
            event => {
                take_text(input, event, &mut stack)?;
                true
            }
        };
        if !goes_on {
            return Ok(());
        }
    }
    let Some(open) = stack.last() else {
        return Ok(());
    };
    let what = format!("the document ends inside <{}>", open.name);
    Err(vec![
        Fault::at(&input.name, what).remedy("it was cut off on its way: ask for it again"),
    ])
}

fn take_text(input: &Input, event: Event<'_>, stack: &mut [Element]) -> Result<(), Vec<Fault>> {
    match event {
        Event::Text(text) => append(stack, &text.xml10_content()),
        Event::CData(text) => append(stack, &text.xml10_content()),
        Event::GeneralRef(reference) => {
            let sign = reference
                .resolve_char_ref()
                .ok()
                .flatten()
                .map(String::from);
            let known = quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
            let Some(text) = sign.or(known) else {
                return Err(vec![
                    Fault::at(&input.name, "the document uses an entity of its own")
                        .remedy("ask for a document without a DTD"),
                ]);
            };
            append(stack, &text);
        }
        // Entities declared in a document can grow without bound and reach for files: none is read.
        Event::DocType(kind) if kind.to_uppercase().contains("<!ENTITY") => {
            return Err(vec![
                Fault::at(&input.name, "the document declares entities")
                    .remedy("that is how XML bombs are made; ask for a document without a DTD"),
            ]);
        }
        _ => {}
    }
    Ok(())
}

fn open_element(
    input: &Input,
    tag: &BytesStart<'_>,
    stack: &mut Vec<Element>,
    path: &mut String,
) -> Result<(), Vec<Fault>> {
    if stack.len() >= DEPTH_MAX {
        let what = format!("elements are nested more than {DEPTH_MAX} deep");
        return Err(fault(input, what));
    }
    let name = tag.name().as_ref().to_owned();
    if let Some(parent) = stack.last_mut() {
        parent.has_children = true;
    }
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(&name);
    let cells = tag.attributes().filter_map(Result::ok).map(|attribute| {
        let value = quick_xml::escape::unescape(&attribute.value).map_or_else(
            |_| attribute.value.to_string(),
            std::borrow::Cow::into_owned,
        );
        (format!("@{}", attribute.key.as_ref()), value)
    });
    stack.push(Element {
        name,
        cells: cells.collect(),
        ..Element::default()
    });
    Ok(())
}

fn append(stack: &mut [Element], text: &str) {
    // The space between children says nothing, and there is much of it.
    if let Some(element) = stack.last_mut()
        && !(element.has_children && trim(text).is_empty())
    {
        element.text.push_str(text);
    }
}

/// Closes the innermost element; whether the walk goes on.
fn close(
    input: &Input,
    stack: &mut Vec<Element>,
    path: &mut String,
    done: &mut impl FnMut(&str, &mut Element) -> bool,
) -> Result<bool, Vec<Fault>> {
    let Some(mut element) = stack.pop() else {
        return Ok(true);
    };
    let leaf = !element.has_children;
    let text = trim(&element.text).to_owned();
    let goes_on = (leaf && element.cells.is_empty()) || done(path, &mut element);
    path.truncate(path.len().saturating_sub(element.name.len()));
    let cut = path.trim_end_matches('/').len();
    path.truncate(cut);
    let Some(parent) = stack.last_mut() else {
        return Ok(goes_on);
    };
    if leaf {
        parent.cells.push((element.name, text));
    } else {
        // Nested records become `outer/inner`, unless they were taken as rows.
        for (name, text) in element.cells {
            parent
                .cells
                .push((format!("{}/{name}", element.name), text));
        }
    }
    if parent.cells.len() > CELLS_MAX {
        let what = format!("<{}> has more than {CELLS_MAX} values", parent.name);
        return Err(vec![
            Fault::at(&input.name, what).remedy("name the element that is a row: `format.rows`"),
        ]);
    }
    Ok(goes_on)
}

impl Rows for XmlRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        self.rows.next(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(bytes: &[u8], rows: Option<&str>) -> Result<(Vec<String>, Vec<String>), String> {
        let folder = tempfile::tempdir().unwrap();
        let input = Input {
            name: "x.xml".to_owned(),
            path: folder.path().join("x.xml"),
        };
        std::fs::write(&input.path, bytes).unwrap();
        let format: Format =
            serde_json::from_value(serde_json::json!({"kind": "xml", "rows": rows})).unwrap();
        let told = |faults: Vec<Fault>| faults[0].to_string();
        let mut found = open(&input, &format).map_err(told)?;
        let mut cells = Vec::new();
        while let Some(rows) = found.next(2).map_err(told)? {
            cells.extend(rows.into_iter().map(|row| {
                let cells = row.cells.into_iter().map(Option::unwrap_or_default);
                format!("{}:{}", row.number, cells.collect::<Vec<_>>().join("|"))
            }));
        }
        Ok((found.names, cells))
    }

    #[test]
    fn rows_are_the_element_that_repeats_or_the_one_named() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?>
            <r><head><code>00</code></head><body><items>
            <item id="7"><a>1</a><b><c>x &amp; y</c></b></item><item><a>2</a></item></items>
            <notes><note><t>1</t></note></notes></body></r>"#;
        for (rows, names, cells) in [
            (None, "@id a b/c", "1:7|1|x & y 2:|2|"),
            (Some("/r/body/notes/note"), "t", "1:1"),
            (Some("r/head"), "code", "1:00"),
        ] {
            let (found, rows) = opened(text.as_bytes(), rows).unwrap();
            assert_eq!(
                (found.join(" ").as_str(), rows.join(" ").as_str()),
                (names, cells)
            );
        }
    }

    #[test]
    fn a_wrong_declaration_and_an_empty_cell_of_an_old_export_are_no_obstacle() {
        let text = "<?xml version=\"1.0\" encoding=\"EUC-KR\"?><r><i><a>가온</a><b>1</b></i><i><a>누리</a><b>2</b></i></r>";
        let (cp949, ..) = encoding_rs::EUC_KR.encode(text);
        let expected = ["1:가온|1", "2:누리|2"];
        assert_eq!(opened(&cp949, None).unwrap().1, expected);
        assert_eq!(opened(text.as_bytes(), None).unwrap().1, expected);
        let old = text.replace("<b>2</b>", "<b><b/>");
        assert_eq!(opened(old.as_bytes(), None).unwrap().1[1], "2:누리|");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = opened(b"<r>\n<i><a>1</a></i>\n<i><a>2</b></i></r>", None).unwrap_err();
        assert!(told.starts_with("x.xml:3: is not sound XML"), "{told}");
        let told = opened(b"<r><i><a>1</a></i><i><a>2", None).unwrap_err();
        assert!(told.contains("ends inside <a>"), "{told}");
        let deep = "<a>".repeat(DEPTH_MAX + 1);
        assert!(
            opened(deep.as_bytes(), None)
                .unwrap_err()
                .contains("nested")
        );
    }
}
