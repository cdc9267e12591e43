//! `source = { kind = "s3" | "sftp", ... }`: files that somebody else keeps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::{Take, default_timeout_s};

/// Files in a bucket of a storage that speaks S3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct S3Source {
    /// The bucket.
    pub bucket: String,
    /// Glob over the names in the bucket, e.g. `parking/2026-*.csv`; `*` stops at `/`, `**` does not.
    pub path: String,
    /// Which of the matching files a load takes.
    #[serde(default)]
    pub take: Take,
    /// Address of the storage. `{name}` is replaced by the configuration value `sources.name`; Amazon's own when absent.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Region that requests are signed for.
    #[serde(default = "default_region")]
    pub region: String,
    /// Name of the configuration value that holds the access key (never the key itself); without both
    /// keys the bucket is read as anybody may.
    #[serde(default)]
    pub access_key: Option<String>,
    /// Name of the configuration value that holds the secret key.
    #[serde(default)]
    pub secret_key: Option<String>,
    /// The bucket stands in the address's path (`https://host/bucket/...`), as most storages want it; else before
    /// the host's name.
    #[serde(default = "default_path_style")]
    pub path_style: bool,
    /// Gives up after so many seconds without a byte.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}
fn default_path_style() -> bool {
    true
}

/// Files that somebody puts on a server reached by SSH.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SftpSource {
    /// The server. `{name}` is replaced by the configuration value `sources.name`, which may end in `:port`.
    pub host: String,
    /// Its port.
    #[serde(default = "default_port")]
    pub port: u16,
    /// The server's key as its fingerprint, `SHA256:...`, or the configuration value that holds it, `{name}`: what answers
    /// with another key is not that server.
    pub host_key: String,
    /// The account there. `{name}` is replaced by the configuration value `sources.name`.
    pub user: String,
    /// Name of the configuration value that holds the password; with `private-key` the key's passphrase.
    #[serde(default)]
    pub password: Option<String>,
    /// Name of the configuration value that holds the private key, or the path of its file.
    #[serde(default)]
    pub private_key: Option<String>,
    /// Glob from the folder one arrives in, or from `/`, e.g. `outbox/*.csv`; `*` stops at `/`, `**` does not.
    pub path: String,
    /// Which of the matching files a load takes.
    #[serde(default)]
    pub take: Take,
    /// Gives up after so many seconds without an answer.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

fn default_port() -> u16 {
    22
}
