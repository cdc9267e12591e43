//! Conditions on rows, as policies write them: `dong_code == person.dong_code and closed_on is null`.
//!
//! A condition names columns of one dataset, values, and what is known of the person. It is read once, when the
//! policies are, and becomes an expression for each person. Where a value is not known, the condition does not hold.

use std::collections::{BTreeMap, BTreeSet};

use city::Dataset;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::utils::{conjunction, disjunction};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, lit, not};

use crate::filter::{Filter, Op};

/// How deep brackets may stand in one another.
const DEEPEST: usize = 32;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Both hold.
    And(Box<Self>, Box<Self>),
    /// One holds at least.
    Or(Box<Self>, Box<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A column has no value, or has one.
    Empty { column: String, is_empty: bool },
    /// A column is compared with each of some values.
    Compare {
        column: String,
        op: Op,
        with: Vec<Operand>,
    },
}

/// What a column is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A value.
    Value(String),
    /// What is known of the person under this name; several values mean one of them.
    Person(String),
}

/// What is wrong with a condition's words: where in them, and what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Slip {
    pub(crate) at: usize,
    pub(crate) what: String,
}

impl Condition {
    /// Reads a condition.
    pub(crate) fn read(text: &str) -> Result<Self, Slip> {
        let tokens = tokens(text)?;
        let mut parser = Parser {
            tokens: &tokens,
            next: 0,
            end: text.len(),
            depth: 0,
        };
        let condition = parser.either()?;
        match parser.peek() {
            None => Ok(condition),
            Some(_) => Err(parser.slip("`and`, `or` or the end")),
        }
    }

    /// The columns it names.
    pub(crate) fn columns(&self) -> BTreeSet<&str> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                let mut columns = left.columns();
                columns.extend(right.columns());
                columns
            }
            Self::Not(inner) => inner.columns(),
            Self::Empty { column, .. } | Self::Compare { column, .. } => {
                BTreeSet::from([column.as_str()])
            }
        }
    }

    /// What it asks of the person.
    pub(crate) fn asks(&self) -> BTreeSet<&str> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => {
                let mut asks = left.asks();
                asks.extend(right.asks());
                asks
            }
            Self::Not(inner) => inner.asks(),
            Self::Empty { .. } => BTreeSet::new(),
            Self::Compare { with, .. } => with
                .iter()
                .filter_map(|operand| match operand {
                    Operand::Person(name) => Some(name.as_str()),
                    Operand::Value(_) => None,
                })
                .collect(),
        }
    }

    /// The first value that its column cannot have, and what the column needs.
    pub(crate) fn wrong_value(&self, dataset: &Dataset) -> Option<(&str, String)> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left
                .wrong_value(dataset)
                .or_else(|| right.wrong_value(dataset)),
            Self::Not(inner) => inner.wrong_value(dataset),
            Self::Empty { .. } => None,
            Self::Compare { column, op, with } => with.iter().find_map(|operand| match operand {
                Operand::Value(value) => compared(dataset, column, *op, value)
                    .err()
                    .map(|error| (value.as_str(), error.to_string())),
                Operand::Person(_) => None,
            }),
        }
    }

    /// The condition for a person of whom this is known.
    pub(crate) fn expression(
        &self,
        dataset: &Dataset,
        person: &BTreeMap<String, Vec<String>>,
    ) -> Expr {
        match self {
            Self::And(left, right) => left
                .expression(dataset, person)
                .and(right.expression(dataset, person)),
            Self::Or(left, right) => left
                .expression(dataset, person)
                .or(right.expression(dataset, person)),
            Self::Not(inner) => not(inner.expression(dataset, person)),
            Self::Empty { column, is_empty } => {
                let column = datafusion::logical_expr::ident(column);
                if *is_empty {
                    column.is_null()
                } else {
                    column.is_not_null()
                }
            }
            Self::Compare { column, op, with } => {
                let values = with.iter().flat_map(|operand| match operand {
                    Operand::Value(value) => std::slice::from_ref(value).iter(),
                    Operand::Person(name) => person.get(name).map_or(&[][..], Vec::as_slice).iter(),
                });
                // A value the column cannot have is not known to be equal or not to any.
                let each: Vec<Expr> = values
                    .map(|value| {
                        compared(dataset, column, *op, value).unwrap_or_else(|_| unknown())
                    })
                    .collect();
                // Unequal to several values is unequal to each.
                let is_none_of = *op == Op::Ne;
                let all = listed(&each, is_none_of).or_else(|| {
                    if is_none_of {
                        conjunction(each)
                    } else {
                        disjunction(each)
                    }
                });
                all.unwrap_or_else(unknown)
            }
        }
    }
}

/// Several comparisons of one column with a value each as one list, which is looked up and not gone through.
fn listed(each: &[Expr], is_none_of: bool) -> Option<Expr> {
    let wanted = if is_none_of {
        Operator::NotEq
    } else {
        Operator::Eq
    };
    let sides = each.iter().map(|expr| match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right })
            if *op == wanted && matches!(**right, Expr::Literal(_, _)) =>
        {
            Some((left, (**right).clone()))
        }
        _ => None,
    });
    let sides: Vec<(&Box<Expr>, Expr)> = sides.collect::<Option<_>>()?;
    let (column, _) = sides.first().filter(|_| sides.len() > 1)?;
    let is_same = sides.iter().all(|(left, _)| left == column);
    let column = (***column).clone();
    let values = sides.into_iter().map(|(_, value)| value);
    is_same.then(|| column.in_list(values.collect(), is_none_of))
}

fn unknown() -> Expr {
    lit(ScalarValue::Boolean(None))
}

fn compared(dataset: &Dataset, column: &str, op: Op, value: &str) -> Result<Expr, crate::AskError> {
    let filter = Filter {
        column: column.to_owned(),
        op,
        value: value.to_owned(),
    };
    filter.expression(dataset, false)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Text(&'t str),
    Sign(&'t str),
}

fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, Slip> {
    const SIGNS: [&str; 14] = [
        "==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "!",
    ];
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let space = rest.len() - rest.trim_start().len();
        if space > 0 {
            at += space;
            continue;
        }
        let quote = rest
            .chars()
            .next()
            .filter(|sign| matches!(sign, '\'' | '"'));
        if let Some(quote) = quote {
            let inside = rest.get(1..).unwrap_or_default();
            let Some(end) = inside.find(quote) else {
                let what = "the quotation mark is not closed".to_owned();
                return Err(Slip { at, what });
            };
            tokens.push((at, Token::Text(inside.get(..end).unwrap_or_default())));
            at += end + 2;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push((at, Token::Sign(sign)));
            at += sign.len();
        } else {
            let is_word =
                |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-' | '+');
            let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            if end == 0 {
                let what = format!(
                    "`{}` has no meaning here",
                    rest.chars().next().unwrap_or(' ')
                );
                return Err(Slip { at, what });
            }
            tokens.push((at, Token::Word(rest.get(..end).unwrap_or_default())));
            at += end;
        }
    }
    Ok(tokens)
}

struct Parser<'t> {
    tokens: &'t [(usize, Token<'t>)],
    next: usize,
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn take(&mut self) -> Option<Token<'t>> {
        let token = self.peek().cloned();
        self.next += usize::from(token.is_some());
        token
    }

    fn takes(&mut self, wanted: &Token<'_>) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.next += usize::from(is_it);
        is_it
    }

    fn slip(&self, expected: &str) -> Slip {
        let at = self.tokens.get(self.next).map_or(self.end, |(at, _)| *at);
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(Token::Word(word) | Token::Sign(word)) => format!("`{word}`"),
            Some(Token::Text(text)) => format!("'{text}'"),
        };
        let what = format!("{expected} was expected, not {found}");
        Slip { at, what }
    }

    fn either(&mut self) -> Result<Condition, Slip> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.slip("a condition with fewer brackets"));
        }
        let mut left = self.both()?;
        while self.takes(&Token::Word("or")) {
            left = Condition::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Condition, Slip> {
        let mut left = self.one()?;
        while self.takes(&Token::Word("and")) {
            left = Condition::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Condition, Slip> {
        if self.takes(&Token::Word("not")) || self.takes(&Token::Sign("!")) {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.slip("a condition with fewer `not`"));
            }
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Condition::Not(Box::new(inner)));
        }
        if self.takes(&Token::Sign("(")) {
            let inner = self.either()?;
            return if self.takes(&Token::Sign(")")) {
                Ok(inner)
            } else {
                Err(self.slip("`)`"))
            };
        }
        let Some(Token::Word(column)) = self.peek().cloned() else {
            return Err(self.slip("a column"));
        };
        self.next += 1;
        self.comparison(column.to_owned())
    }

    fn comparison(&mut self, column: String) -> Result<Condition, Slip> {
        let op = match self.peek() {
            Some(Token::Sign("==" | "=")) => Op::Eq,
            Some(Token::Sign("!=" | "<>")) => Op::Ne,
            Some(Token::Sign("<")) => Op::Lt,
            Some(Token::Sign("<=")) => Op::Le,
            Some(Token::Sign(">")) => Op::Gt,
            Some(Token::Sign(">=")) => Op::Ge,
            Some(Token::Word("in")) => {
                self.next += 1;
                let with = self.list()?;
                let op = Op::Eq;
                return Ok(Condition::Compare { column, op, with });
            }
            Some(Token::Word("is")) => {
                self.next += 1;
                let is_empty = !self.takes(&Token::Word("not"));
                return if self.takes(&Token::Word("null")) {
                    Ok(Condition::Empty { column, is_empty })
                } else {
                    Err(self.slip("`null`"))
                };
            }
            _ => return Err(self.slip("a comparison")),
        };
        self.next += 1;
        let with = self.operand()?;
        if matches!(with, Operand::Person(_)) && !matches!(op, Op::Eq | Op::Ne) {
            self.next -= 1;
            return Err(self.slip("a value: a person's are compared by `==`, `!=` or `in`"));
        }
        let with = vec![with];
        Ok(Condition::Compare { column, op, with })
    }

    fn list(&mut self) -> Result<Vec<Operand>, Slip> {
        if !self.takes(&Token::Sign("[")) {
            return match self.operand()? {
                own @ Operand::Person(_) => Ok(vec![own]),
                Operand::Value(_) => {
                    self.next -= 1;
                    Err(self.slip("`[` or what is known of the person"))
                }
            };
        }
        let mut list = vec![self.operand()?];
        while self.takes(&Token::Sign(",")) {
            list.push(self.operand()?);
        }
        if self.takes(&Token::Sign("]")) {
            Ok(list)
        } else {
            Err(self.slip("`,` or `]`"))
        }
    }

    fn operand(&mut self) -> Result<Operand, Slip> {
        let is_value = |word: &str| {
            matches!(word, "true" | "false")
                || word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-')
        };
        match self.peek().cloned() {
            Some(Token::Text(text)) => {
                self.take();
                Ok(Operand::Value(text.to_owned()))
            }
            Some(Token::Word(word)) => match word.strip_prefix("person.") {
                Some(name) if !name.is_empty() => {
                    self.take();
                    Ok(Operand::Person(name.to_owned()))
                }
                None if is_value(word) => {
                    self.take();
                    Ok(Operand::Value(word.to_owned()))
                }
                _ => Err(self.slip("a value in quotation marks, a number or `person.…`")),
            },
            _ => Err(self.slip("a value")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::dataset;

    fn told(text: &str) -> String {
        let known = BTreeMap::from([
            (
                "dong".to_owned(),
                vec!["가온".to_owned(), "누리".to_owned()],
            ),
            ("age".to_owned(), vec!["many".to_owned()]),
        ]);
        match Condition::read(text) {
            Ok(condition) => condition
                .expression(&dataset("parking"), &known)
                .to_string(),
            Err(slip) => format!("! {}: {}", slip.at, slip.what),
        }
    }

    #[test]
    fn conditions_become_expressions_of_a_person() {
        for (text, expected) in [
            ("spaces >= 10", "spaces >= Int64(10)"),
            (
                "name == 'x' and spaces != 3 or opened_on is null",
                "name = Utf8(\"x\") AND spaces != Int64(3) OR opened_on IS NULL",
            ),
            (
                "name == person.dong",
                "name IN ([Utf8(\"가온\"), Utf8(\"누리\")])",
            ),
            (
                "name != person.dong",
                "name NOT IN ([Utf8(\"가온\"), Utf8(\"누리\")])",
            ),
            (
                "name in [person.dong, '다솜']",
                "name IN ([Utf8(\"가온\"), Utf8(\"누리\"), Utf8(\"다솜\")])",
            ),
            (
                "spaces in [1, person.age]",
                "spaces = Int64(1) OR Boolean(NULL)",
            ),
            ("name == person.nobody", "Boolean(NULL)"),
            ("name != person.nobody", "Boolean(NULL)"),
            ("spaces == person.age", "Boolean(NULL)"),
            (
                "not (opened_on > '2020-01-01')",
                "NOT opened_on > Date32(\"2020-01-01\")",
            ),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn a_slip_says_where_and_what() {
        for (text, expected) in [
            ("", "! 0: a column was expected, not the end"),
            ("name", "! 4: a comparison was expected, not the end"),
            (
                "name == x",
                "! 8: a value in quotation marks, a number or `person.…` was expected, not `x`",
            ),
            ("name == 'x", "! 8: the quotation mark is not closed"),
            (
                "name == 'x' name",
                "! 12: `and`, `or` or the end was expected, not `name`",
            ),
            ("(name == 'x'", "! 12: `)` was expected, not the end"),
            (
                "name in 'x'",
                "! 8: `[` or what is known of the person was expected, not 'x'",
            ),
            ("name; drop", "! 4: `;` has no meaning here"),
            (
                "spaces < person.age",
                "! 9: a value: a person's are compared by `==`, `!=` or `in` was expected, not `person.age`",
            ),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        let deep = format!("{}name is null", "(".repeat(10_000));
        assert!(told(&deep).contains("fewer brackets"));
        let nots = format!("{}name is null", "not ".repeat(10_000));
        assert!(told(&nots).contains("fewer `not`"));
    }
}
