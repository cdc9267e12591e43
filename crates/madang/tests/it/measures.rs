//! Figures by the real binary: the same from command, address and page; receipts that outlast a load.

use serde_json::Value;

use crate::city::TestCity;
use crate::serve::Serving;

const MEAN: &str = r#"id = "mean"
title = "주차장 한 곳의 면수"
question = "주차장 한 곳에 몇 면입니까?"
dataset = "parking"
compute = { kind = "average", column = "spaces" }
unit = "면"
digits = 2
dimensions = ["name"]
direction = "up"
target = { value = 50, unit = "면", by = "2030-12-31" }
compare = { previous = true }
"#;

fn city(rows: &str, measure: &str) -> TestCity {
    let city = TestCity::parking(format!("이름,면수\n{rows}"));
    std::fs::create_dir_all(city.path("measures")).unwrap();
    std::fs::write(city.path("measures/mean.toml"), measure).unwrap();
    city
}

fn json(city: &TestCity, words: &[&str]) -> Value {
    let ran = city.run(&[&["measure", "mean", "--json"], words].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(ran.out.trim()).unwrap()
}

#[test]
fn command_address_and_page_tell_the_same_to_the_last_digit() {
    let city = city("가온,10\n누리,20\n다솜,25\n해솔,\n", MEAN);
    assert_eq!(city.load().code, 0);
    let told = json(&city, &["--by", "name", "--as", "public"]);
    let figure = &told["receipt"]["figure"];
    // 55 / 3 ends in no digit.
    let exact = 55.0_f64 / 3.0;
    assert_eq!(
        figure["value"].as_f64().map(f64::to_bits),
        Some(exact.to_bits())
    );
    assert_eq!(
        (figure["rows"].as_u64(), figure["unknown"].as_u64()),
        (Some(4), Some(1))
    );
    let sentence = told["explanation"]["ko"].as_str().unwrap();
    assert!(
        sentence.contains(
            "4건 가운데 값이 비어 있는 1건을 뺀 나머지의 ‘면수’를 평균하면 18.33면입니다"
        ),
        "{sentence}"
    );
    let serving = Serving::start(&city, &[]);
    let got = serving.get("/api/measures/mean?by=name", "");
    let by_address: Value = serde_json::from_str(&got.body).unwrap();
    for key in ["figure", "query", "versions", "measure"] {
        assert_eq!(by_address["receipt"][key], told["receipt"][key], "{key}");
    }
    for key in ["parts", "explanation", "compare", "progress"] {
        assert_eq!(by_address[key], told[key], "{key}");
    }
    let page = serving.get("/measures/mean", "").body;
    assert!(page.contains(&format!("\"{exact}\"")), "{page}");
    assert!(page.contains(sentence), "{page}");
    let csv = serving.get("/measures/mean/figures.csv?by=name", "").body;
    assert!(csv.contains(&format!(",{exact},")), "{csv}");
    the_worst_comes_first_where_it_is_asked_for(&serving);
    let narrowed = json(&city, &["--where", "name=누리"]);
    assert_eq!(narrowed["receipt"]["figure"]["value"], 20.0);
    let other = json(&city, &["--where", "spaces=20"]);
    assert_eq!(other["receipt"]["figure"]["state"], "not-broken-down");
    let wrong = city.run(&["measure", "mean", "--by", "spaces"]);
    assert_eq!(wrong.code, 1, "{}", wrong.err);
    assert_eq!(serving.get("/api/measures/mean?by=spaces", "").status, 400);
    assert_eq!(
        serving.get("/api/measures/mean?period=2026", "").status,
        200
    );
}

/// More spaces are better: the worst are the fewest.
fn the_worst_comes_first_where_it_is_asked_for(serving: &Serving) {
    let picture = "/measures/mean/figures.svg?view=bar&by=name";
    let in_order = |address: &str, wanted: [&str; 3]| {
        let drawn = serving.get(address, "").body;
        let at = wanted.map(|label| drawn.find(&format!(">{label}<")).expect(label));
        assert!(at.is_sorted(), "{address}: {at:?}");
    };
    in_order(picture, ["다솜", "누리", "가온"]);
    let drawn = serving.get(picture, "").body;
    assert!(drawn.contains(">출처: "), "it says whose it is: {drawn}");
    in_order(&format!("{picture}&order=worst"), ["가온", "누리", "다솜"]);
    let other = serving.get(&format!("{picture}&order=best"), "");
    assert_eq!(other.status, 400, "{other:?}");
}

#[test]
fn a_receipt_gives_the_figure_back_after_another_load() {
    let city = city("가온,10\n누리,20\n다솜,25\n", MEAN);
    assert_eq!(city.load().code, 0);
    let first = json(&city, &["--receipt", "--as", "public"]);
    let address = first["receipt_address"].as_str().unwrap().to_owned();
    assert_eq!(
        json(&city, &["--receipt", "--as", "public"])["receipt_address"],
        address.as_str(),
        "the same figure has one address"
    );
    let city = city.file("parking.csv", "이름,면수\n가온,1000\n");
    assert_eq!(city.load().code, 0);
    let now = json(&city, &["--receipt", "--as", "public"]);
    assert_ne!(now["receipt_address"], address.as_str());
    assert_eq!(now["receipt"]["figure"]["value"], 1000.0);
    assert_eq!(
        now["compare"]["previous"]["value"], first["receipt"]["figure"]["value"],
        "{now}"
    );
    let serving = Serving::start(&city, &[]);
    let got = serving.get(&address, "");
    let again: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(again["again"]["outcome"], "same", "{again}");
    assert_eq!(
        again["again"]["receipt"]["figure"]["value"],
        first["receipt"]["figure"]["value"]
    );
    assert_eq!(again["kept"]["versions"]["parking"], 1);
    let page = serving.get(&address.replace("/api", ""), "");
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("마지막 자리까지 같은 값"),
        "{}",
        page.body
    );
    assert_eq!(serving.get("/api/receipts/0123", "").status, 404);
    assert_eq!(serving.get("/receipts/0123", "").status, 404);
}

#[test]
fn the_rows_of_a_figure_are_those_it_counts() {
    let share = "id = \"mean\"\ntitle = \"큰 곳\"\nquestion = \"얼마입니까?\"\ndataset = \"parking\"\ncompute = { kind = \"share\", part = \"spaces >= 20\" }\nfilter = \"spaces < 100\"\nunit = \"%\"\ndimensions = [\"name\"]\n";
    let city = city("가온,10\n누리,20\n다솜,25\n해솔,1000\n", share);
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &[]);
    let rows = |query: &str| {
        let body = serving.get(&format!("/datasets/parking{query}"), "").body;
        let (_, rows) = body.split_once("<h2 id=\"rows\">").unwrap();
        let (rows, _) = rows.split_once("</section>").unwrap();
        rows.to_owned()
    };
    let has = |rows: &str| {
        ["가온", "누리", "다솜", "해솔"].map(|name| rows.contains(&format!(">{name}</th>")))
    };
    assert_eq!(has(&rows("")), [true; 4]);
    let all = rows("?measure=mean");
    assert_eq!(has(&all), [false, true, true, false], "{all}");
    assert!(all.contains("이루는 2건입니다"), "{all}");
    // A share is divided: its rows are those of the part.
    assert!(all.contains("나뉘는 쪽"), "{all}");
    let one = rows("?measure=mean&part=name%3D%EB%8B%A4%EC%86%9C");
    assert_eq!(has(&one), [false, false, true, false], "{one}");
    assert!(one.contains("이루는 1건입니다. 조건: "), "{one}");
    let sorted = rows("?measure=mean&sort=-spaces");
    let at = |name: &str| sorted.find(&format!(">{name}</th>"));
    assert!(at("다솜") < at("누리"), "{sorted}");
    assert!(sorted.contains("?measure=mean&amp;sort=name"), "{sorted}");
    let page = serving.get("/measures/mean", "").body;
    assert!(
        page.contains("/datasets/parking?measure=mean#rows"),
        "{page}"
    );
    assert_eq!(
        serving.get("/datasets/parking?measure=none", "").status,
        404
    );
    for kind in ["csv", "svg", "png"] {
        let address = format!("/measures/mean/figures.{kind}?view=number");
        assert_eq!(serving.get(&address, "").status, 200, "{address}");
    }
}

#[test]
fn few_rows_of_a_figure_are_not_shown() {
    let few = "id = \"mean\"\ntitle = \"큰 곳\"\nquestion = \"몇 곳입니까?\"\ndataset = \"parking\"\ncompute = { kind = \"count\" }\nfilter = \"spaces > 20\"\nunit = \"곳\"\nleast-rows = 3\n";
    let city = city("가온,10\n누리,20\n다솜,25\n해솔,1000\n", few);
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &[]);
    let page = serving.get("/datasets/parking?measure=mean", "").body;
    assert!(page.contains("셈한 행이 너무 적어"), "{page}");
    assert!(!page.contains(">다솜</th>"), "{page}");
}

#[test]
fn what_the_engine_cannot_plan_is_told_at_its_line() {
    for (line, place) in [
        (
            "expression = \"sum(spaces) over\"",
            "measures/mean.toml:5:14",
        ),
        ("expression = \"nosuch(spaces)\"", "measures/mean.toml:5:14"),
        (
            "compute = { kind = \"count\" }\nfilter = \"spaces + name\"",
            "measures/mean.toml:6:10",
        ),
        (
            "compute = { kind = \"count\" }\nquery = { from = [\"parking\"], sql = \"select nothing from parking\" }",
            "measures/mean.toml:6:37",
        ),
    ] {
        let measure = format!(
            "id = \"mean\"\ntitle = \"면수\"\nquestion = \"몇 면입니까?\"\ndataset = \"parking\"\n{line}\nunit = \"면\"\n"
        );
        let city = city("가온,10\n", &measure);
        let ran = city.run(&["check"]);
        assert_eq!(ran.code, 1, "{line}: {}", ran.out);
        assert!(ran.out.starts_with(place), "{line}: {}", ran.out);
    }
    let sound = city("가온,10\n", MEAN).run(&["check"]);
    assert_eq!(sound.code, 0, "{}", sound.out);
}
