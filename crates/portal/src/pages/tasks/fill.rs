//! What departments have to put right, from data.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;
use city::Dataset;
use city::city::Department;
use interop::repair::{Open, all_open};

use super::{DepartmentTasks, Tasks};
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, Head, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /tasks`, for staff.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<Tasks>, PageError> {
    let reader = visit.reader();
    reader.staff_only("tasks")?;
    let mut departments = Vec::new();
    let mut all = Open::default();
    let found = all_open(visit.state(), reader).await?;
    let mut open = by_department(&found);
    for department in &visit.city().manifest.departments {
        let Some(found) = open.remove(department.id.as_str()) else {
            continue;
        };
        let sum = found.iter().fold(Open::default(), |sum, (_, open)| Open {
            rows: sum.rows + open.rows,
            reports: sum.reports + open.reports,
        });
        all.rows += sum.rows;
        all.reports += sum.reports;
        departments.push((sum, view_of(visit, department, &found)));
    }
    departments.sort_by_key(|(sum, _)| std::cmp::Reverse((sum.reports, sum.rows)));
    let values = [
        ("rows", show::count_of(all.rows)),
        ("reports", show::count_of(all.reports)),
    ];
    let view = Tasks {
        sentence: visit.say("tasks.sentence", &values),
        departments: departments.into_iter().map(|(_, view)| view).collect(),
    };
    let title = visit.t("tasks.title");
    Ok(Page {
        title: title.clone(),
        section: Section::Tasks,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view,
    })
}

/// Datasets that have something open, by their department's id.
type ByDepartment<'r> = BTreeMap<&'r str, Vec<(&'r Dataset, Open)>>;

fn by_department(all: &[(Arc<Dataset>, Open)]) -> ByDepartment<'_> {
    let mut found = ByDepartment::new();
    for (dataset, open) in all {
        let own = found.entry(dataset.department.as_str()).or_default();
        own.push((&**dataset, *open));
    }
    found
}

fn view_of(visit: &Visit, department: &Department, found: &[(&Dataset, Open)]) -> DepartmentTasks {
    let title = visit.title(&department.title, Some(&department.title_en));
    let row = |(dataset, open): &(&Dataset, Open)| {
        let id = &dataset.id;
        let linked = |count: u64, path: String| {
            if count == 0 {
                Cell::number(show::count_of(0))
            } else {
                Cell::number(show::count_of(count)).leading_to(path)
            }
        };
        vec![
            Cell::text(visit.title(&dataset.title, dataset.title_en.as_deref()))
                .leading_to(format!("/datasets/{id}")),
            linked(open.rows, format!("/datasets/{id}/quarantine")),
            linked(open.reports, format!("/datasets/{id}/reports")),
        ]
    };
    let count = u64::try_from(found.len()).unwrap_or_default();
    let values = [
        ("department", title.clone()),
        ("count", show::count_of(count)),
    ];
    DepartmentTasks {
        id: department.id.to_string(),
        table: Table {
            caption: visit.say("tasks.caption", &values),
            heads: vec![
                Head::text(visit.t("overdue.dataset")),
                Head::number(visit.t("tasks.rows")),
                Head::number(visit.t("tasks.reports")),
            ],
            rows: found.iter().map(row).collect(),
            plain: true,
        },
        title,
    }
}
