//! Many datasets loaded: each after those it refers to, and those that wait for another machine side by side.

use std::collections::BTreeSet;

use city::dataset::Source;
use city::{Dataset, DatasetId};
use futures::{StreamExt as _, stream};

use crate::exit::Failure;
use crate::jobs::load::{Loaded, Loader};
use crate::jobs::order::referred;

/// Other machines that are waited for at the same time.
const WAITING: usize = 4;

/// What became of one dataset's load.
pub(crate) type Outcome<'d> = (&'d Dataset, Result<Loaded, Failure>);

/// Datasets in the order they are loaded in.
#[derive(Debug, Default, PartialEq)]
struct Parts<'d> {
    /// What other machines give, and refers to nothing that is loaded here.
    waiting: Vec<&'d Dataset>,
    /// What does not refer to those: loaded beside them, one after the other.
    beside: Vec<&'d Dataset>,
    /// What does, one after the other when those are there.
    after: Vec<&'d Dataset>,
}

impl<'d> Parts<'d> {
    fn of(ordered: &[&'d Dataset]) -> Self {
        let wanted: BTreeSet<&DatasetId> = ordered.iter().map(|dataset| &dataset.id).collect();
        let mut parts = Self::default();
        let mut late: BTreeSet<&DatasetId> = BTreeSet::new();
        for dataset in ordered {
            let referred = referred(dataset);
            let is_remote = !matches!(dataset.source, Source::File(_) | Source::Derived(_));
            if is_remote && !referred.iter().any(|id| wanted.contains(id)) {
                late.insert(&dataset.id);
                parts.waiting.push(dataset);
            } else if referred.iter().any(|id| late.contains(id)) {
                late.insert(&dataset.id);
                parts.after.push(dataset);
            } else {
                parts.beside.push(dataset);
            }
        }
        parts
    }
}

/// Loads datasets that are in order, and tells of each as soon as it is done.
///
/// # Errors
/// When nobody listens any more.
pub(crate) async fn load_all(
    loader: &Loader,
    ordered: &[&Dataset],
    mut tell: impl FnMut(Outcome<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let parts = Parts::of(ordered);
    // A load is a large future: several of them lie beside each other here.
    let load = |dataset| Box::pin(async move { (dataset, loader.load(dataset).await) });
    let waiting = stream::iter(parts.waiting)
        .map(load)
        .buffer_unordered(WAITING);
    let beside = stream::iter(parts.beside).then(load);
    let mut both = std::pin::pin!(stream::select(waiting, beside));
    while let Some(outcome) = both.next().await {
        tell(outcome)?;
    }
    for dataset in parts.after {
        tell(load(dataset).await)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(id: &str, source: &str, more: &str) -> Dataset {
        let text = format!(
            "id = \"{id}\"\ntitle = \"{id}\"\ndescription = \"{id}\"\nfield = \"a\"\ndepartment = \"b\"\ncadence = \"daily\"\nrelease = \"open\"\n\
             source = {source}\nformat = {{ kind = \"csv\" }}\n\
             [[columns]]\nname = \"no\"\ntitle = \"번호\"\ntype = \"text\"\nprivacy = \"none\"\n{more}"
        );
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn what_waits_goes_side_by_side_and_what_refers_to_it_comes_after() {
        let file = r#"{ kind = "file", path = "a.csv" }"#;
        let web = r#"{ kind = "http", url = "https://a.example/a.csv" }"#;
        let to = |id: &str| {
            format!("checks = [{{ refers-to = {{ dataset = \"{id}\", column = \"no\" }} }}]\n")
        };
        let all = [
            dataset("codes", file, ""),
            dataset("web", web, ""),
            dataset("web_of_codes", web, &to("codes")),
            dataset("of_web", file, &to("web")),
            dataset("of_that", file, &to("of_web")),
            dataset("elsewhere", web, &to("not_loaded_now")),
        ];
        let ordered: Vec<&Dataset> = all.iter().collect();
        let parts = Parts::of(&ordered);
        let ids = |list: &[&Dataset]| {
            let ids: Vec<String> = list.iter().map(|dataset| dataset.id.to_string()).collect();
            ids.join(" ")
        };
        assert_eq!(ids(&parts.waiting), "web elsewhere");
        assert_eq!(ids(&parts.beside), "codes web_of_codes");
        assert_eq!(ids(&parts.after), "of_web of_that");
    }
}
