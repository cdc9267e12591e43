//! From files to a problem.

use std::path::{Path, PathBuf};

use city::Fault;

use super::hierarchy::{self, Hierarchy};
use super::input;
use super::model::{Ground, Model};
use super::problem::Problem;
use super::subset;
use super::trouble::Trouble;

/// Where rows and trees come from.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The file of rows.
    pub input: PathBuf,
    /// Its delimiter.
    pub delimiter: u8,
    /// The folder of hierarchies.
    pub hierarchies: PathBuf,
    /// The quasi-identifiers.
    pub quasi: Vec<String>,
    /// The sensitive column.
    pub sensitive: Option<String>,
    /// A file of those rows that are released; all otherwise.
    pub subset: Option<PathBuf>,
}

impl Ask {
    /// Reads everything that models need.
    ///
    /// # Errors
    /// Every fault of the files, with its place; or what a model needs and was not given.
    pub fn read(&self, models: &[Model]) -> Result<Problem, Trouble> {
        self.given(models)?;
        let mut faults = Vec::new();
        let mut trees = Vec::new();
        for column in &self.quasi {
            match self.tree(column) {
                Ok(tree) => trees.push(tree),
                Err(Trouble::Input(mut told)) => faults.append(&mut told),
                Err(other) => return Err(other),
            }
        }
        if !faults.is_empty() {
            return Err(Trouble::Input(faults));
        }
        let has_sensitive = models.iter().any(|model| model.needs_sensitive());
        let sensitive = self.sensitive.as_deref().filter(|_| has_sensitive);
        let wanted: Vec<&str> = self
            .quasi
            .iter()
            .map(String::as_str)
            .chain(sensitive)
            .collect();
        let rows = input::read(&self.input, self.delimiter, &wanted)?;
        let sensitive_tree = match sensitive {
            Some(column) => self.sensitive_tree(column, models)?,
            None => None,
        };
        let members = match &self.subset {
            Some(part) => subset::members(&self.input, part, self.delimiter)?,
            None => Vec::new(),
        };
        Problem::new(rows, trees, sensitive_tree, members)
    }

    fn tree(&self, column: &str) -> Result<Hierarchy, Trouble> {
        hierarchy::read(&hierarchy::find(&self.hierarchies, column)?)
    }

    /// The sensitive column's hierarchy: needed along a tree, useful for an order, otherwise left alone.
    fn sensitive_tree(&self, column: &str, models: &[Model]) -> Result<Option<Hierarchy>, Trouble> {
        if models.iter().any(|model| model.needs_tree()) {
            return self.tree(column).map(Some);
        }
        let is_ordered = |model: &Model| {
            matches!(
                model,
                Model::T {
                    ground: Ground::Ordered,
                    ..
                }
            )
        };
        if !models.iter().any(is_ordered) {
            return Ok(None);
        }
        match hierarchy::find(&self.hierarchies, column) {
            Ok(file) => hierarchy::read(&file).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn given(&self, models: &[Model]) -> Result<(), Trouble> {
        let place = Path::new("the command");
        let mut faults = Vec::new();
        if self.quasi.is_empty() {
            faults.push(
                Fault::at(place, "there are no quasi-identifiers").remedy("name them in --quasi"),
            );
        }
        for model in models {
            if model.needs_sensitive() && self.sensitive.is_none() {
                let what = format!("{model} needs a sensitive column");
                faults.push(Fault::at(place, what).remedy("name it with --sensitive"));
            }
            if model.needs_subset() && self.subset.is_none() {
                let what = format!("{model} compares the rows released with the whole file");
                let remedy =
                    "give the whole file as --input and the rows released as --subset FILE";
                faults.push(Fault::at(place, what).remedy(remedy));
            }
        }
        if let Some(sensitive) = &self.sensitive
            && self.quasi.contains(sensitive)
        {
            let what = format!("`{sensitive}` is a quasi-identifier and sensitive");
            let remedy = "name it in --quasi if others may know it, else in --sensitive";
            faults.push(Fault::at(place, what).remedy(remedy));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Trouble::Input(faults))
        }
    }
}
