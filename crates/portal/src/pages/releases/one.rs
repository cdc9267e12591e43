//! One release, from data; and what is asked, decided and made of it.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use city::{GateRecord, ReleaseKind};
use interop::Problem;
use interop::releases::{RECORDS, Standing, ask as asking, deliver, is_staff, one};
use records::{Request, RequestState};

use super::{AskForm, RecordView, ReleasePage, RequestView, StaffView};
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::{Badge, Cell, Fact, Head, Table, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /releases/{id}`, and `GET /releases/{id}.csv`.
pub async fn release(Path(id): Path<String>, visit: Visit) -> Response {
    if let Some(id) = id.strip_suffix(".csv") {
        return match file(&visit, id).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        };
    }
    visit.show(fill(&visit, &id, None).await)
}

async fn file(visit: &Visit, id: &str) -> Result<Response, Problem> {
    let standing = one(visit.state(), visit.caller(), id).await?;
    deliver::file(visit.state(), visit.caller(), &standing).await
}

/// `POST /releases/{id}`: somebody asks for it.
pub async fn ask(Path(id): Path<String>, visit: Visit, Form(typed): Form<Words>) -> Response {
    let word = |name: &str| typed.get(name).map_or("", String::as_str);
    let asked = async {
        let standing = one(visit.state(), visit.caller(), &id).await?;
        let said = (word("name"), word("purpose"));
        asking::ask(visit.state(), visit.caller(), &standing, said).await
    };
    match asked.await {
        Ok((_, token)) => {
            let path = format!("/releases/requests/{}", token.reveal());
            Redirect::to(&template::address(visit.lang, &path)).into_response()
        }
        Err(problem) => again(&visit, &id, &typed, problem).await,
    }
}

/// `POST /releases/{id}/requests/{request}`: staff decide.
pub async fn decide(
    Path((id, request)): Path<(String, String)>,
    visit: Visit,
    Form(typed): Form<Words>,
) -> Response {
    let word = |name: &str| typed.get(name).map_or("", String::as_str);
    let decided = async {
        let standing = one(visit.state(), visit.caller(), &id).await?;
        let said = (word("do") == "grant", word("why"));
        asking::decide(visit.state(), visit.caller(), &standing, &request, said).await
    };
    match decided.await {
        Ok(()) => back(&visit, &id),
        Err(problem) => again(&visit, &id, &typed, problem).await,
    }
}

/// `POST /releases/{id}/make`: made and checked anew, for staff.
pub async fn make(Path(id): Path<String>, visit: Visit) -> Response {
    let made = async {
        visit.caller().require(city::Duty::Release)?;
        let standing = one(visit.state(), visit.caller(), &id).await?;
        let desk = visit.state().desk.as_ref();
        let desk = desk.ok_or_else(|| Problem::not_found("no files are made here"))?;
        let by = visit.caller().person().name();
        Ok::<_, Problem>(desk.make(&standing.plan.id, by).await?)
    };
    match made.await {
        Ok(_) => back(&visit, &id),
        Err(problem) => again(&visit, &id, &Words::new(), problem).await,
    }
}

fn back(visit: &Visit, id: &str) -> Response {
    let path = format!("/releases/{id}");
    Redirect::to(&template::address(visit.lang, &path)).into_response()
}

/// The page once more, saying why nothing was kept; where the page itself is refused, that.
async fn again(visit: &Visit, id: &str, typed: &Words, problem: Problem) -> Response {
    if matches!(problem.status, 403 | 404 | 500) {
        return visit.show::<ReleasePage>(Err(problem_of(problem)));
    }
    let fault = if problem.status == 429 {
        visit.t("releases.too_many")
    } else if visit.lang == city::Lang::Ko {
        problem.detail_ko.unwrap_or(problem.detail)
    } else {
        problem.detail
    };
    visit.show(fill(visit, id, Some((typed, fault))).await)
}

async fn fill(
    visit: &Visit,
    id: &str,
    typed: Option<(&Words, String)>,
) -> Result<Page<ReleasePage>, PageError> {
    let (state, caller) = (visit.state(), visit.caller());
    let standing = one(state, caller, id).await.map_err(problem_of)?;
    let plan = &standing.plan;
    let (is_given, staff) = (standing.is_given(state), is_staff(caller));
    let word = |name: &str| {
        let word = typed.as_ref().and_then(|(typed, _)| typed.get(name));
        word.cloned().unwrap_or_default()
    };
    let takes = is_given && (plan.kind.is_for_everybody() || staff);
    let refused = standing.newest.as_ref().filter(|record| !record.passed());
    let view = ReleasePage {
        title: plan.title(visit.lang).to_owned(),
        badges: badges(visit, &standing, is_given),
        purpose: plan.purpose(visit.lang).to_owned(),
        file: takes.then(|| format!("/releases/{id}.csv")),
        facts: facts(visit, &standing),
        record: standing
            .given
            .as_ref()
            .map(|record| record_view(visit, record)),
        refused: refused
            .filter(|_| staff)
            .map(|record| record_view(visit, record)),
        ask: (is_given && plan.kind == ReleaseKind::OnRequest).then(|| AskForm {
            address: format!("/releases/{id}"),
            name: word("name"),
            purpose: word("purpose"),
        }),
        staff: if staff {
            Some(staff_view(visit, id).await?)
        } else {
            None
        },
        fault: typed.as_ref().map(|(_, fault)| fault.clone()),
    };
    Ok(Page {
        title: view.title.clone(),
        section: Section::Datasets,
        crumbs: vec![
            Crumb::to(visit.t("releases.title"), "/releases"),
            Crumb::here(view.title.clone()),
        ],
        data_url: Some(format!("/api/releases/{id}")),
        view,
    })
}

fn badges(visit: &Visit, standing: &Standing, is_given: bool) -> Vec<Badge> {
    let kind = visit.t(&format!("releases.kind_{}", standing.plan.kind.word()));
    let (key, tone) = match (&standing.newest, is_given) {
        (_, true) => ("releases.passed", Tone::Good),
        (None, _) => ("releases.not_made", Tone::Plain),
        (Some(newest), _) if newest.passed() => ("releases.out_of_period", Tone::Plain),
        _ => ("releases.refused", Tone::Danger),
    };
    vec![
        Badge::new(kind, Tone::Plain),
        Badge::new(visit.t(key), tone),
    ]
}

fn facts(visit: &Visit, standing: &Standing) -> Vec<Fact> {
    let plan = &standing.plan;
    let dataset = visit.city().datasets.get(&plan.dataset);
    let title = dataset.map_or_else(
        || plan.dataset.to_string(),
        |dataset| visit.title(&dataset.title, dataset.title_en.as_deref()),
    );
    let mut facts = vec![
        Fact::new(visit.t("releases.dataset"), title)
            .leading_to(format!("/datasets/{}", plan.dataset)),
        Fact::new(
            visit.t("releases.how"),
            visit.t(&format!("releases.how_{}", plan.kind.word())),
        ),
    ];
    if let Some(recipient) = &plan.recipient {
        facts.push(Fact::new(visit.t("releases.recipient"), recipient.clone()));
    }
    let period = plan.days().map_or_else(
        || visit.t("releases.no_end"),
        |(from, to)| format!("{from} ~ {to}"),
    );
    facts.push(Fact::new(visit.t("releases.period"), period));
    if plan.kind == ReleaseKind::Aggregated {
        let threshold = plan.small_cells(&visit.city().manifest).to_string();
        facts.push(Fact::new(
            visit.t("releases.threshold"),
            visit.say("releases.threshold_is", &[("count", threshold)]),
        ));
    }
    facts
}

fn record_view(visit: &Visit, record: &GateRecord) -> RecordView {
    let versions: Vec<String> = record
        .versions
        .iter()
        .map(|(id, version)| format!("{id} {version}"))
        .collect();
    let facts = [
        ("releases.at", show::moment(record.at)),
        ("releases.by", record.by.clone()),
        ("releases.versions", versions.join(", ")),
        ("releases.rows", show::count_of(record.rows)),
        ("releases.columns", record.columns.join(", ")),
        ("releases.sha256", record.sha256.clone()),
    ];
    let check = |check: &city::GateCheck| {
        let what = serde_json::to_value(check.what).unwrap_or_default();
        let what = what.as_str().unwrap_or_default();
        let key = if check.holds {
            "releases.holds"
        } else {
            "releases.fails"
        };
        vec![
            Cell::text(visit.t(&format!("releases.what_{what}"))),
            Cell::text(visit.t(key)),
            Cell::text(check.said(visit.lang)),
        ]
    };
    let count = [("count", record.checks.len().to_string())];
    RecordView {
        facts: facts
            .into_iter()
            .map(|(key, value)| Fact::new(visit.t(key), value))
            .collect(),
        checks: Table {
            caption: visit.say("releases.checks_caption", &count),
            heads: ["releases.check", "releases.outcome", "releases.found"]
                .map(|key| Head::text(visit.t(key)))
                .into(),
            rows: record.checks.iter().map(check).collect(),
            plain: true,
        },
    }
}

async fn staff_view(visit: &Visit, id: &str) -> Result<StaffView, PageError> {
    let requests = visit
        .state()
        .records
        .releases()
        .requests(id, RECORDS)
        .await?;
    let now = visit.now();
    let one = |request: &Request| {
        let state = request.state(now);
        let mut events = vec![format!(
            "{} {}",
            show::moment(request.at),
            visit.t("releases.asked")
        )];
        events.extend(request.events.iter().map(|event| {
            let what = visit.t(&format!("releases.event_{}", event.what));
            format!(
                "{} {what} {} {}",
                show::moment(event.at),
                event.who,
                event.why
            )
        }));
        RequestView {
            id: request.id.clone(),
            name: request.name.clone(),
            badge: state_badge(visit, &state),
            purpose: request.purpose.clone(),
            events,
            decide: (state == RequestState::Open)
                .then(|| format!("/releases/{id}/requests/{}", request.id)),
        }
    };
    Ok(StaffView {
        make: format!("/releases/{id}/make"),
        requests: requests.iter().map(one).collect(),
    })
}

/// How a request stands.
pub(super) fn state_badge(visit: &Visit, state: &RequestState) -> Badge {
    let (key, tone) = match state {
        RequestState::Open => ("releases.state_open", Tone::Warning),
        RequestState::Granted { .. } => ("releases.state_granted", Tone::Good),
        RequestState::Over => ("releases.state_over", Tone::Plain),
        RequestState::Declined => ("releases.state_declined", Tone::Danger),
    };
    Badge::new(visit.t(key), tone)
}
