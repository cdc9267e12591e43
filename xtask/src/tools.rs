//! Installs what a chore needs and the machine lacks.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, run};

/// Whether a program answers.
pub(crate) fn has(program: &str, word: &str) -> bool {
    Command::new(program)
        .arg(word)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Node and npm, needed for the pages' islands and the browser run.
pub(crate) fn need_node() -> Outcome {
    if has("node", "--version") && has("npm", "--version") {
        return Ok(());
    }
    install_debian(&["nodejs", "npm"]).map_err(|error| {
        format!(
            "Node.js 20 or newer is missing; get it from nodejs.org or your distribution ({error})"
        )
    })
}

/// A Chromium for the browser run; the first that answers.
pub(crate) fn need_chromium() -> Result<&'static str, String> {
    const NAMES: [&str; 4] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let found = || NAMES.into_iter().find(|name| has(name, "--version"));
    if let Some(name) = found() {
        return Ok(name);
    }
    install_debian(&["chromium"])
        .map_err(|error| format!("Chromium is missing; the browser run needs one ({error})"))?;
    found().ok_or_else(|| "Chromium was installed and does not start".to_owned())
}

/// Servers that the tests of sources start for themselves: PostgreSQL and MariaDB, and what makes a certificate.
pub(crate) fn need_servers() -> Outcome {
    let is_postgres_there = std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| {
        versions
            .any(|version| version.is_ok_and(|version| version.path().join("bin/initdb").is_file()))
    });
    let is_there = |path: &str| Path::new(path).is_file();
    let servers = [
        ("postgresql", is_postgres_there),
        ("mariadb-server", is_there("/usr/sbin/mariadbd")),
        ("openssh-server", is_there("/usr/sbin/sshd")),
        ("mosquitto", is_there("/usr/sbin/mosquitto")),
        ("mosquitto-clients", is_there("/usr/bin/mosquitto_pub")),
        ("openssl", has("openssl", "version")),
    ];
    let missing = servers.into_iter().filter(|(_, is_there)| !is_there);
    let missing: Vec<&str> = missing.map(|(package, _)| package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    install_debian(&missing)
        .map_err(|error| format!("tests of sources start servers, and some are missing ({error})"))
}

/// Installs Debian packages when that is possible (Debian, as root).
pub(crate) fn install_debian(packages: &[&str]) -> Outcome {
    if !has("apt-get", "--version") {
        return Err(format!("install these by hand: {}", packages.join(" ")));
    }
    run::run(
        "apt-get update",
        run::command("apt-get", &["update", "-qq"]).env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    let mut command = run::command(
        "apt-get",
        &["install", "-y", "-qq", "--no-install-recommends"],
    );
    run::run(
        "apt-get install",
        command
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null()),
    )
    .map_err(|error| format!("{error}; install these by hand: {}", packages.join(" ")))
}

/// The folder outside the checkout where tools are kept between runs.
pub(crate) fn folder() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    home.join(".cache/madang-tools")
}

/// `cargo deny`, installed into [`folder`] if it is not there.
pub(crate) fn need_cargo_deny() -> Result<PathBuf, String> {
    let path = folder().join("bin/cargo-deny");
    if !path.is_file() {
        let mut command = run::command(
            "cargo",
            &["install", "--locked", "--quiet", "cargo-deny", "--root"],
        );
        run::run(
            "installing cargo-deny",
            command.arg(folder()).env_remove("CARGO_TARGET_DIR"),
        )?;
    }
    Ok(path)
}
