//! XML with a repeated element: each is a row, its children are cells.

use city::Fault;
use city::dataset::Format;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Row, Rows, fault, read_whole};
use crate::origin::Input;
use crate::text::{encoding, trim};

/// One document may have so many bytes.
const DOCUMENT_BYTES_MAX: u64 = 512 << 20;
/// Deeper nesting than any delivery has.
const DEPTH_MAX: usize = 64;

pub(super) struct XmlRows {
    names: Vec<String>,
    rows: std::vec::IntoIter<Row>,
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
    let bytes = read_whole(input, DOCUMENT_BYTES_MAX)?;
    let text = text_of(&bytes, format).ok_or_else(|| {
        vec![
            Fault::at(
                &input.name,
                "the file is not text in the encoding it declares",
            )
            .remedy("set `encoding` in the manifest"),
        ]
    })?;
    let text = mended(input, &text).map_or(text, |mended| mended);
    let path = match &format.rows {
        Some(path) => path.trim_matches('/').to_owned(),
        None => repeated(input, &text)?,
    };
    let mut names: Vec<String> = Vec::new();
    let mut records = Vec::new();
    walk(input, &text, |found, element| {
        if found == path {
            for (name, _) in &element.cells {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            records.push(std::mem::take(&mut element.cells));
        }
    })?;
    let rows: Vec<Row> = records
        .into_iter()
        .enumerate()
        .map(|(at, cells)| {
            let cell = |name: &String| {
                cells
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, text)| text.clone())
                    .filter(|text| !text.is_empty())
            };
            Row {
                number: u64::try_from(at).unwrap_or_default() + 1,
                cells: names.iter().map(cell).collect(),
                geometry: None,
                odd: None,
            }
        })
        .collect();
    Ok(XmlRows {
        names,
        rows: rows.into_iter(),
    })
}

/// The document as text: what the manifest or the declaration says, or what the bytes look like.
fn text_of(bytes: &[u8], format: &Format) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).to_lowercase();
    let declared = format.encoding.or_else(|| {
        let name = head
            .split_once("encoding=")?
            .1
            .trim_start_matches(['"', '\'']);
        if name.starts_with("euc-kr")
            || name.starts_with("cp949")
            || name.starts_with("ks_c")
            || name.starts_with("ms949")
        {
            Some(city::dataset::Encoding::Cp949)
        } else if name.starts_with("utf-8") {
            Some(city::dataset::Encoding::Utf8)
        } else {
            None
        }
    });
    encoding::whole(bytes, declared)
        .or_else(|| encoding::whole(bytes, None))
        .map(std::borrow::Cow::into_owned)
}

/// Older exports of the national portal write an empty cell as `<name><name/>`, with an empty
/// element where the closing tag belongs. Mended only where the document is unsound as it stands.
fn mended(input: &Input, text: &str) -> Option<String> {
    if walk(input, text, |_, _| {}).is_ok() {
        return None;
    }
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
    walk(input, &out, |_, _| {}).is_ok().then_some(out)
}

/// Cells outside and inside the rows by path, and how many rows there are at `rows` or where it looks like rows.
/// For telling an answer's envelope; nothing when it is no sound XML.
pub(crate) fn survey(text: &str, rows: Option<&str>) -> Option<(Vec<(String, String)>, u64)> {
    let input = Input {
        name: String::new(),
        path: std::path::PathBuf::new(),
    };
    let path = match rows {
        Some(rows) => rows.trim_matches('/').to_owned(),
        None => repeated(&input, text).ok()?,
    };
    let (mut cells, mut count) = (Vec::new(), 0);
    walk(&input, text, |found, element| {
        if found != path {
            cells.extend(element.cells.iter().take(64).cloned());
            return;
        }
        count += 1;
        let row = std::mem::take(&mut element.cells);
        // In an answer that is an error there are no rows: what looked like one is the error itself.
        if count == 1 {
            cells.extend(row.into_iter().take(64));
        }
    })
    .ok()?;
    Some((cells, count))
}

/// The path of the element that repeats: the one met most often among those with children.
fn repeated(input: &Input, text: &str) -> Result<String, Vec<Fault>> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    walk(input, text, |path, element| {
        if element.has_children || !element.cells.is_empty() {
            match counts.iter_mut().find(|(known, _)| known == path) {
                Some((_, count)) => *count += 1,
                None => counts.push((path.to_owned(), 1)),
            }
        }
    })?;
    let depth = |path: &str| path.matches('/').count();
    // One record only: the deepest element that has children is the row.
    counts.sort_by_key(|(path, count)| (std::cmp::Reverse(*count), std::cmp::Reverse(depth(path))));
    Ok(counts
        .into_iter()
        .next()
        .map(|(path, _)| path)
        .unwrap_or_default())
}

/// Goes through the document; `done` is told of each element when it closes, with its path.
fn walk(
    input: &Input,
    text: &str,
    mut done: impl FnMut(&str, &mut Element),
) -> Result<(), Vec<Fault>> {
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = Vec::new();
    let mut path = String::new();
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| {
            let line = text.get(..at).unwrap_or(text).matches('\n').count();
            let what = format!("is not sound XML: {error}");
            vec![
                Fault::at(&input.name, what)
                    .line(u64::try_from(line).unwrap_or_default() + 1)
                    .remedy("ask for the file again"),
            ]
        })?;
        match event {
            Event::Start(tag) => {
                if stack.len() >= DEPTH_MAX {
                    return Err(fault(
                        input,
                        format!("elements are nested more than {DEPTH_MAX} deep"),
                    ));
                }
                open_element(&tag, &mut stack, &mut path);
            }
            Event::Empty(tag) => {
                open_element(&tag, &mut stack, &mut path);
                close(&mut stack, &mut path, &mut done);
            }
            Event::End(_) => close(&mut stack, &mut path, &mut done),
            Event::Text(text) => append(&mut stack, &text.xml10_content()),
            Event::CData(text) => append(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let sign = reference
                    .resolve_char_ref()
                    .ok()
                    .flatten()
                    .map(String::from);
                let known = quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
                match sign.or(known) {
                    Some(text) => append(&mut stack, &text),
                    None => {
                        return Err(vec![
                            Fault::at(&input.name, "the document uses an entity of its own")
                                .remedy("ask for a document without a DTD"),
                        ]);
                    }
                }
            }
            // Entities declared in a document can grow without bound and reach for files: none is read.
            Event::DocType(kind) if kind.to_uppercase().contains("<!ENTITY") => {
                return Err(vec![
                    Fault::at(&input.name, "the document declares entities")
                        .remedy("that is how XML bombs are made; ask for a document without a DTD"),
                ]);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if stack.is_empty() {
        Ok(())
    } else {
        Err(vec![
            Fault::at(
                &input.name,
                format!(
                    "the document ends inside <{}>",
                    stack.last().map_or("", |element| element.name.as_str())
                ),
            )
            .remedy("it was cut off on its way: ask for it again"),
        ])
    }
}

fn open_element(tag: &BytesStart<'_>, stack: &mut Vec<Element>, path: &mut String) {
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
}

fn append(stack: &mut [Element], text: &str) {
    if let Some(element) = stack.last_mut() {
        element.text.push_str(text);
    }
}

fn close(stack: &mut Vec<Element>, path: &mut String, done: &mut impl FnMut(&str, &mut Element)) {
    let Some(mut element) = stack.pop() else {
        return;
    };
    let leaf = !element.has_children;
    let text = trim(&element.text).to_owned();
    if !leaf || !element.cells.is_empty() {
        done(path, &mut element);
    }
    path.truncate(path.len().saturating_sub(element.name.len()));
    let cut = path.trim_end_matches('/').len();
    path.truncate(cut);
    let Some(parent) = stack.last_mut() else {
        return;
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
}

impl Rows for XmlRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let rows: Vec<Row> = self.rows.by_ref().take(limit).collect();
        Ok((!rows.is_empty()).then_some(rows))
    }
}
