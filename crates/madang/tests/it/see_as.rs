//! Who may see what and why, pages as a role sees them, and a provider that is not there, by the real binary.

use crate::city::{TestCity, parking};
use crate::serve::Serving;

const PASSWORD: &str = "blue+whales+sing+on+the+roof";
const PEOPLE: &str = r#"
roles = [
  { id = "clerk", title = "민원 담당" },
  { id = "officer", title = "책임관", duties = ["administer"] },
]
purposes = [{ id = "complaint", title = "민원 처리" }]
[[accounts]]
name = "boss"
roles = ["operator"]
[[accounts]]
name = "kim"
roles = ["officer"]
"#;
const POLICIES: &str = r#"
@id("clerks")
@mask("name: first 1")
@reason_ko("민원을 처리하는 데 필요합니다.")
@reason_en("Needed for complaints.")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"secret")
when { context.purpose == Purpose::"complaint" };

@id("spaces-next-year")
@draft
@reason_ko("내년부터 구획수는 볼 수 없습니다.")
forbid (principal in Role::"clerk", action == Action::"read", resource == Column::"secret.spaces");
"#;

struct Town {
    city: TestCity,
    serving: Serving,
    /// The administrator's session.
    session: String,
}

fn town() -> Town {
    let mut secret = parking();
    "secret".clone_into(&mut secret.id);
    "on-request".clone_into(&mut secret.release);
    let city = TestCity::parking("이름,면수\n가온주차장,120\n").dataset(&secret);
    std::fs::write(city.path("people.toml"), PEOPLE).unwrap();
    std::fs::create_dir(city.path("policies")).unwrap();
    std::fs::write(city.path("policies/own.cedar"), POLICIES).unwrap();
    let checked = city.run(&["check"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let invited = city.run(&["people", "invite", "kim", "--json"]);
    let url = invited.lines()[0]["invitation_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let link = format!("/invitation/{}", url.rsplit('/').next().unwrap());
    let form = format!("password={PASSWORD}&again={PASSWORD}");
    let session = serving
        .post(&link, "", &form, "same-origin")
        .session()
        .unwrap();
    Town {
        city,
        serving,
        session,
    }
}

/// The preview's cookie beside the session's.
fn previewing(town: &Town, form: &str) -> String {
    let begun = town
        .serving
        .post("/admin/see-as", &town.session, form, "same-origin");
    let line = begun
        .head
        .lines()
        .find(|line| line.contains("madang_see_as="));
    let line = line.unwrap_or_else(|| panic!("{begun:?}"));
    assert!(
        line.contains("httponly") && line.contains("samesite=strict"),
        "{line}"
    );
    let (_, cookie) = line.split_once(": ").unwrap();
    format!("{}; {}", town.session, cookie.split(';').next().unwrap())
}

#[test]
fn every_column_says_who_sees_it_how_and_which_line_of_which_policy_decided() {
    let town = town();
    let get = |address: &str| town.serving.get(address, &town.session);
    let page = get("/admin/access?who=role:clerk&purpose=complaint&dataset=secret");
    for words in [
        "앞 1자만 보임",
        "clerks (policies/own.cedar:2)",
        "민원을 처리하는 데 필요합니다.",
        "spaces-next-year (policies/own.cedar:9)",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("내년부터"), "a draft is not in force");
    let drafted = get("/admin/access?who=role:clerk&purpose=complaint&dataset=secret&drafts=on");
    assert!(drafted.body.contains("내년부터 구획수는 볼 수 없습니다."));
    let other = get("/admin/access?who=role:clerk&dataset=secret");
    assert!(
        other.body.contains("열람을 허용하는 정책이 없습니다."),
        "another purpose"
    );
    let roles = get("/en/admin/access?dataset=secret&purpose=complaint");
    assert!(roles.body.contains("Needed for complaints.") && roles.body.contains("Operator"));
    let person = get("/admin/access?who=person:boss");
    assert!(
        person.body.contains("operator (기본 정책)"),
        "{}",
        person.body
    );
    let nobody = get("/admin/access?who=person:nobody");
    assert!(nobody.status == 200 && nobody.body.contains("person:nobody"));
    assert_eq!(town.serving.get("/admin/access", "").status, 403);
}

#[test]
fn an_administrator_sees_as_a_role_and_changes_nothing_and_the_log_says_so() {
    let town = town();
    let (serving, session) = (&town.serving, &town.session);
    assert_eq!(
        serving.get("/datasets/secret", session).status,
        403,
        "no policy of their own"
    );
    let cookies = previewing(&town, "role=clerk&purpose=complaint");
    let page = serving.get("/datasets/secret", &cookies);
    assert!(
        page.status == 200 && page.body.contains("민원 담당"),
        "{page:?}"
    );
    assert!(
        page.body.contains("가***") && !page.body.contains("가온주차장"),
        "{}",
        page.body
    );
    assert!(page.body.contains("/admin/see-as/leave"));
    let file = serving.get("/datasets/secret.csv", &cookies);
    assert!(
        file.body.contains("가***") && !file.body.contains("가온주차장"),
        "{file:?}"
    );
    let drafted = previewing(&town, "role=clerk&purpose=complaint&drafts=on");
    let file = serving.get("/datasets/secret.csv", &drafted);
    assert!(
        file.body.contains("가***") && !file.body.contains("120"),
        "{file:?}"
    );
    // Nothing is changed, nothing is administered, and nobody else's browser sees it.
    let post = |address: &str| serving.post(address, &cookies, "act=block", "same-origin");
    let refused = post("/admin/people/boss");
    assert!(
        refused.status == 303 && refused.head.contains("/admin/see-as"),
        "{refused:?}"
    );
    assert_eq!(post("/account/passkeys/ask").status, 403);
    assert_eq!(serving.get("/admin/people", &cookies).status, 403);
    let told = serving.get("/admin/see-as", &cookies);
    assert!(told.body.contains("처리하지 않았습니다"), "{told:?}");
    let (_, preview) = cookies.split_once("; ").unwrap();
    assert_eq!(
        serving.get("/datasets/secret", preview).status,
        403,
        "not without the session"
    );
    // Left by one button.
    let left = post("/admin/see-as/leave");
    assert!(
        left.status == 303 && left.head.contains("madang_see_as=;"),
        "{left:?}"
    );
    // Who loses the duty loses the preview with the next request.
    let less = PEOPLE.replace(", duties = [\"administer\"]", "");
    std::fs::write(town.city.path("people.toml"), less).unwrap();
    assert_eq!(serving.get("/datasets/secret", &cookies).status, 403);
}

#[test]
fn who_sees_everything_is_no_role_to_see_as_for_others() {
    let town = town();
    for form in ["role=operator", "role=clark", "role=clerk&purpose=none", ""] {
        let answer = town
            .serving
            .post("/admin/see-as", &town.session, form, "same-origin");
        assert!(
            !answer.head.contains("madang_see_as="),
            "{form}: {answer:?}"
        );
    }
    // Nor by a cookie made by hand.
    let forged = format!("{}; madang_see_as=by=kim&role=operator", town.session);
    assert_eq!(town.serving.get("/datasets/secret", &forged).status, 403);
}

#[test]
fn a_provider_that_is_down_is_told_and_the_city_is_served() {
    let city = TestCity::parking("이름,면수\n가온,120\n");
    let openid = "[sign-in.openid]\ntitle = \"통합로그인\"\nissuer = \"http://127.0.0.1:1\"\nclient-id = \"madang\"\n";
    std::fs::write(city.path("madang.toml"), openid).unwrap();
    let serving = Serving::start(&city, &["--no-loads"]);
    let page = serving.get("/sign-in", "");
    assert!(page.body.contains("통합로그인으로 로그인") && page.body.contains("/sign-in/openid"));
    // The machine's own name is where the provider leads back to.
    let led = serving.get("/sign-in/openid", "");
    assert!(
        led.status == 303 && led.head.contains("location: http://localhost:"),
        "{led:?}"
    );
    let down = serving.get_as(
        "/sign-in/openid",
        &serving.host.replace("127.0.0.1", "localhost"),
    );
    assert!(
        down.status == 303 && down.head.contains("/sign-in?openid=down"),
        "{down:?}"
    );
    let told = serving.get("/sign-in?openid=down", "");
    assert!(
        told.body.contains("지금 응답하지 않습니다") && told.body.contains("name=\"password\"")
    );
    assert!(!serving.get("/sign-in?openid=<b>", "").body.contains("<b>"));
    drop(serving);
    let wrong = openid.replace(
        "client-id",
        "roles-claim = \"g\"\nroles = { it = \"operatr\" }\nclient-id",
    );
    std::fs::write(city.path("madang.toml"), wrong).unwrap();
    let refused = city.run(&["serve", "--port", "0", "--no-loads"]);
    assert!(
        refused.code == 1 && refused.err.contains("did you mean `operator`"),
        "{refused:?}"
    );
    let shown = city.run(&["config"]);
    assert!(shown.out.contains("sign-in.openid.issuer"), "{shown:?}");
}

#[test]
fn a_purpose_is_chosen_for_all_pages_of_a_browser_and_stands_in_the_log() {
    let town = town();
    // An officer is no clerk: the policy is for clerks, so they are made one.
    let clerk = PEOPLE.replace(
        "name = \"kim\"\nroles = [\"officer\"]",
        "name = \"kim\"\nroles = [\"clerk\"]",
    );
    std::fs::write(town.city.path("people.toml"), clerk).unwrap();
    let (serving, session) = (&town.serving, &town.session);
    let refused = serving.get("/datasets/secret", session);
    assert_eq!(refused.status, 403, "no purpose was said");
    assert!(
        refused.body.contains("업무 목적"),
        "there is where it is said"
    );
    let choose = |form: &str, origin: &str| serving.post("/account/purpose", session, form, origin);
    let other = choose("purpose=complaint&back=/datasets/secret", "cross-site");
    assert!(!other.head.contains("madang_purpose="), "{other:?}");
    let none = choose("purpose=none", "same-origin");
    assert!(!none.head.contains("madang_purpose="), "{none:?}");
    let chosen = choose("purpose=complaint&back=//evil.example", "same-origin");
    assert!(
        chosen.status == 303 && !chosen.head.contains("evil"),
        "{chosen:?}"
    );
    let chosen = choose("purpose=complaint&back=/datasets/secret", "same-origin");
    let line = chosen
        .head
        .lines()
        .find(|line| line.contains("madang_purpose="));
    let (_, cookie) = line
        .unwrap_or_else(|| panic!("{chosen:?}"))
        .split_once(": ")
        .unwrap();
    let cookies = format!("{session}; {}", cookie.split(';').next().unwrap());
    let page = serving.get("/datasets/secret", &cookies);
    assert!(
        page.status == 200 && page.body.contains("가***"),
        "{page:?}"
    );
    let file = serving.get("/datasets/secret.csv", &cookies);
    assert!(file.body.contains("가***"), "{file:?}");
    let boss = serving.sign_in().unwrap();
    let entries = serving.get("/api/log?who=kim&dataset=secret", &boss).body;
    assert!(entries.contains("\"purpose\":\"complaint\""), "{entries}");
    // Nobody else's browser has it.
    let (_, purpose) = cookies.split_once("; ").unwrap();
    assert_eq!(serving.get("/datasets/secret", purpose).status, 403);
}
