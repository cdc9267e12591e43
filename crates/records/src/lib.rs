//! The one transactional store: what must not be lost and must not be changed afterwards.
//!
//! One `SQLite` file with a write-ahead log and `synchronous=FULL`, and beside it the files of the access log: what a function of this room has
//! acknowledged survives a crash. Only this room knows which database it is. It never holds values of
//! a dataset's cells, and it never decides who may read what.
//!
//! | module | holds |
//! | --- | --- |
//! | [`clock`] | the only clock: an argument everywhere else |
//! | [`log`] | the access log: append-only files under a Merkle tree |
//! | [`jobs`] | what the machine is doing, live and durable |
//! | [`quota`] | calls made to a source on a day |
//! | [`tokens`] | secret words, and links that are good once; only their hashes are kept |
//! | [`credentials`] | hashes of passwords, and which accounts are blocked |
//! | [`sessions`] | who is signed in |
//! | [`keys`] | keys of programs |
//! | [`attempts`] | attempts to sign in that failed |
//! | [`figures`] | receipts of figures |
//! | [`manifests`] | versions of manifests: who changed what |
//! | [`grants`] | what was granted to whom, changed and taken back |
//! | [`alerts`] | alerts that are on, and those that were |
//! | [`service`] | how the platform answered, hour by hour |
//! | [`confirmations`] | words of departments that nothing has changed |
//! | [`mails`] | mails that wait or went out, and what each reminded of |
//! | [`once`] | words that may be used once |
//! | [`vouched`] | people whom an identity provider vouches for |
//! | [`passkeys`] | public keys that people sign in by |
//! | [`reviews`] | reviews of the access log: what stood out, what was said of it |
//! | [`projects`] | what happened in pseudonymisation projects, in order |
//! | [`promises`] | the ledger of promises: states as they were entered, in order |
//! | [`releases`] | what was checked of what leaves, who asked for it, and what became of that |
//! | [`settings`] | small named values |
//! | [`store`] | the file, its connections and migrations |

pub mod alerts;
pub mod attempts;
pub mod clock;
pub mod confirmations;
pub mod credentials;
pub mod figures;
pub mod grants;
pub mod jobs;
pub mod keys;
pub mod log;
pub mod mails;
pub mod manifests;
pub mod once;
pub mod passkeys;
pub mod projects;
pub mod promises;
pub mod quota;
pub mod releases;
pub mod reviews;
pub mod service;
pub mod sessions;
pub mod settings;
pub mod store;
pub mod tokens;
pub mod vouched;

pub use alerts::{Alarm, Alerts, Taken};
pub use attempts::Attempts;
pub use clock::{Clock, FixedClock, SystemClock};
pub use confirmations::{Confirmation, Confirmations};
pub use credentials::{Credential, Credentials, PasswordHash};
pub use figures::{FigureReceipt, FigureReceipts};
pub use grants::{Grant, Grants, NewGrant};
pub use jobs::{Heard, Job, Jobs, State};
pub use keys::{Keys, NewKey, ServiceKey};
pub use log::{About, Act, Decision, Entry, Log, Receipt, Touched};
pub use mails::{Letter, Mail, MailState, Mails, Reminded};
pub use manifests::{ManifestVersion, Manifests};
pub use projects::{ProjectEvent, Projects};
pub use promises::{Entered, PromiseEntry, Promises};
pub use quota::Quota;
pub use releases::{Releases, Request, RequestEvent, RequestState};
pub use reviews::Reviews;
pub use service::Service;
pub use sessions::{NewSession, Session, Sessions};
pub use settings::Settings;
pub use store::{Records, RecordsError};
pub use tokens::{Token, Tokens};
