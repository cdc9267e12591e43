//! The city's folder, written out.

use std::path::Path;

use rust_embed::RustEmbed;

use crate::DemoError;
use crate::forms::whole;
use crate::outside::{Kind, Kinds};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../cities/hanbit"]
struct Folder;

/// Writes the manifests of Hanbit-si into `city`. Where a server is not among `served`, the manifest of what comes from it
/// says files instead.
///
/// # Errors
/// When the disk fails.
pub fn unfold(city: &Path, served: &Kinds) -> Result<(), DemoError> {
    let missing: Vec<(String, Kind)> = Kind::ALL
        .into_iter()
        .filter(|kind| !served.contains(kind))
        .map(|kind| (format!("/{}.toml", kind.dataset()), kind))
        .collect();
    for name in Folder::iter() {
        let Some(file) = Folder::get(&name) else {
            continue;
        };
        let stand_in = missing.iter().find(|(end, _)| name.ends_with(end));
        match (stand_in, std::str::from_utf8(&file.data)) {
            (Some((_, kind)), Ok(manifest)) => {
                let manifest = kind.without_server(manifest);
                whole(&city.join(name.as_ref()), manifest.as_bytes())?;
            }
            _ => whole(&city.join(name.as_ref()), &file.data)?,
        }
    }
    Ok(())
}
