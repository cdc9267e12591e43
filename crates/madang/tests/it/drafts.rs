//! Measures drafted and saved by the real binary: seen before they are saved, in force at once, never over what others
//! wrote, with a history.

use std::fs;
use std::time::{Duration, Instant};

use url::form_urlencoded::Serializer;

use crate::city::{TestCity, parking};
use crate::serve::{Got, Serving};

const SPACES: &str = "# 손으로 적은 파일\nid = \"spaces\"\ntitle = \"주차면\"\nquestion = \"주차면은 얼마입니까?\"\ndataset = \"parking\"\ncompute = { kind = \"sum\", column = \"spaces\" }\nunit = \"면\"\n";
const FILE: &str = "measures/spaces.toml";

fn city() -> TestCity {
    let city = TestCity::parking("이름,면수\n가온,120\n누리,7\n").dataset(&parking());
    fs::create_dir_all(city.path("measures")).unwrap();
    fs::write(city.path(FILE), SPACES).unwrap();
    assert_eq!(city.load().code, 0);
    city
}

fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What a form of the page carries under a name.
fn carried(page: &Got, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let value = page
        .body
        .split(&field)
        .nth(1)
        .unwrap_or_else(|| panic!("{name}: {page:?}"));
    value.split('"').next().unwrap().to_owned()
}

fn lies(city: &TestCity) -> String {
    fs::read_to_string(city.path(FILE)).unwrap()
}

#[test]
fn a_measure_is_drafted_seen_saved_and_in_force_at_once() {
    let city = city();
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    assert_eq!(serving.get("/measures/new", "").status, 403);
    let first = serving.get("/measures/new", &staff);
    assert!(first.body.contains("parking 표"), "{first:?}");
    let fields = form(&[
        ("dataset", "parking"),
        ("id", "lots"),
        ("title", "주차장"),
        ("question", "주차장은 몇 곳입니까?"),
        ("kind", "average"),
        ("column", "spaces"),
        ("unit", "면"),
        ("digits", "1"),
        ("direction", "up"),
        ("dimensions", "1"),
        ("dimension", "name"),
    ]);
    let seen = serving.get(&format!("/measures/new?{fields}"), &staff);
    assert!(seen.body.contains("63.5"), "it is seen at once: {seen:?}");
    assert!(
        !city.path("measures/lots.toml").exists(),
        "nothing is written"
    );
    assert_eq!(serving.get("/measures/lots", "").status, 404);
    let text = "id = \"lots\"\ntitle = \"주차장\"\nquestion = \"몇 면?\"\ndataset = \"parking\"\ncompute = { kind = \"average\", column = \"spaces\" }\nunit = \"면\"\ndigits = 1\n";
    let typed = form(&[("text", text), ("opened", &carried(&seen, "opened"))]);
    let foreign = serving.post("/measures/new", &staff, &typed, "cross-site");
    let nobody = serving.post("/measures/new", "", &typed, "same-origin");
    assert_eq!((foreign.status, nobody.status), (403, 403));
    assert!(!city.path("measures/lots.toml").exists());
    let saved = serving.post("/measures/new", &staff, &typed, "same-origin");
    assert!(
        saved.status == 303 && saved.head.contains("location: /measures/lots"),
        "{saved:?}"
    );
    assert_eq!(
        fs::read_to_string(city.path("measures/lots.toml")).unwrap(),
        text
    );
    let figure = serving.get("/api/measures/lots", "");
    assert!(
        figure.body.contains("63.5"),
        "in force without a restart: {figure:?}"
    );
    assert!(serving.get("/boards", "").body.contains("/measures/lots"));
    let log = serving.get("/api/log?act=change", &staff);
    assert!(log.body.contains("save measures/lots.toml"), "{log:?}");
    assert_eq!(city.run(&["check"]).code, 0);
}

#[test]
fn what_was_typed_into_the_fields_is_saved_too() {
    let city = city();
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    let page = serving.get("/measures/spaces/edit", &staff);
    let fields = form(&[
        ("text", SPACES),
        ("opened", &carried(&page, "opened")),
        ("dataset", "parking"),
        ("title", "모든 주차면"),
        ("unit", "면"),
    ]);
    let saved = serving.post("/measures/spaces/edit", &staff, &fields, "same-origin");
    assert_eq!(saved.status, 303, "{saved:?}");
    let text = lies(&city);
    assert!(
        text.contains("title = \"모든 주차면\"") && text.starts_with("# 손으로 적은 파일"),
        "{text}"
    );
    // A new one with a fault is told of its fault, and not that it is no file called `new`.
    let fields = form(&[
        ("dataset", "parking"),
        ("id", "lots"),
        ("title", "주차장"),
        ("question", "몇 곳?"),
        ("kind", "average"),
        ("column", "spaces"),
        ("unit", "면"),
        ("digits", "많이"),
        ("dimensions", "1"),
    ]);
    let seen = serving.get(&format!("/measures/new?{fields}"), &staff);
    assert!(seen.body.contains("digits"), "{seen:?}");
    assert!(!seen.body.contains("expected `new`"), "{seen:?}");
}

#[test]
fn what_is_wrong_or_was_changed_meanwhile_is_not_written() {
    let city = city();
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    let opened = carried(&serving.get("/measures/spaces/edit", &staff), "opened");
    let wrong = SPACES.replace("column = \"spaces\"", "column = \"spacs\"");
    let post = |text: &str, opened: &str| {
        serving.post(
            "/measures/spaces/edit",
            &staff,
            &form(&[("text", text), ("opened", opened)]),
            "same-origin",
        )
    };
    let told = post(&wrong, &opened);
    assert!(
        told.status == 200 && told.body.contains("measures/spaces.toml:6:"),
        "{told:?}"
    );
    // A measure of another name would be another file.
    let other = post(
        &SPACES.replace("id = \"spaces\"", "id = \"other\""),
        &opened,
    );
    assert!(other.body.contains("measures/spaces.toml:2:"), "{other:?}");
    let unplanned = format!("{SPACES}filter = \"spaces > 'many'\"\n");
    let told = post(&unplanned, &opened);
    assert!(told.status == 200 && lies(&city) == SPACES, "{told:?}");
    let by_hand = SPACES.replace("title = \"주차면\"", "title = \"주차 자리\"");
    fs::write(city.path(FILE), &by_hand).unwrap();
    let late = post(
        &SPACES.replace("unit = \"면\"", "unit = \"면\"\ndigits = 1"),
        &opened,
    );
    assert!(
        late.status == 200 && late.body.contains("덮어쓰지 않았습니다"),
        "{late:?}"
    );
    assert_eq!(lies(&city), by_hand);
    // Opened anew it can be saved, and the history tells of both.
    let opened = carried(&serving.get("/measures/spaces/edit", &staff), "opened");
    let saved = post(
        &by_hand.replace("unit = \"면\"", "unit = \"면\"\ndigits = 1"),
        &opened,
    );
    assert_eq!(saved.status, 303, "{saved:?}");
    assert!(lies(&city).starts_with("# 손으로 적은 파일"));
    let history = serving.get("/measures/spaces/history", &staff);
    for told in [
        "operator",
        "Madang 밖에서 바뀜",
        "처음 확인한 내용",
        "주차 자리",
        "digits = 1",
    ] {
        assert!(history.body.contains(told), "{told}: {history:?}");
    }
    assert_eq!(serving.get("/measures/spaces/history", "").status, 403);
    let number = history.body.split("history?version=").nth(1).unwrap();
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    let text = serving.get(
        &format!("/measures/spaces/history?version={number}"),
        &staff,
    );
    assert!(text.body.contains("<pre"), "{text:?}");
}

/// What an address says, as soon as it says it.
fn when(serving: &Serving, address: &str, cookie: &str, wanted: &str) -> String {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let got = serving.get(address, cookie).body;
        if got.contains(wanted) || Instant::now() > until {
            return got;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_file_changed_by_hand_is_in_force_where_the_folder_is_sound_and_else_the_last_good_one() {
    let city = city();
    let serving = Serving::start(&city, &["--no-loads"]);
    let staff = serving.sign_in().unwrap();
    let figure = "/api/measures/spaces";
    assert!(serving.get(figure, "").body.contains("127"));
    fs::write(city.path(FILE), SPACES.replace("sum", "average")).unwrap();
    let got = when(&serving, figure, "", "63.5");
    assert!(got.contains("63.5"), "{got}");
    let log = serving.get("/api/log?act=change", &staff);
    assert!(log.body.contains("save measures/spaces.toml"), "{log:?}");
    let history = serving.get("/measures/spaces/history", &staff);
    assert!(history.body.contains("Madang 밖에서 바뀜"), "{history:?}");
    // A slip: the last good one stays in force, and whoever administers the city is told on each page; nobody else is.
    let slip = SPACES.replace("column = \"spaces\"", "column = \"spacs\"");
    fs::write(city.path(FILE), slip).unwrap();
    let told = "measures/spaces.toml:6:";
    let page = when(&serving, "/boards", &staff, told);
    assert!(page.contains(told), "{page}");
    assert!(!serving.get("/boards", "").body.contains(told));
    assert!(serving.get(figure, "").body.contains("63.5"));
    // Mended, it counts; a new file does too.
    fs::write(city.path(FILE), SPACES).unwrap();
    let lots = SPACES
        .replace("id = \"spaces\"", "id = \"lots\"")
        .replace("kind = \"sum\", column = \"spaces\"", "kind = \"count\"");
    fs::write(city.path("measures/lots.toml"), lots).unwrap();
    let got = when(&serving, "/api/measures/lots", "", "\"value\"");
    assert!(got.contains("\"value\":2.0"), "{got}");
    assert!(serving.get(figure, "").body.contains("127"));
    assert!(!serving.get("/boards", &staff).body.contains(told));
    // Taken away, it is in force no more, and the log says so.
    fs::remove_file(city.path("measures/lots.toml")).unwrap();
    let gone = when(&serving, "/api/measures/lots", "", "\"status\":404");
    assert!(gone.contains("\"status\":404"), "{gone}");
    assert!(!serving.get("/boards", "").body.contains("/measures/lots"));
    let log = serving.get("/api/log?act=change", &staff);
    assert!(log.body.contains("remove measures/lots.toml"), "{log:?}");
    // What it was stays to be seen, by those who may change it.
    let history = serving.get("/measures/lots/history", &staff);
    assert_eq!(history.status, 200, "{history:?}");
    assert!(history.body.contains("더 이상 쓰이지 않습니다"));
    assert!(history.body.contains("history?version="), "{history:?}");
    assert!(!history.body.contains("\"/measures/lots/edit\""));
    assert_eq!(serving.get("/measures/lots/history", "").status, 403);
    assert_eq!(serving.get("/measures/never/history", &staff).status, 404);
}
