//! Where in a text of JSON a value stands.

/// Line and column, from 1, of the value at a path such as `$.features[0].id`; of the nearest around it where it is not
/// there.
pub fn of(text: &str, path: &str) -> Option<(u64, u64)> {
    let steps = steps(path)?;
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
    };
    reader.space();
    for step in &steps {
        let here = reader.at;
        if reader.enter(step).is_none() {
            reader.at = here;
            break;
        }
    }
    let before = text.get(..reader.at)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next()?.chars().count() + 1;
    Some((u64::try_from(line).ok()?, u64::try_from(column).ok()?))
}

enum Step {
    Key(String),
    Item(usize),
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path
        .strip_prefix('$')?
        .split('.')
        .filter(|part| !part.is_empty())
    {
        let mut pieces = part.split('[');
        let key = pieces.next().unwrap_or_default();
        if !key.is_empty() {
            steps.push(Step::Key(key.to_owned()));
        }
        for piece in pieces {
            steps.push(Step::Item(piece.strip_suffix(']')?.parse().ok()?));
        }
    }
    Some(steps)
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek() == Some(wanted)).then(|| self.at += 1)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Goes to the value of a key or an item, if the value here has it.
    fn enter(&mut self, step: &Step) -> Option<()> {
        match step {
            Step::Key(key) => {
                self.take(b'{')?;
                loop {
                    self.space();
                    let from = self.at;
                    self.skip()?;
                    let own = self.bytes.get(from..self.at)?;
                    self.space();
                    self.take(b':')?;
                    self.space();
                    let is_it = own
                        .strip_prefix(b"\"")
                        .and_then(|own| own.strip_suffix(b"\""));
                    if is_it == Some(key.as_bytes()) {
                        return Some(());
                    }
                    self.skip()?;
                    self.space();
                    self.take(b',')?;
                }
            }
            Step::Item(number) => {
                self.take(b'[')?;
                self.space();
                for _ in 0..*number {
                    self.skip()?;
                    self.space();
                    self.take(b',')?;
                    self.space();
                }
                (self.peek() != Some(b']')).then_some(())
            }
        }
    }

    /// Passes over one value. Brackets are counted, not followed: no depth fills the stack.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth == 0 => return None,
                byte if byte.is_ascii_whitespace() || byte == b',' || byte == b':' => {
                    self.at += 1;
                    continue;
                }
                _ => self.word(),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn word(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| !byte.is_ascii_whitespace() && !b",:{}[]\"".contains(&byte))
        {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_value_has_its_line_and_column() {
        let text = "{\n  \"a\": [1, {\"b\\\"\": [], \"c\": {\"d\": \"가\"}}],\n  \"e\": true\n}";
        assert_eq!(of(text, "$"), Some((1, 1)));
        assert_eq!(of(text, "$.a"), Some((2, 8)));
        assert_eq!(of(text, "$.a[1].c.d"), Some((2, 35)));
        assert_eq!(of(text, "$.e"), Some((3, 8)));
        // What is missing is told where it is missed.
        assert_eq!(of(text, "$.a[1].x"), Some((2, 12)));
        assert_eq!(of("{", "$.a"), Some((1, 1)));
    }
}
