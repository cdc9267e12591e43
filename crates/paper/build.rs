//! Puts the typeface of papers beside the program: Pretendard GOV, out of the package that the pages use too.

use std::fs;
use std::path::Path;

#[path = "../../web/npm.rs"]
mod npm;

use npm::{Turn, told};

/// Where the package keeps its fonts, below the project's root.
const FONTS: &str = "web/node_modules/pretendard-gov/dist/public/static";

fn main() -> Result<(), String> {
    let var = |name: &str| std::env::var_os(name).ok_or(format!("cargo did not say {name}"));
    let root = Path::new(&var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = var("OUT_DIR")?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../web/npm.rs");
    println!("cargo::rerun-if-changed=../../web/package-lock.json");
    let fonts = root.join(FONTS);
    let turn = Turn::take(&root)?;
    turn.install()?;
    for name in ["Regular", "Bold"] {
        let file = format!("PretendardGOV-{name}.otf");
        let (from, to) = (fonts.join(&file), Path::new(&out).join(&file));
        fs::copy(&from, &to).map_err(|cause| told(&from, &cause))?;
    }
    Ok(())
}
