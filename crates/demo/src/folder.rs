//! The city's folder, written out.

use std::path::Path;

use rust_embed::RustEmbed;

use crate::DemoError;
use crate::forms::whole;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../cities/hanbit"]
struct Folder;

/// Writes the manifests of Hanbit-si into `city`.
///
/// # Errors
/// When the disk fails.
pub fn unfold(city: &Path) -> Result<(), DemoError> {
    for name in Folder::iter() {
        if let Some(file) = Folder::get(&name) {
            whole(&city.join(name.as_ref()), &file.data)?;
        }
    }
    Ok(())
}
