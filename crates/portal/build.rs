//! Builds the web part (styles, fonts, islands) into `web/dist`, which the portal then embeds.
//!
//! Runs the npm client only when something under `web/` or a template has changed, one build at a
//! time. Without Node it says in one line what is missing and how to get it.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

const NO_NODE: &str = "Madang's pages need Node 20.19 or newer with npm, and it was not found: install it (Debian, Ubuntu: `apt-get install nodejs npm`; others: see nodejs.org), then build again";

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
    let state = web.join("generated");
    fs::create_dir_all(&state).map_err(|cause| told(&state, &cause))?;
    let lock_path = state.join("lock");
    let lock = File::create(&lock_path).map_err(|cause| told(&lock_path, &cause))?;
    lock.lock().map_err(|cause| told(&lock_path, &cause))?;

    let wanted = fingerprint(root, INPUTS).map_err(|cause| told(web, &cause))?;
    let stamp = state.join("stamp");
    let manifest = web.join("dist/manifest.json");
    if manifest.is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    install(root, web, &state)?;
    npm(web, &["run", "--silent", "build"])?;
    // An old time, or the file that this build has just written would ask for the next one.
    let old = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
    File::options()
        .write(true)
        .open(&manifest)
        .and_then(|file| file.set_modified(old))
        .map_err(|cause| told(&manifest, &cause))?;
    fs::write(&stamp, wanted).map_err(|cause| told(&stamp, &cause))
}

/// `npm ci`, unless exactly these packages are installed already.
fn install(root: &Path, web: &Path, state: &Path) -> Result<(), String> {
    let stamp = state.join("installed");
    let wanted =
        fingerprint(root, &["web/package-lock.json"]).map_err(|cause| told(web, &cause))?;
    if web.join("node_modules").is_dir()
        && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted)
    {
        return Ok(());
    }
    npm(web, &["ci", "--silent", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, wanted).map_err(|cause| told(&stamp, &cause))
}

/// Runs the npm client in `web`.
fn npm(web: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(arguments)
        .current_dir(web)
        .output()
        .map_err(|cause| {
            if cause.kind() == io::ErrorKind::NotFound {
                NO_NODE.to_owned()
            } else {
                format!("npm could not be started: {cause}")
            }
        })?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`npm {}` failed in {}:\n{}{}",
        arguments.join(" "),
        web.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// A fingerprint of the inputs' names and bytes.
fn fingerprint(root: &Path, inputs: &[&str]) -> io::Result<String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.to_string_lossy().as_bytes());
        hasher.write(&fs::read(&file)?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The files at `path`; of the portal's own sources only the templates, since styles are cut to them.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_none_or(|extension| extension != "rs") && path.exists() {
        files.push(path.to_owned());
    }
    Ok(())
}

fn told(path: &Path, cause: &io::Error) -> String {
    format!("{}: {cause}", path.display())
}
