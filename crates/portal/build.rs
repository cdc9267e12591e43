//! Builds the web part (styles, fonts, islands) into `web/dist`, which the portal then embeds.
//!
//! Runs the npm client only when something under `web/` or a template has changed, one build at a
//! time. Without Node it says in one line what is missing and how to get it.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

#[path = "../../web/npm.rs"]
mod npm;

use npm::{Turn, fingerprint, told};

/// What the result depends on, relative to the project's root.
const INPUTS: &[&str] = &[
    "web/package.json",
    "web/package-lock.json",
    "web/.npmrc",
    "web/main.ts",
    "web/vite.config.ts",
    "web/scripts",
    "web/style",
    "web/islands",
    "web/fonts",
    "crates/portal/src",
];

fn main() -> Result<(), String> {
    // Asked when it runs, not when it is compiled: checkouts that share a target folder share this program.
    let room =
        std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo did not say where the portal lies")?;
    let root = Path::new(&room).join("../..");
    let web = root.join("web");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../web/npm.rs");
    for input in INPUTS {
        let input = if *input == "crates/portal/src" {
            "src".to_owned()
        } else {
            format!("../../{input}")
        };
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-changed=../../web/dist/manifest.json");
    build(&root, &web)
}

/// Brings `web/dist` up to date, alone: other builds of the same folder wait.
fn build(root: &Path, web: &Path) -> Result<(), String> {
    let turn = Turn::take(root)?;
    // Of the portal's own sources only the templates count, since styles are cut to them.
    let wanted = fingerprint(root, INPUTS).map_err(|cause| told(web, &cause))?;
    let stamp = web.join("generated/stamp");
    let manifest = web.join("dist/manifest.json");
    if manifest.is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    turn.install()?;
    turn.npm(&["run", "--silent", "build"])?;
    // An old time, or the file that this build has just written would ask for the next one.
    let old = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
    File::options()
        .write(true)
        .open(&manifest)
        .and_then(|file| file.set_modified(old))
        .map_err(|cause| told(&manifest, &cause))?;
    fs::write(&stamp, wanted).map_err(|cause| told(&stamp, &cause))
}
