//! `madang init`: a new city folder, commented.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::exit::Failure;
use crate::out;

/// What a new folder holds.
const FILES: [(&str, &str); 4] = [
    ("city.toml", include_str!("../../template/city.toml")),
    (
        "datasets/traffic/parking.toml",
        include_str!("../../template/parking.toml"),
    ),
    (
        "inbox/traffic/parking.csv",
        "관리번호,주차장명,주차구획수\n001,가온공영주차장,120\n002,누리공영주차장,80\n",
    ),
    (".gitignore", "/.madang/\n"),
];

/// Words of `madang init`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The new folder
    folder: PathBuf,
}

/// Makes the folder; never touches one that holds something.
pub(crate) fn run(words: &Words) -> Result<ExitCode, Failure> {
    let folder = &words.folder;
    let taken = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken || folder.is_file() {
        return Err(Failure::Input(format!(
            "{}: there is something already; name a new folder",
            folder.display()
        )));
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text));
        written.map_err(|error| {
            Failure::Machine(format!("failed to write {}: {error}", path.display()))
        })?;
        out::line(path.display().to_string())?;
    }
    out::say(format!(
        "next: madang check -C {0} && madang load -C {0}\nthen: madang serve -C {0} prints a link by which `operator` sets the first password; madang people -C {0} add NAME adds others",
        folder.display()
    ));
    Ok(ExitCode::SUCCESS)
}
