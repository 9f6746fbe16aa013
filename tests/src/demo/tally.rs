//! What was counted when it was acknowledged, against what the stores say. It must not make
//! anything up for what does not add up.

use std::fmt::Display;

/// The comparisons so far.
#[derive(Debug, Default)]
pub struct Tally {
    compared: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Compares a figure.
    pub fn same<T: PartialEq + Display>(&mut self, what: &str, counted: T, read: T) {
        self.compared += 1;
        if counted != read {
            self.wrong.push(format!("{what}：应当是 {counted}，读回来是 {read}"));
        }
    }

    /// Notes whether something holds.
    pub fn holds(&mut self, what: &str, holds: bool) {
        self.compared += 1;
        if !holds {
            self.wrong.push(format!("{what}：不成立"));
        }
    }

    /// How many figures were compared.
    pub const fn compared(&self) -> usize {
        self.compared
    }

    /// What did not add up.
    pub fn wrong(&self) -> &[String] {
        &self.wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_does_not_add_up_is_named_with_both_values() {
        let mut tally = Tally::default();
        tally.same("收到", 24, 24);
        tally.same("缺", 0, 1);
        tally.holds("回来了", false);
        assert_eq!(tally.compared(), 3);
        assert_eq!(tally.wrong(), ["缺：应当是 0，读回来是 1", "回来了：不成立"]);
    }
}
