//! Office documents that are ZIP archives of XML parts: looked through before they are read, part by part,
//! without ever being unpacked to the disk.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use city::Fault;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{archive, document, fault};
use crate::origin::Input;

/// A document that unpacks to more than this is refused.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;
/// A part that unpacks to more than so many times its size is a bomb, once it is large.
const RATIO_MAX: u64 = 250;
/// Sizes below this are harmless whatever their ratio.
const HARMLESS_BYTES: u64 = 64 << 20;
/// Deeper nesting than any document has.
const DEPTH_MAX: usize = 256;
/// A part that only names or lists things is not longer.
const SMALL_BYTES_MAX: u64 = 1 << 20;

/// The parts of a document.
pub(super) struct Package<'i> {
    input: &'i Input,
    archive: ZipArchive<BufReader<File>>,
    names: Vec<String>,
}

/// What a part's XML says, step by step; names are without their prefixes.
pub(super) enum Step<'e> {
    /// An element begins.
    Open(&'e str, &'e BytesStart<'e>),
    /// An element ends.
    Close(&'e str),
    /// Text.
    Text(&'e str),
}

impl<'i> Package<'i> {
    /// Opens a document.
    pub(super) fn open(input: &'i Input) -> Result<Self, Vec<Fault>> {
        let names = archive::names(input)?;
        refuse_bomb(input)?;
        let mut package = Self {
            archive: archive(input)?,
            input,
            names,
        };
        let manifest = package.small("META-INF/manifest.xml")?;
        if manifest.is_some_and(|text| text.contains("encryption-data")) {
            return Err(vec![
                Fault::at(&input.name, "the document is protected by a password")
                    .remedy("ask for a copy without one"),
            ]);
        }
        Ok(package)
    }

    /// Names of the parts.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// A short part as text.
    pub(super) fn small(&mut self, name: &str) -> Result<Option<String>, Vec<Fault>> {
        if !self.names.iter().any(|known| known == name) {
            return Ok(None);
        }
        let mut text = Vec::new();
        self.archive
            .by_name(name)
            .map_err(|error| broken(self.input, &error))?
            .take(SMALL_BYTES_MAX)
            .read_to_end(&mut text)
            .map_err(|error| broken(self.input, &error))?;
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// Goes through the XML of a part.
    pub(super) fn walk(
        &mut self,
        name: &str,
        visit: impl FnMut(Step<'_>) -> Result<(), String>,
    ) -> Result<(), Vec<Fault>> {
        let part = self
            .archive
            .by_name(name)
            .map_err(|error| broken(self.input, &error))?;
        walk(document::utf8(part, b'<'), visit).map_err(|what| {
            vec![Fault::at(&self.input.name, what).part(name).remedy(
                "open it in the program it was made with, save it again, or ask for it again",
            )]
        })
    }
}

/// An attribute of an element, by its full name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.as_ref() == name)?;
    let value = quick_xml::escape::unescape(&found.value);
    Some(value.map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

/// A count in an attribute; absent, unreadable and negative ones are `usual`.
pub(super) fn count(tag: &BytesStart<'_>, name: &str, usual: usize) -> usize {
    attribute(tag, name)
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(usual)
}

fn walk(
    source: impl BufRead,
    mut visit: impl FnMut(Step<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let mut reader = Reader::from_reader(source);
    let (mut buffer, mut depth) = (Vec::new(), 0);
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| format!("is not sound XML: {error}"))?;
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(format!("elements are nested more than {DEPTH_MAX} deep"));
                }
                visit(Step::Open(tag.local_name().as_ref(), &tag))?;
            }
            Event::Empty(tag) => {
                visit(Step::Open(tag.local_name().as_ref(), &tag))?;
                visit(Step::Close(tag.local_name().as_ref()))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                visit(Step::Close(tag.local_name().as_ref()))?;
            }
            Event::Text(text) => visit(Step::Text(&text.xml10_content()))?,
            Event::CData(text) => visit(Step::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let sign = reference.resolve_char_ref().ok().flatten();
                let known = quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
                let text = sign.map(String::from).or(known);
                visit(Step::Text(&text.ok_or("uses an entity of its own")?))?;
            }
            // Entities can grow without bound and reach for files: none is read.
            Event::DocType(_) => return Err("has a document type, as no such document has".into()),
            Event::Eof if depth > 0 => return Err("is cut off".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn broken(input: &Input, error: &dyn std::fmt::Display) -> Vec<Fault> {
    vec![
        Fault::at(&input.name, format!("is not a sound document: {error}"))
            .remedy("the file may be cut off: ask for it again"),
    ]
}

fn archive(input: &Input) -> Result<ZipArchive<BufReader<File>>, Vec<Fault>> {
    let file = File::open(&input.path)
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| broken(input, &error))
}

/// Unpacks every part into nothing, counting: what the archive says of its sizes may be a lie.
pub(super) fn refuse_bomb(input: &Input) -> Result<(), Vec<Fault>> {
    let mut archive = archive(input)?;
    let mut all = 0;
    for at in 0..archive.len() {
        let part = archive
            .by_index(at)
            .map_err(|error| broken(input, &error))?;
        let (packed, name) = (
            part.compressed_size().max(1),
            part.name()
                .map(std::borrow::Cow::into_owned)
                .unwrap_or_default(),
        );
        let mut counted = part.take(UNPACKED_BYTES_MAX + 1);
        let size = std::io::copy(&mut counted, &mut std::io::sink())
            .map_err(|error| broken(input, &error))?;
        all += size;
        if all > UNPACKED_BYTES_MAX || (size > HARMLESS_BYTES && size / packed > RATIO_MAX) {
            let what = format!(
                "the document unpacks to more than it may ({} MiB in all, {} times its size)",
                all >> 20,
                size / packed
            );
            return Err(vec![
                Fault::at(&input.name, what)
                    .part(name)
                    .remedy("this is no ordinary document; ask for the data as CSV"),
            ]);
        }
    }
    Ok(())
}
