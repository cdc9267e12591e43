//! One file a command.

pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod confirm;
pub(crate) mod correct;
pub(crate) mod corrections;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod draft;
pub(crate) mod evidence;
pub(crate) mod harvest;
pub(crate) mod impact;
pub(crate) mod init;
pub(crate) mod load;
pub(crate) mod log;
pub(crate) mod overdue;
pub(crate) mod profile;
pub(crate) mod quality;
pub(crate) mod quarantine;
pub(crate) mod query;
pub(crate) mod remind;
pub(crate) mod serve;
pub(crate) mod standard;
pub(crate) mod trace;
pub(crate) mod verify;
