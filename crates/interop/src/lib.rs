//! Other machines come in and out: the API, the files, the search, sign-in.
//!
//! Every answer is asked through a reader that the caller's [`caller::Caller`] hands out. This room
//! makes no page and no query of its own; what it sends is streamed and never cut short silently.
//!
//! | module | holds |
//! | --- | --- |
//! | [`state`] | what every handler works with |
//! | [`caller`] | who asks: session, key, or anybody |
//! | [`sign_in`] | sessions in cookies |
//! | [`openid`] | sign-in by the identity provider: there and back |
//! | [`passkeys`] | a device is asked, and its answer makes a passkey or signs somebody in |
//! | [`preview`] | pages as somebody of a role would see them |
//! | [`guard`] | what every request passes: whether another site sent it |
//! | [`renewal`] | people and policies as they lie on the disk at each request |
//! | [`web`] | how the city stands in the web |
//! | [`search`] | full-text search over the catalogue |
//! | [`question`] | addresses → questions for rows |
//! | [`desk`] | what only the program as a whole can do about what leaves |
//! | [`promises`] | the ledger of promises: what was announced, what follows, states that staff enter |
//! | [`projects`] | projects of pseudonymisation, and the report a reviewer signs |
//! | [`releases`] | what leaves: records, requests, delivery |
//! | [`situation`] | street works, air, places: what is going on in the city |
//! | [`drafts`] | measures drafted in the browser and saved as files |
//! | [`downloads`] | whole datasets as CSV, XLSX, JSON, NDJSON, GeoJSON, Parquet |
//! | [`api`] | JSON for programs |
//! | [`catalogue`] | the list of open data as the national portal keeps it, and whether a published one is true |
//! | [`freshness`] | which datasets are late, by department |
//! | [`glance`] | the city at a glance |
//! | [`evidence`] | what the national evaluation asks for, counted from the records |
//! | [`alerts`] | alerts of boards, for staff |
//! | [`picture`] | charts as pictures to take along |
//! | [`board`] | a board on one page of paper |
//! | [`service`] | how long answers take |
//! | [`audit`] | the access log for whoever answers for it: search, who read what, reviews |
//! | [`repair`] | rows put right by staff, values reported by citizens |
//! | [`kept`] | answers made of several reads, kept while what they were made of is in force |
//! | [`tiles`] | vector tiles of datasets with places |
//! | [`overviews`] | answers over all datasets, kept while nothing changes |
//! | [`limits`] | how often anybody may write something |
//! | [`quality`] | errors ÷ diagnosed by rule and dimension, of a dataset, a department, a field and the city |
//! | [`problem`] | what went wrong, for programs |
//! | [`headers`] | what keeps a browser from harm |

pub mod alerts;
pub mod api;
pub mod audit;
pub mod board;
pub mod caller;
mod carried;
pub mod catalogue;
pub mod desk;
pub mod downloads;
pub mod drafts;
pub mod evidence;
pub mod freshness;
pub mod glance;
pub mod guard;
pub mod headers;
pub mod kept;
pub mod limits;
pub mod openid;
pub mod overviews;
pub mod packed;
pub mod passkeys;
pub mod picture;
pub mod preview;
pub mod problem;
pub mod projects;
pub mod promises;
pub mod purpose;
pub mod quality;
pub mod question;
pub mod releases;
pub mod renewal;
pub mod repair;
pub mod search;
pub mod service;
pub mod sign_in;
pub mod situation;
pub mod state;
pub mod tiles;
pub mod web;

pub use caller::Caller;
pub use problem::Problem;
pub use state::AppState;
