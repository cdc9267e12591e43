//! The sentence that says what a figure is made of.

use access::At;
use city::Measure;
use measure::{Asked, told};

use crate::town::{Town, declared, measure, town};

async fn said(town: &Town, measure: &Measure, asked: impl Into<Asked>) -> [String; 2] {
    let told = told(&town.public(), measure, &asked.into(), &[], town.now()).await;
    let told = told.unwrap().explanation;
    // The day of the version is not what is looked at here.
    [("판의 ", told.ko), (", ", told.en)].map(|(behind, sentence)| {
        let (_, rest) = sentence.split_once(behind).unwrap();
        rest.to_owned()
    })
}

#[tokio::test]
async fn an_expression_says_what_it_does_and_what_it_passes_over() {
    let town = town().await;
    let [ko, en] = said(&town, &measure("spent", "sum(amount)", ""), At::Latest).await;
    assert_eq!(
        ko,
        "spent 자료 4건 가운데 값이 비어 있는 1건을 뺀 나머지에서 정해진 식으로 계산하면 90원입니다."
    );
    assert!(en.starts_with("the declared expression over"), "{en}");
    let how = "how = \"금액을 모두 더하면\"\nhow-en = \"the amounts added up\"";
    let [ko, en] = said(&town, &measure("spent", "sum(amount)", how), At::Latest).await;
    assert!(
        ko.ends_with("나머지에서 금액을 모두 더하면 90원입니다."),
        "{ko}"
    );
    assert!(en.starts_with("the amounts added up, of "), "{en}");
    assert!(en.ends_with(", is 90 원."), "{en}");
}

#[tokio::test]
async fn rows_that_are_divided_are_told_once() {
    let town = town().await;
    let rate = "dataset = \"spent\"\ncompute = { kind = \"rate\", per = 1000 }\ndenominator = { dataset = \"budget\", sum = \"amount\" }";
    let [ko, _] = said(&town, &declared("m", rate), At::Latest).await;
    assert_eq!(
        ko,
        "spent 자료 4건을 budget 자료의 ‘amount 열’ 150으로 나누고 1,000을 곱하면 27명입니다."
    );
}

#[tokio::test]
async fn a_figure_of_all_days_says_from_when_to_when() {
    let town = town().await;
    let sum = |level: bool| {
        let time = format!("time = {{ column = \"paid_on\", step = \"month\", level = {level} }}");
        let sum = "dataset = \"spent\"\ncompute = { kind = \"sum\", column = \"amount\" }";
        declared("m", &format!("{sum}\n{time}"))
    };
    let [ko, en] = said(&town, &sum(false), At::Latest).await;
    assert!(
        ko.ends_with(" 2026-01부터 2026-02까지의 자료입니다."),
        "{ko}"
    );
    assert!(en.ends_with(" The data are of 2026-01 to 2026-02."), "{en}");
    // What is of one day, or was asked of a period, says that already.
    let [level, _] = said(&town, &sum(true), At::Latest).await;
    assert!(!level.contains("까지의 자료"), "{level}");
    let asked = Asked {
        period: city::Period::parse("2026-02"),
        ..Asked::default()
    };
    let [asked, _] = said(&town, &sum(false), asked).await;
    assert!(!asked.contains("까지의 자료"), "{asked}");
}
