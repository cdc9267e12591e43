//! Names in a query: Korean titles become physical names, and what may not be seen is told apart from what is not there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use city::{City, Dataset, DatasetId};
use datafusion::sql::sqlparser::ast::{
    Expr, Ident, ObjectName, ObjectNamePart, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, Statement, Value, ValueWithSpan, VisitMut,
    VisitorMut, visit_expressions, visit_expressions_mut, visit_relations_mut,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::error::{AskError, Denied};
use crate::nearest::nearest;
use crate::policy::Sight;

/// Ending of the name under which the operator sees a table with the columns that say where its rows came from.
pub(crate) const ORIGIN: &str = "__origin";

/// A query whose names are physical.
pub(crate) struct Named {
    pub(crate) statement: Statement,
    /// Names of tables in the query, and the dataset each is.
    pub(crate) tables: BTreeMap<String, DatasetId>,
    /// The query for the log: literals taken out.
    pub(crate) shape: String,
}

/// Reads a query: one reading statement.
pub(crate) fn read(sql: &str, city: &City, sight: &Sight) -> Result<Named, AskError> {
    let not_a_query = |what: String| AskError::NotAQuery(what);
    let mut statements = Parser::parse_sql(&PostgreSqlDialect {}, sql)
        .map_err(|error| not_a_query(error.to_string().replace("sql parser error: ", "")))?;
    let mut statement = match (statements.pop(), statements.is_empty()) {
        (Some(statement @ Statement::Query(_)), true) => statement,
        (Some(_), true) => {
            return Err(not_a_query("only SELECT and WITH are read here".to_owned()));
        }
        (Some(_), false) => return Err(not_a_query("more than one statement".to_owned())),
        (None, _) => return Err(not_a_query("nothing is asked".to_owned())),
    };
    let Tables { tables, renamed } = tables(&mut statement, city, sight)?;
    requalify(&mut statement, &renamed);
    columns(&mut statement, city, sight, &tables)?;
    let shape = shape(statement.clone());
    Ok(Named {
        statement,
        tables,
        shape,
    })
}

/// The text of a query that was refused, for the log: literals taken out. Nothing where it cannot be read as one.
pub(crate) fn shape_of(sql: &str) -> Option<String> {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).ok()?;
    statements.into_iter().next().map(shape)
}

/// The query with its literals taken out: they can be personal data.
fn shape(mut statement: Statement) -> String {
    let _: ControlFlow<()> = statement.visit(&mut Literals);
    statement.to_string()
}

/// Takes literals out wherever they stand: `DATE '1990-05-01'` holds one that is no expression of its own.
struct Literals;

impl VisitorMut for Literals {
    type Break = ();

    fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<()> {
        value.value = Value::Placeholder("?".to_owned());
        ControlFlow::Continue(())
    }
}

/// Collects names that the query itself defines.
#[derive(Default)]
struct Defined {
    tables: HashSet<String>,
    aliases: HashSet<String>,
}

impl VisitorMut for Defined {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.tables.insert(table.alias.name.value.to_lowercase());
            self.aliases.extend(
                table
                    .alias
                    .columns
                    .iter()
                    .map(|column| column.name.value.clone()),
            );
        }
        selects(&mut query.body, &mut |select| {
            for item in &select.projection {
                if let SelectItem::ExprWithAlias { alias, .. } = item {
                    self.aliases.insert(alias.value.clone());
                }
            }
        });
        ControlFlow::Continue(())
    }
}

/// Goes through the SELECTs of a query's body.
fn selects(body: &mut SetExpr, each: &mut dyn FnMut(&mut Select)) {
    match body {
        SetExpr::Select(select) => each(select),
        SetExpr::SetOperation { left, right, .. } => {
            selects(left, each);
            selects(right, each);
        }
        _ => {}
    }
}

/// The tables a query names.
#[derive(Default)]
struct Tables {
    /// Physical name of each, and the dataset it is.
    tables: BTreeMap<String, DatasetId>,
    /// The word the query has for each, and its physical name.
    renamed: HashMap<String, String>,
}

fn tables(statement: &mut Statement, city: &City, sight: &Sight) -> Result<Tables, AskError> {
    let mut defined = Defined::default();
    let _: ControlFlow<()> = statement.visit(&mut defined);
    let mut found = Tables::default();
    let outcome = visit_relations_mut(statement, |relation| {
        match table(relation, &defined.tables, city, sight) {
            Ok(Some((name, dataset))) => {
                if let Some(ident) = relation.0.last().and_then(ObjectNamePart::as_ident) {
                    found.renamed.insert(ident.value.clone(), name.clone());
                }
                *relation = ObjectName(vec![ObjectNamePart::Identifier(Ident::with_quote(
                    '"', &name,
                ))]);
                found.tables.insert(name, dataset);
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Box::new(error)),
        }
    });
    match outcome {
        ControlFlow::Break(error) => Err(*error),
        ControlFlow::Continue(()) => Ok(found),
    }
}

/// Puts the physical name of a table before columns too: `공영주차장.주차면수`, `공영주차장.*`.
fn requalify(statement: &mut Statement, renamed: &HashMap<String, String>) {
    let _: ControlFlow<()> = statement.visit(&mut Qualifiers(renamed));
}

struct Qualifiers<'r>(&'r HashMap<String, String>);

impl Qualifiers<'_> {
    fn rename(&self, ident: &mut Ident) {
        if let Some(name) = self.0.get(&ident.value) {
            *ident = Ident::with_quote('"', name);
        }
    }
}

impl VisitorMut for Qualifiers<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::CompoundIdentifier(parts) = expression
            && let [.., table, _column] = parts.as_mut_slice()
        {
            self.rename(table);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for item in &mut select.projection {
            if let SelectItem::QualifiedWildcard(
                SelectItemQualifiedWildcardKind::ObjectName(name),
                _,
            ) = item
                && let Some(ObjectNamePart::Identifier(table)) = name.0.last_mut()
            {
                self.rename(table);
            }
        }
        ControlFlow::Continue(())
    }
}

/// The dataset a table name means; nothing if the query defines it itself.
fn table(
    name: &ObjectName,
    defined: &HashSet<String>,
    city: &City,
    sight: &Sight,
) -> Result<Option<(String, DatasetId)>, AskError> {
    let view = sight.view();
    let unknown = |word: &str| {
        let names = view
            .values()
            .flat_map(|dataset| [dataset.id.as_str(), dataset.title.as_str()]);
        AskError::UnknownDataset {
            name: word.to_owned(),
            nearest: nearest(word, names),
        }
    };
    let [ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
        return Err(unknown(&name.to_string()));
    };
    let word = ident.value.as_str();
    if defined.contains(&word.to_lowercase()) {
        return Ok(None);
    }
    let (base, origin) = match word.strip_suffix(ORIGIN) {
        Some(base) if sight.is_operator() => (base, true),
        _ => (word, false),
    };
    let meant: Vec<&Dataset> = match city.datasets.get(base.to_lowercase().as_str()) {
        Some(dataset) => vec![dataset],
        None => city
            .datasets
            .values()
            .filter(|dataset| dataset.title == base || dataset.title.replace(' ', "") == base)
            .collect(),
    };
    let seen: Vec<&&Dataset> = meant
        .iter()
        .filter(|dataset| view.contains_key(&dataset.id))
        .collect();
    match (seen.as_slice(), meant.first()) {
        ([dataset], _) => {
            let table = if origin {
                format!("{}{ORIGIN}", dataset.id)
            } else {
                dataset.id.to_string()
            };
            Ok(Some((table, dataset.id.clone())))
        }
        ([], Some(dataset)) => Err(denied(sight, dataset, dataset.id.to_string()).into()),
        ([], None) => Err(unknown(word)),
        (several, _) => Err(AskError::Ambiguous {
            name: word.to_owned(),
            candidates: several
                .iter()
                .map(|dataset| dataset.id.to_string())
                .collect(),
        }),
    }
}

/// Which columns the names of a query can mean.
struct Columns<'c> {
    shown: Vec<&'c Dataset>,
    all: Vec<&'c Dataset>,
    aliases: HashSet<String>,
    sight: &'c Sight,
}

/// A dataset, or a column of it, that is there and not seen.
fn denied(sight: &Sight, dataset: &Dataset, what: String) -> Denied {
    let refusal = sight.why_not(Some(dataset), &what);
    Denied {
        policy: refusal.policy,
        reason: refusal.reason,
        dataset: Some(dataset.id.clone()),
        what,
    }
}

impl Columns<'_> {
    /// The physical name a name means, where that is another.
    fn meant(&self, name: &str) -> Result<Option<String>, AskError> {
        let is_physical = |dataset: &&&Dataset| {
            dataset
                .columns
                .iter()
                .any(|column| column.name.eq_ignore_ascii_case(name))
        };
        if self.aliases.contains(name) || self.shown.iter().any(|dataset| is_physical(&dataset)) {
            return Ok(None);
        }
        let fits = |column: &city::Column| column.title == name || column.source_name() == name;
        let found: BTreeSet<&str> = self
            .shown
            .iter()
            .flat_map(|dataset| &dataset.columns)
            .filter(|column| fits(column))
            .map(|column| column.name.as_str())
            .collect();
        match found.iter().collect::<Vec<_>>().as_slice() {
            [one] => Ok(Some((**one).to_owned())),
            [] => {
                let hidden = self
                    .all
                    .iter()
                    .find(|dataset| self.sight.hides(dataset, name));
                match hidden {
                    Some(dataset) => Err(denied(self.sight, dataset, name.to_owned()).into()),
                    None => Ok(None),
                }
            }
            several => Err(AskError::Ambiguous {
                name: name.to_owned(),
                candidates: several.iter().map(|name| (**name).to_owned()).collect(),
            }),
        }
    }
}

fn columns(
    statement: &mut Statement,
    city: &City,
    sight: &Sight,
    tables: &BTreeMap<String, DatasetId>,
) -> Result<(), AskError> {
    let mut defined = Defined::default();
    let _: ControlFlow<()> = statement.visit(&mut defined);
    let known = Columns {
        shown: tables
            .values()
            .filter_map(|id| sight.view().get(id))
            .map(Arc::as_ref)
            .collect(),
        all: tables
            .values()
            .filter_map(|id| city.datasets.get(id))
            .collect(),
        aliases: defined.aliases,
        sight,
    };
    let mut keep = KeepNames(&known);
    let _: ControlFlow<()> = statement.visit(&mut keep);
    let outcome = visit_expressions_mut(statement, |expression| {
        let last = match expression {
            Expr::Identifier(ident) => Some(ident),
            Expr::CompoundIdentifier(parts) => parts.last_mut(),
            _ => None,
        };
        if let Some(ident) = last {
            match known.meant(&ident.value) {
                Ok(Some(name)) => *ident = Ident::with_quote('"', name),
                Ok(None) => {}
                Err(error) => return ControlFlow::Break(Box::new(error)),
            }
        }
        ControlFlow::Continue(())
    });
    match outcome {
        ControlFlow::Break(error) => Err(*error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Gives projected columns that were named in Korean their Korean name back.
struct KeepNames<'c>(&'c Columns<'c>);

impl VisitorMut for KeepNames<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        selects(&mut query.body, &mut |select| {
            for item in &mut select.projection {
                let SelectItem::UnnamedExpr(expression) = item else {
                    continue;
                };
                let name = match expression {
                    Expr::Identifier(ident) => Some(ident.value.clone()),
                    Expr::CompoundIdentifier(parts) => {
                        parts.last().map(|ident| ident.value.clone())
                    }
                    _ => None,
                };
                if let Some(name) = name
                    && matches!(self.0.meant(&name), Ok(Some(_)))
                {
                    *item = SelectItem::ExprWithAlias {
                        expr: expression.clone(),
                        alias: Ident::with_quote('"', name),
                    };
                }
            }
        });
        ControlFlow::Continue(())
    }
}

/// Names a query uses for columns: to say which one is not there.
pub(crate) fn column_names(statement: &Statement) -> Vec<String> {
    let mut names = Vec::new();
    let _: ControlFlow<()> = visit_expressions(statement, |expression| {
        match expression {
            Expr::Identifier(ident) => names.push(ident.value.clone()),
            Expr::CompoundIdentifier(parts) => {
                names.extend(parts.last().map(|ident| ident.value.clone()));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    names
}
