//! Reviews of the access log.

use axum::response::Response;
use interop::audit::papers::last_day;
use interop::audit::review::all;
use records::reviews::Reviewed;
use serde::Serialize;

use super::Sample;
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Head, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Reviews of the access log.
#[derive(Clone, Debug, Serialize)]
pub struct LogReviews {
    /// How often, and what is looked for.
    pub rules: String,
    /// The reviews, newest first.
    pub table: Option<Table>,
}

impl Sample for LogReviews {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "점검 1번".to_owned(),
            heads: vec![
                Head::text("기간"),
                Head::number("기록"),
                Head::number("살펴볼 것"),
                Head::number("처리 전"),
                Head::text("소명 기한"),
                Head::text("상태"),
            ],
            rows: vec![vec![
                Cell::text("2026-10-01 ~ 2026-10-31").leading_to("/admin/log/reviews/1"),
                Cell::number("12,345"),
                Cell::number("3"),
                Cell::number("1"),
                Cell::text("2026-11-12"),
                Cell::text("진행 중"),
            ]],
            plain: true,
        };
        let some = Self {
            rules: "매월 점검합니다.".to_owned(),
            table: Some(table),
        };
        let none = Self {
            table: None,
            ..some.clone()
        };
        vec![some, none]
    }
}

/// `GET /admin/log/reviews`, for officers.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<LogReviews>, PageError> {
    let (records, by) = (&visit.state().records, visit.caller().person());
    let reviews = all(records, by).await?;
    let count = u64::try_from(reviews.len()).unwrap_or_default();
    let heads = [
        Head::text(visit.t("log_reviews.period")),
        Head::number(visit.t("log_reviews.entries")),
        Head::number(visit.t("log_reviews.questions")),
        Head::number(visit.t("log_reviews.open")),
        Head::text(visit.t("log_reviews.answer_by")),
        Head::text(visit.t("log_reviews.state")),
    ];
    let table = (!reviews.is_empty()).then(|| Table {
        caption: visit.say("log_reviews.caption", &[("count", show::count_of(count))]),
        heads: heads.into(),
        rows: reviews.iter().map(|own| row(visit, own)).collect(),
        plain: true,
    });
    let title = visit.t("log_reviews.title");
    let rules = &visit.city().manifest.access_log.review;
    let looks = rules.looks_for.iter();
    let looks: Vec<&str> = looks
        .map(|own| interop::audit::words::kind(*own, visit.lang))
        .collect();
    let cycle = match rules.cycle {
        city::review::Cycle::Weekly => "log_reviews.weekly",
        city::review::Cycle::Monthly => "log_reviews.monthly",
        city::review::Cycle::Quarterly => "log_reviews.quarterly",
    };
    let values = [
        ("cycle", visit.t(cycle)),
        ("looks", looks.join(", ")),
        ("days", show::count_of(u64::from(rules.answer_days))),
    ];
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("log.title"), "/admin/log"),
            Crumb::here(title),
        ],
        data_url: Some("/api/log/reviews".to_owned()),
        view: LogReviews {
            rules: visit.say("log_reviews.rules", &values),
            table,
        },
    })
}

fn row(visit: &Visit, review: &Reviewed) -> Vec<Cell> {
    let number = |count: usize| show::count_of(u64::try_from(count).unwrap_or_default());
    let state = if review.closed.is_some() {
        "log_reviews.closed"
    } else {
        "log_reviews.under_way"
    };
    vec![
        Cell::of(
            CellKind::Moment,
            format!("{} ~ {}", review.since, last_day(review)),
        )
        .leading_to(format!("/admin/log/reviews/{}", review.id)),
        Cell::number(show::count_of(review.entries)),
        Cell::number(number(review.questions.len())),
        Cell::number(number(review.open().count())),
        Cell::of(CellKind::Moment, review.answer_by.to_string()),
        Cell::text(visit.t(state)),
    ]
}
