//! A board as it was printed, given back to the digit.

use access::{Filter, Reader};
use city::DatasetId;
use interop::api::receipts::{Found, FoundPanel, FoundPrint, short};
use measure::Outcome;
use serde::Serialize;

use super::fill::{address, outcome, panel};
use super::{Qr, ReceiptPage};
use crate::charts::{figure_view, measure_title};
use crate::frame::{Crumb, Section};
use crate::pages::Sample;
use crate::pages::board::Panel;
use crate::parts::{Fact, FigureView, Link};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// A board as it was printed.
#[derive(Clone, Debug, Serialize)]
pub struct PrintPage {
    /// Its title.
    pub title: String,
    /// Whether all of it is the same, in words.
    pub outcome: String,
    /// Whether those words are a warning.
    pub warns: bool,
    /// Of which board, when, narrowed by what.
    pub facts: Vec<Fact>,
    /// What was printed, in the order of the page.
    pub items: Vec<Item>,
    /// Its address as a QR code.
    pub qr: Option<Qr>,
    /// The same for programs.
    pub api: String,
}

/// One part of what was printed.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// What it is of.
    pub title: String,
    /// Its number, where it was one.
    pub figure: Option<FigureView>,
    /// What was drawn, where it was more.
    pub panel: Option<Panel>,
    /// Whether it is the same, in words.
    pub outcome: String,
    /// Whether those words are a warning.
    pub warns: bool,
    /// Its own receipt, or the rows of the places.
    pub way: Option<Link>,
}

impl Sample for PrintPage {
    fn samples() -> Vec<Self> {
        let pages = ReceiptPage::samples().into_iter();
        pages
            .map(|page| Self {
                title: "‘도시 상황판’ 인쇄본의 영수증".to_owned(),
                items: vec![
                    Item {
                        title: "공영주차장 면수".to_owned(),
                        figure: page.sentence.is_some().then(|| page.figure.clone()),
                        panel: None,
                        outcome: page.outcome.clone(),
                        warns: page.warns,
                        way: Some(Link::new(
                            "영수증 0123456789abcdef",
                            "/receipts/0123456789abcdef",
                        )),
                    },
                    Item {
                        title: "동별 주차면".to_owned(),
                        figure: None,
                        panel: page.panel.clone(),
                        outcome: page.outcome.clone(),
                        warns: page.warns,
                        way: None,
                    },
                ],
                outcome: page.outcome,
                warns: page.warns,
                facts: page.facts,
                qr: page.qr,
                api: page.api,
            })
            .collect()
    }
}

/// The page of a printed board.
///
/// # Errors
/// When the machine fails.
pub(super) async fn fill(
    visit: &Visit,
    reader: &Reader,
    found: &FoundPrint,
) -> Result<Page<PrintPage>, PageError> {
    let board = visit.city().boards.get(&found.print.board);
    // A board may be gone while its prints are not.
    let name = board.map_or_else(
        || found.print.board.to_string(),
        |board| visit.title(&board.title, board.title_en.as_deref()),
    );
    let title = visit.say("receipt.print_title", &[("title", name.clone())]);
    let mut items = Vec::new();
    for panel in &found.panels {
        items.push(match panel {
            FoundPanel::Measure(own) => measured(visit, reader, own).await?,
            FoundPanel::Places {
                dataset,
                version,
                filters,
                was,
                now,
            } => placed(visit, (dataset, *version, filters), *was, *now),
        });
    }
    let other = items.iter().filter(|item| item.warns).count();
    let said = if other == 0 {
        visit.t("receipt.print_same")
    } else {
        let counts = [
            ("count", items.len().to_string()),
            ("other", other.to_string()),
        ];
        visit.say("receipt.print_other", &counts)
    };
    let api = format!("/api/receipts/{}", found.id);
    let home = visit.city().manifest.address.as_deref();
    let crumbs = vec![
        Crumb::to(visit.t("frame.boards"), "/boards"),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs,
        data_url: Some(api.clone()),
        view: PrintPage {
            title,
            outcome: said,
            warns: other > 0,
            facts: facts(visit, found, name, board.is_some()),
            items,
            qr: home.and_then(|home| Qr::of(&address(home, &found.id))),
            api,
        },
    })
}

fn facts(visit: &Visit, found: &FoundPrint, board: String, is_there: bool) -> Vec<Fact> {
    let print = &found.print;
    let mut own = Fact::new(visit.t("receipt.board"), board);
    if is_there {
        own = own.leading_to(format!("/boards/{}", print.board));
    }
    let mut facts = vec![
        Fact::new(visit.t("receipt.made"), show::moment(found.made_at)),
        own,
    ];
    if found.is_shown() && !print.narrowed.is_empty() {
        let values: Vec<&str> = print
            .narrowed
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        facts.push(Fact::new(visit.t("receipt.narrowed"), values.join(", ")));
    }
    let home = visit.city().manifest.address.as_deref().unwrap_or_default();
    let address = address(home, &found.id);
    facts.push(Fact::new(visit.t("receipt.address"), address));
    facts
}

async fn measured(visit: &Visit, reader: &Reader, found: &Found) -> Result<Item, PageError> {
    let measure = &found.kept.measure;
    let is_number = found.kept.shows.is_none();
    let figure = &found.again.receipt.figure;
    Ok(Item {
        title: measure_title(visit, measure),
        figure: is_number.then(|| FigureView {
            as_of: None,
            ..figure_view(visit, reader, measure, figure)
        }),
        panel: panel(visit, reader, found).await?,
        outcome: outcome(visit, measure, &found.again.outcome),
        warns: !matches!(found.again.outcome, Outcome::Same),
        way: Some(Link::new(
            format!("{} {}", visit.t("board.paper_receipt"), short(&found.id)),
            format!("/receipts/{}", found.id),
        )),
    })
}

fn placed(
    visit: &Visit,
    (dataset, version, filters): (&DatasetId, i64, &[Filter]),
    was: u64,
    now: Option<u64>,
) -> Item {
    // Of what is not shown to whoever asks, the name is not either.
    let declared = now.and_then(|_| visit.city().datasets.get(dataset));
    let title = declared.map_or_else(
        || visit.t("receipt.places"),
        |own| visit.title(&own.title, own.title_en.as_deref()),
    );
    let counts = |now: u64| [("was", show::count_of(was)), ("now", show::count_of(now))];
    let said = match now {
        Some(now) if now == was => visit.say("receipt.places_same", &counts(now)),
        Some(now) => visit.say("receipt.places_differ", &counts(now)),
        None => visit.t("receipt.not_shown"),
    };
    Item {
        figure: None,
        panel: None,
        outcome: said,
        warns: now != Some(was),
        way: now.map(|_| {
            let values = [("title", title.clone()), ("version", version.to_string())];
            Link::new(
                visit.say("receipt.places_rows", &values),
                rows_address(dataset.as_str(), version, filters),
            )
        }),
        title,
    }
}

/// The same rows for programs, of the very version.
fn rows_address(dataset: &str, version: i64, filters: &[Filter]) -> String {
    let written: Vec<String> = filters.iter().map(Filter::write).collect();
    let version = version.to_string();
    let mut parameters = vec![("version", version.as_str())];
    parameters.extend(written.iter().map(|filter| ("filter", filter.as_str())));
    crate::query::address(&format!("/api/datasets/{dataset}/rows"), &parameters)
}
