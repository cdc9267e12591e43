//! 토큰화: tokens of chance, whose meaning only the vault knows.

use std::cell::RefCell;

use city::recipe::Token;
use city::spelling::normal;

use super::super::failed::Unfit;
use super::super::keys::Key;
use super::super::vault::Vault;
use super::Cells;
use super::keyed::nothing_left;

/// Replaces values by tokens.
pub(super) struct Tokens<'t> {
    rule: &'t Token,
    key: &'t Key,
    vault: &'t RefCell<dyn Vault>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(rule: &'t Token, key: &'t Key, vault: &'t RefCell<dyn Vault>) -> Self {
        Self { rule, key, vault }
    }
}

impl Cells for Tokens<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let word = self.rule.identity.word();
        let value = normal(self.rule.identity, value);
        if value.is_empty() {
            return Err(nothing_left(word));
        }
        let token = self.vault.borrow_mut().token(self.key, word, &value);
        match token {
            Ok(token) => Ok(format!("{}{token}", self.rule.prefix)),
            Err(error) => Err(Unfit::new(
                format!("the vault gave no token: {error}"),
                "a vault that can be written",
            )),
        }
    }
}
