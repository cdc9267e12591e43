//! People by the real binary: the first password, signing in, invitations, blocks, keys, a file that breaks while it runs.

use crate::city::{TestCity, parking};
use crate::serve::Serving;

const PASSWORD: &str = "blue+whales+sing+on+the+roof";
const PEOPLE: &str = r#"
roles = [
  { id = "clerk", title = "민원 담당" },
  { id = "officer", title = "책임관", duties = ["administer"] },
]
[[accounts]]
name = "boss"
roles = ["operator"]
[[accounts]]
name = "kim"
roles = ["officer"]
[[accounts]]
name = "park"
roles = ["clerk"]
"#;

fn secret() -> TestCity {
    let mut secret = parking();
    "secret".clone_into(&mut secret.id);
    "on-request".clone_into(&mut secret.release);
    TestCity::parking("이름,면수\n가온,120\n").dataset(&secret)
}

fn form(password: &str) -> String {
    format!("password={password}&again={password}")
}

#[test]
fn the_first_password_is_set_by_a_link_and_opens_what_the_operator_sees() {
    let city = secret();
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let link = format!("/{}", serving.invitation.clone().unwrap());
    let page = serving.get(&link, "");
    assert!(
        page.status == 200 && page.body.contains("operator"),
        "{page:?}"
    );
    let weak = serving.post(&link, "", &form("password1234"), "same-origin");
    assert!(weak.status == 422 && weak.session().is_none(), "{weak:?}");
    let foreign = serving.post(&link, "", &form(PASSWORD), "cross-site");
    assert_eq!(foreign.status, 403);
    let set = serving.post(&link, "", &form(PASSWORD), "same-origin");
    let session = set.session().unwrap_or_else(|| panic!("{set:?}"));
    assert_eq!(serving.get("/datasets/secret", &session).status, 200);
    assert_eq!(serving.get(&link, "").status, 410);
    let out = serving.post("/sign-out", &session, "", "same-origin");
    assert_eq!(out.status, 303);
    assert_eq!(serving.get("/datasets/secret", &session).status, 403);
    let wrong = serving.post(
        "/sign-in",
        "",
        "account=operator&password=wrong",
        "same-origin",
    );
    let nobody = serving.post(
        "/sign-in",
        "",
        "account=nobody&password=wrong",
        "same-origin",
    );
    assert_eq!((wrong.status, nobody.status), (401, 401));
    let right = format!("account=operator&password={PASSWORD}&next=/datasets/secret");
    let entered = serving.post("/en/sign-in", "", &right, "same-origin");
    assert!(
        entered.head.contains("location: /en/datasets/secret"),
        "{entered:?}"
    );
    let session = entered.session().unwrap();
    let account = serving.get("/account", &session);
    assert!(
        account.body.contains("operator") && account.head.contains("no-store"),
        "{account:?}"
    );
    drop(serving);
    let again = Serving::start(&city, &["--no-loads"]);
    assert!(again.invitation.is_none(), "there is a password now");
    assert_eq!(
        again.get("/datasets/secret", &session).status,
        200,
        "a session outlives a restart"
    );
}

/// The session of an administrator who was invited.
fn kim(city: &TestCity, serving: &Serving) -> String {
    signed_in(city, serving, "kim")
}

/// The session of somebody who was invited.
pub(crate) fn signed_in(city: &TestCity, serving: &Serving, name: &str) -> String {
    let invited = city.run(&["people", "invite", name, "--json"]);
    let url = invited.lines()[0]["invitation_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let link = format!("/invitation/{}", url.rsplit('/').next().unwrap());
    serving
        .post(&link, "", &form(PASSWORD), "same-origin")
        .session()
        .unwrap()
}

#[test]
fn administrators_invite_and_block_and_others_do_not() {
    let city = secret();
    std::fs::write(city.path("people.toml"), PEOPLE).unwrap();
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let session = kim(&city, &serving);
    let list = serving.get("/admin/people", &session);
    assert!(
        list.status == 200 && list.body.contains("/admin/people/boss"),
        "{list:?}"
    );
    assert_eq!(serving.get("/admin/people", "").status, 403);
    assert_eq!(serving.get("/account", "").status, 401);
    let made = serving.post("/admin/people/park", &session, "act=invite", "same-origin");
    assert!(made.body.contains("/invitation/"), "{made:?}");
    let foreign = serving.post("/admin/people/boss", &session, "act=invite", "same-origin");
    assert!(
        foreign.status == 403 && !foreign.body.contains("/invitation/"),
        "{foreign:?}"
    );
    let key = "name=a&owner=boss&purpose=b&days=3";
    let foreign = serving.post("/admin/keys", &session, key, "same-origin");
    assert!(
        foreign.status == 403 && !foreign.body.contains("mdk_"),
        "{foreign:?}"
    );
    let own = serving.post(
        "/admin/keys",
        &session,
        &key.replace("boss", "kim"),
        "same-origin",
    );
    assert!(own.status == 200 && own.body.contains("mdk_"), "{own:?}");
    serving.post("/admin/people/kim", &session, "act=block", "same-origin");
    assert_eq!(
        serving.get("/admin/people", &session).status,
        200,
        "nobody blocks themselves"
    );
}

#[test]
fn what_is_taken_is_gone_with_the_next_request_and_a_file_that_breaks_changes_nothing() {
    let city = secret();
    std::fs::write(city.path("people.toml"), PEOPLE).unwrap();
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let session = kim(&city, &serving);
    // A file that breaks: the last good one stays, and is told to whoever can mend it.
    std::fs::write(
        city.path("people.toml"),
        PEOPLE.replace("administer", "adminster"),
    )
    .unwrap();
    let page = serving.get("/admin/people", &session);
    assert!(
        page.status == 200 && page.body.contains("people.toml:4"),
        "{page:?}"
    );
    assert!(!serving.get("/", "").body.contains("people.toml:4"));
    std::fs::write(
        city.path("people.toml"),
        PEOPLE.replace("roles = [\"officer\"]", ""),
    )
    .unwrap();
    assert_eq!(
        serving.get("/admin/people", &session).status,
        403,
        "the role is gone"
    );
    std::fs::write(city.path("people.toml"), PEOPLE).unwrap();
    assert_eq!(serving.get("/admin/people", &session).status, 200);
    assert_eq!(city.run(&["people", "block", "kim"]).code, 0);
    assert_eq!(
        serving.get("/admin/people", &session).status,
        403,
        "blocked from the command line"
    );
    let journal = city.run(&["people", "journal", "kim", "--json"]);
    let whats: Vec<String> = journal
        .lines()
        .iter()
        .map(|line| format!("{} {}", line["what"], line["detail"]).replace('"', ""))
        .collect();
    assert_eq!(
        whats[..3],
        ["blocked ", "granted role officer", "taken role officer"],
        "{whats:?}"
    );
}

#[test]
fn an_account_is_added_and_a_key_made_and_revoked_on_the_command_line() {
    let city = secret();
    std::fs::write(city.path("people.toml"), PEOPLE).unwrap();
    assert_eq!(city.load().code, 0);
    let wrong = city.run(&["people", "add", "lee", "--role", "clrk"]);
    assert!(
        wrong.code == 1 && wrong.err.contains("did you mean `clerk`"),
        "{wrong:?}"
    );
    let added = city.run(&["people", "add", "lee", "--role", "clerk"]);
    assert!(
        added.code == 0 && added.out.contains("/invitation/"),
        "{added:?}"
    );
    let list = city.run(&["people", "list", "--json"]);
    assert!(
        list.lines()
            .iter()
            .any(|line| line["account"] == "lee" && line["state"] == "invited"),
        "{list:?}"
    );
    let words = [
        "people",
        "key",
        "issue",
        "--name",
        "dash",
        "--owner",
        "boss",
        "--dataset",
        "parking",
        "--purpose",
        "통계",
        "--json",
    ];
    let key = city.run(&words);
    let (id, word) = (key.lines()[0]["id"].clone(), key.lines()[0]["key"].clone());
    assert!(word.as_str().unwrap().starts_with("mdk_"), "{key:?}");
    let keys = city.run(&["people", "key", "list", "--json"]);
    assert!(!keys.out.contains(word.as_str().unwrap()), "shown once");
    assert_eq!(
        city.run(&["people", "key", "revoke", id.as_str().unwrap()])
            .code,
        0
    );
    assert_eq!(
        city.run(&["people", "key", "revoke", id.as_str().unwrap()])
            .code,
        1
    );
    let unknown = words.map(|word| if word == "parking" { "parkin" } else { word });
    assert_eq!(city.run(&unknown).code, 1);
    assert_eq!(city.run(&["verify"]).code, 0);
}
