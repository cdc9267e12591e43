//! Packages for build scripts: `npm ci` in `web/`, one build at a time, only when the lock file has changed.
//! Part of the build scripts of the rooms that embed something of a package.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const NO_NODE: &str = "Madang's pages and papers need Node 20.19 or newer with npm, and it was not found: install it (Debian, Ubuntu: `apt-get install nodejs npm`; others: see nodejs.org), then build again";

/// The folder of the packages, alone: other builds of it wait until this is dropped.
pub(crate) struct Turn {
    root: PathBuf,
    web: PathBuf,
    _lock: File,
}

impl Turn {
    /// Waits for the folder `web` below the project's root.
    pub(crate) fn take(root: &Path) -> Result<Self, String> {
        let web = root.join("web");
        let state = web.join("generated");
        fs::create_dir_all(&state).map_err(|cause| told(&state, &cause))?;
        let path = state.join("lock");
        let lock = File::create(&path).map_err(|cause| told(&path, &cause))?;
        lock.lock().map_err(|cause| told(&path, &cause))?;
        Ok(Self {
            root: root.to_owned(),
            web,
            _lock: lock,
        })
    }

    /// `npm ci`, unless exactly these packages are installed already.
    pub(crate) fn install(&self) -> Result<(), String> {
        let stamp = self.web.join("generated/installed");
        let wanted = fingerprint(&self.root, &["web/package-lock.json"])
            .map_err(|cause| told(&self.web, &cause))?;
        if self.web.join("node_modules").is_dir()
            && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted)
        {
            return Ok(());
        }
        self.npm(&["ci", "--silent", "--no-audit", "--no-fund"])?;
        fs::write(&stamp, wanted).map_err(|cause| told(&stamp, &cause))
    }

    /// Runs the npm client.
    pub(crate) fn npm(&self, arguments: &[&str]) -> Result<(), String> {
        let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let output = Command::new(program)
            .args(arguments)
            .current_dir(&self.web)
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
            self.web.display(),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

/// A fingerprint of the inputs' names and bytes.
pub(crate) fn fingerprint(root: &Path, inputs: &[&str]) -> io::Result<String> {
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

/// The files at `path` but for those in Rust, which say nothing of what is made of packages.
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

/// What failed, where.
pub(crate) fn told(path: &Path, cause: &io::Error) -> String {
    format!("{}: {cause}", path.display())
}
