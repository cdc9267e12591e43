//! `accepts = { found = [...], reason = "..." }` of a column.

use super::Text;
use crate::fault::Fault;
use crate::{Column, PrivacyClass};

/// What a column may hold although its class says it tells nothing of a person: with a reason, and only where the class
/// promises something.
pub(super) fn of_column(column: &Column, at: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let Some(accepts) = &column.accepts else {
        return;
    };
    let path = |key: &'static str| ["columns", at, "accepts", key];
    if accepts.reason.trim().is_empty() && text.says(&path("reason"), &accepts.reason) {
        let fault = text.fault_at(&path("reason"), "there is no reason");
        faults.push(fault.remedy("say why it is nobody's personal data, or may be open"));
    }
    if accepts.found.is_empty() && text.length(&path("found")) == Some(0) {
        let fault = text.fault_at(&path("found"), "nothing is accepted");
        faults.push(fault.expected("mobile, email, account, card, name, derived"));
    }
    let class = ["columns", at, "privacy"];
    let promises = matches!(column.privacy, PrivacyClass::None | PrivacyClass::Quasi);
    if !promises && text.has(&class) {
        let fault = text.fault_at(
            &["columns", at, "accepts"],
            "only a column of class `none` or `quasi` has something to accept",
        );
        faults.push(fault.remedy("leave it out: the class says that the column is a person's"));
    }
}
