//! A program that ends with whoever started it, however that ends.
//!
//! A shell holds it and waits for the end of its own input: the system closes that when the starter ends, be it by a kill
//! nobody can catch. The shell then ends the program and removes its folder. It stands in a group of its own, so that
//! Ctrl-C reaches the starter first.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Starts "$@", says its process and waits: for the word `kill`, or for nobody to hold it any more. What does not end in
/// time is killed. The log is there before the program is, so that whoever knows the process can read it.
const HOLD: &str = r#"end=$1; folder=$2; shift 2
exec 3>"$folder/log"
"$@" >&3 2>&1 3>&- &
server=$!
exec 3>&-
echo $server
while read -r word; do
  [ "$word" = kill ] && kill -9 $server
done
kill -"$end" $server 2>/dev/null
(sleep 5; kill -9 $server) 2>/dev/null &
late=$!
wait $server 2>/dev/null
kill $late 2>/dev/null
rm -rf "$folder""#;

/// A server that does not answer by then never will.
const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks: nothing tells when another program listens.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What a log's last words are cut to.
const LOG_CHARS: usize = 300;

/// A program held.
#[derive(Debug)]
pub struct Held {
    holder: Mutex<Child>,
    process: u32,
    folder: PathBuf,
}

impl Held {
    /// Starts a program that keeps everything in `folder`; `end` is the signal that ends it well.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(end: &str, folder: PathBuf, words: &[String]) -> io::Result<Self> {
        let mut holder = Command::new("sh")
            .arg("-c")
            .arg(HOLD)
            .arg("hold")
            .arg(end)
            .arg(&folder)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0)
            .spawn()?;
        let mut process = String::new();
        if let Some(output) = holder.stdout.as_mut() {
            BufReader::new(output).read_line(&mut process)?;
        }
        let process = process
            .trim()
            .parse()
            .map_err(|_word| io::Error::other("the shell that holds a server does not start it"))?;
        Ok(Self {
            holder: Mutex::new(holder),
            process,
            folder,
        })
    }

    /// Where it keeps everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(input) = holder.stdin.as_mut() {
            // A shell that is gone has killed it already.
            writeln!(input, "kill").ok();
        }
    }

    /// The last it said.
    pub fn last_words(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().rev().take(3).collect();
        let words: String = lines.into_iter().rev().collect::<Vec<_>>().join(" ");
        words.chars().take(LOG_CHARS).collect()
    }

    /// Waits until `is_there` says so.
    ///
    /// # Errors
    /// When it ends before that, or it takes too long.
    pub fn until(&self, mut is_there: impl FnMut() -> bool) -> io::Result<()> {
        let begin = Instant::now();
        while !is_there() {
            let is_gone = !is_running(self.process);
            if is_gone || begin.elapsed() > PATIENCE {
                let how = if is_gone {
                    "it ended at once"
                } else {
                    "it does not answer"
                };
                return Err(io::Error::other(format!("{how}: {}", self.last_words())));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Waits until it takes calls at a port.
    ///
    /// # Errors
    /// When it ends before that, or it takes too long.
    pub fn listens(&self, port: u16) -> io::Result<()> {
        self.until(|| TcpStream::connect(("127.0.0.1", port)).is_ok())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let holder = self
            .holder
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        drop(holder.stdin.take());
        holder.wait().ok();
    }
}

/// Whether a process runs: one that has ended and is waited for by nobody does not.
fn is_running(process: u32) -> bool {
    match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => !stat
            .rsplit_once(')')
            .is_some_and(|(_, rest)| rest.trim_start().starts_with('Z')),
        // Where the system has no such folder, patience ends it.
        Err(_) => !Path::new("/proc").is_dir(),
    }
}

/// A port that nobody has. Nobody else takes it before the server does: ports are given out in turn.
///
/// # Errors
/// When the machine has none.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The first of these programs that is there.
pub fn program(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be started, or says that it failed.
pub fn must(command: &mut Command) -> io::Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    fed(command, &name, b"")
}

/// Runs a program to its end, with this to read.
///
/// # Errors
/// When it cannot be started, or says that it failed.
pub fn fed(command: &mut Command, name: &str, input: &[u8]) -> io::Result<Vec<u8>> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // It may say much before it has read all.
        let writer = scope.spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(input)));
        let output = child.wait_with_output();
        writer.join().ok();
        output
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default();
    let last: String = last.chars().take(LOG_CHARS).collect();
    Err(io::Error::other(format!("{name}: {last}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        ["sh", "-c", line].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_is_held_ends_with_its_holder_and_its_folder_goes() {
        let folder = tempfile::tempdir().unwrap().keep();
        let held = Held::start("TERM", folder.clone(), &words("exec sleep 100")).unwrap();
        let process = held.process();
        assert!(is_running(process) && folder.join("log").exists());
        drop(held);
        assert!(!is_running(process) && !folder.exists());
    }

    #[test]
    fn what_ends_at_once_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap().keep();
        let held = Held::start("TERM", folder, &words("echo no room; exit 1")).unwrap();
        let told = held.until(|| false).unwrap_err().to_string();
        assert_eq!(told, "it ended at once: no room");
    }

    #[test]
    fn what_a_program_says_when_it_fails_is_told() {
        let mut failing = Command::new("sh");
        failing.args([
            "-c",
            "cat >/dev/null; echo first >&2; echo last >&2; exit 3",
        ]);
        let told = fed(&mut failing, "it", &vec![b'x'; 1 << 20]).unwrap_err();
        assert_eq!(told.to_string(), "it: last");
    }
}
