//! Configuration: flags > environment `MADANG_*` > `madang.toml` > defaults. Read once, here.

pub(crate) mod mail;
pub(crate) mod openid;
pub(crate) mod web;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::Shared;
use crate::exit::Failure;
use crate::logging;

/// Name of the file, in the city's folder.
const FILE: &str = "madang.toml";
/// Folder below the city's folder where things are kept unless told otherwise.
const DATA: &str = ".madang";
/// Environment names of configuration values that sources use.
const SOURCES: &str = "MADANG_SOURCES_";

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// A flag of the command line.
    Flag,
    /// An environment variable.
    Environment,
    /// `madang.toml`.
    File,
    /// Nothing said otherwise.
    Default,
}

impl Origin {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => FILE,
            Self::Default => "default",
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Valued<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// What becomes of a load whose manifest changed so that more rows fail than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Changes {
    /// It is loaded.
    Load,
    /// It waits for a person.
    Confirm,
}

impl Changes {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Confirm => "confirm",
        }
    }

    fn read(word: &str) -> Result<Self, Failure> {
        [Self::Load, Self::Confirm]
            .into_iter()
            .find(|changes| changes.word() == word)
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "MADANG_CHANGES: `{word}` is neither load nor confirm"
                ))
            })
    }
}

/// What is in force.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// The city's folder.
    pub(crate) city: Valued<PathBuf>,
    /// Where tables, arrived bytes and records are kept.
    pub(crate) data: Valued<PathBuf>,
    /// Address to serve at.
    pub(crate) host: Valued<String>,
    /// Port to serve at; 0 takes a free one.
    pub(crate) port: Valued<u16>,
    /// Threads that decode and check.
    pub(crate) threads: Valued<usize>,
    /// What is logged to standard error ([`logging`]).
    pub(crate) log: Valued<String>,
    /// What becomes of a load whose manifest changed so that more rows fail than before.
    pub(crate) changes: Valued<Changes>,
    /// How the city stands in the web.
    pub(crate) public: web::Public,
    /// The server reminders go out by, where there is one.
    pub(crate) mail: Option<mail::Mail>,
    /// The city's identity provider, where it has one.
    pub(crate) openid: Option<openid::OpenId>,
    /// Values and keys that sources use.
    pub(crate) sources: BTreeMap<String, Valued<String>>,
}

/// `madang.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    threads: Option<usize>,
    log: Option<String>,
    changes: Option<Changes>,
    public_url: Option<String>,
    proxies: Option<Vec<String>>,
    #[serde(default)]
    mail: mail::MailFile,
    #[serde(default)]
    sign_in: openid::SignInFile,
    #[serde(default)]
    sources: BTreeMap<String, String>,
}

impl Config {
    /// Reads what is in force; from then on events are logged as it says.
    ///
    /// # Errors
    /// When a value does not have its form.
    pub(crate) fn read(shared: &Shared, port: Option<u16>) -> Result<Self, Failure> {
        let config = Self::gather(
            shared,
            port,
            &|name| environment(name),
            &environment_sources(),
        )?;
        logging::install(&config.log)?;
        Ok(config)
    }

    fn gather(
        shared: &Shared,
        port: Option<u16>,
        environment: &dyn Fn(&str) -> Option<String>,
        sources: &BTreeMap<String, String>,
    ) -> Result<Self, Failure> {
        let city = pick(
            shared.city.clone(),
            environment("MADANG_CITY").map(PathBuf::from),
            None,
            || PathBuf::from("."),
        );
        let file = read_file(&city.value)?;
        let data = pick(
            shared.data.clone(),
            environment("MADANG_DATA").map(PathBuf::from),
            file.data.map(|data| city.value.join(data)),
            || city.value.join(DATA),
        );
        let threads = || std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        let mut known = BTreeMap::new();
        for (name, value) in file.sources {
            known.insert(
                name,
                Valued {
                    value,
                    origin: Origin::File,
                },
            );
        }
        for (name, value) in sources {
            known.insert(
                name.clone(),
                Valued {
                    value: value.clone(),
                    origin: Origin::Environment,
                },
            );
        }
        Ok(Self {
            data,
            host: pick(None, environment("MADANG_HOST"), file.host, || {
                "127.0.0.1".to_owned()
            }),
            port: pick(port, number("MADANG_PORT", environment)?, file.port, || {
                8080
            }),
            threads: pick(
                shared.threads,
                number("MADANG_THREADS", environment)?,
                file.threads,
                threads,
            ),
            log: pick(
                shared.log.clone(),
                environment("MADANG_LOG"),
                file.log,
                || "warn".to_owned(),
            ),
            changes: pick(
                None,
                environment("MADANG_CHANGES")
                    .map(|word| Changes::read(&word))
                    .transpose()?,
                file.changes,
                || Changes::Load,
            ),
            public: web::Public::gather(file.public_url, file.proxies, environment)?,
            mail: mail::Mail::gather(file.mail, environment)?,
            openid: openid::OpenId::gather(file.sign_in.openid, &city.value, environment)?,
            sources: known,
            city,
        })
    }

    /// Sets a value that a source uses, for a city whose devices this program plays itself.
    pub(crate) fn set_source(&mut self, name: &str, value: String) {
        self.sources.insert(
            name.to_owned(),
            Valued {
                value,
                origin: Origin::Flag,
            },
        );
    }

    /// The values and keys of sources alone.
    pub(crate) fn source_values(&self) -> BTreeMap<String, String> {
        self.sources
            .iter()
            .map(|(name, value)| (name.clone(), value.value.clone()))
            .collect()
    }
}

fn pick<T>(
    flag: Option<T>,
    environment: Option<T>,
    file: Option<T>,
    default: impl FnOnce() -> T,
) -> Valued<T> {
    let said = [
        (flag, Origin::Flag),
        (environment, Origin::Environment),
        (file, Origin::File),
    ];
    for (value, origin) in said {
        if let Some(value) = value {
            return Valued { value, origin };
        }
    }
    Valued {
        value: default(),
        origin: Origin::Default,
    }
}

fn number<T: std::str::FromStr>(
    name: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<T>, Failure> {
    match environment(name) {
        None => Ok(None),
        Some(text) => match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Failure::Usage(format!(
                "{name}: `{text}` is not a number that fits"
            ))),
        },
    }
}

fn read_file(city: &Path) -> Result<File, Failure> {
    let path = city.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| Failure::Input(format!("{}: {error}", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(error) => Err(Failure::Machine(format!(
            "failed to read {}: {error}",
            path.display()
        ))),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn environment_sources() -> BTreeMap<String, String> {
    let named = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    named
        .filter_map(|(name, value)| Some((name.strip_prefix(SOURCES)?.to_lowercase(), value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(FILE),
            "port = 1\nhost = \"0.0.0.0\"\nthreads = 3\n[sources]\nair = \"file\"\n",
        )
        .unwrap();
        let shared = Shared {
            city: Some(folder.path().to_owned()),
            ..Shared::default()
        };
        let environment = |name: &str| {
            (name == "MADANG_PORT" || name == "MADANG_THREADS").then(|| "2".to_owned())
        };
        let sources = BTreeMap::from([("air".to_owned(), "environment".to_owned())]);
        let config = Config::gather(&shared, Some(9), &environment, &sources).unwrap();
        assert_eq!((config.port.value, config.port.origin), (9, Origin::Flag));
        assert_eq!(
            (config.threads.value, config.threads.origin),
            (2, Origin::Environment)
        );
        assert_eq!(
            (config.host.value.as_str(), config.host.origin),
            ("0.0.0.0", Origin::File)
        );
        assert_eq!(
            (config.log.value.as_str(), config.log.origin),
            ("warn", Origin::Default)
        );
        assert_eq!(config.sources["air"].value, "environment");
        assert_eq!(config.data.value, folder.path().join(DATA));
    }

    #[test]
    fn an_unknown_key_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "prot = 1\n").unwrap();
        let shared = Shared {
            city: Some(folder.path().to_owned()),
            ..Shared::default()
        };
        let failure = Config::gather(&shared, None, &|_| None, &BTreeMap::new()).unwrap_err();
        assert!(
            failure.message().contains("unknown field `prot`"),
            "{}",
            failure.message()
        );
    }
}
