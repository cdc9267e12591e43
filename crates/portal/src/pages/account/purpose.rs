//! What somebody reads for: chosen in the bar above every page.

use std::collections::BTreeMap;

use axum::Form;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use interop::purpose;

use super::AccountPage;
use crate::frame::split_language;
use crate::pages::sign_in::next;
use crate::site::{PageError, Visit};
use crate::template;

/// `POST /account/purpose` with `purpose`, a purpose of the city or nothing, and `back`, the page they were on.
pub async fn purpose(visit: Visit, Form(typed): Form<BTreeMap<String, String>>) -> Response {
    let caller = visit.caller();
    if caller.session().is_none() {
        return visit.show::<AccountPage>(Err(PageError::SignIn));
    }
    let people = visit.state().door.people();
    let word = typed.get("purpose").map_or("", |word| word.trim());
    let cookie = purpose::cookie(&people, caller.person(), word, visit.is_https());
    let back = next(typed.get("back"));
    let (lang, path) = split_language(&back);
    let mut answer = Redirect::to(&template::address(lang, path)).into_response();
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}
