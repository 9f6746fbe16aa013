//! Numbers that look real and cannot be: identity numbers of the invented province 99, the phone
//! range 1400, bank cards 6299 (handbook §11.1). It must never make a number of a real area.

use std::collections::BTreeSet;

use domain::day::Day;

use crate::chance::Seeded;

/// Weights of GB 11643 (handbook §5.1).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character of the first 17 digits.
pub fn check_char(first17: &str) -> char {
    let digits = first17.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    char::from(b"10X98765432"[(sum % 11) as usize])
}

/// Whether a number is one this generator could have made: 18 characters, prefix 99, right check.
pub fn is_invented_id(id: &str) -> bool {
    id.len() == 18 && id.is_ascii() && id.starts_with("99") && id.ends_with(check_char(&id[..17]))
}

/// Hands out numbers, none twice.
#[derive(Debug)]
pub struct Numbers {
    chance: Seeded,
    taken: BTreeSet<String>,
    phones: u32,
    cards: u64,
}

impl Numbers {
    /// A fresh book of numbers.
    pub fn new(seed: u64) -> Self {
        Self { chance: Seeded::named(seed, "numbers"), taken: BTreeSet::new(), phones: 0, cards: 0 }
    }

    /// An identity number: area, birth, sequence (odd for a boy), check.
    pub fn id_no(&mut self, area: u32, birth: Day, male: bool) -> String {
        loop {
            let sequence = self.chance.between(1, 499) * 2 - i64::from(male);
            let id = with_sequence(area, birth, sequence);
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }

    /// The next free number after a twin's, of the same area, day and sex.
    pub fn twin_of(&mut self, id: &str, birth: Day) -> String {
        let (area, sequence) = (id[..6].parse().unwrap_or(990_102), id[14..17].parse::<i64>().unwrap_or(1));
        let mut next = sequence;
        loop {
            next = if next + 2 > 999 { 1 + (sequence + 1) % 2 } else { next + 2 };
            let twin = with_sequence(area, birth, next);
            if self.taken.insert(twin.clone()) {
                return twin;
            }
        }
    }

    /// A phone number nobody has: 1400 and seven digits in scattered order.
    pub fn phone(&mut self) -> String {
        self.phones += 1;
        format!("1400{:07}", (u64::from(self.phones) * 3_141_593) % 10_000_000)
    }

    /// A bank card: 6299, 14 digits, Luhn.
    pub fn card(&mut self) -> String {
        self.cards += 1;
        let body = format!("6299{:014}", (self.cards * 27_182_818_284_591) % 100_000_000_000_000);
        let check = luhn(&body);
        format!("{body}{check}")
    }
}

fn with_sequence(area: u32, birth: Day, sequence: i64) -> String {
    let (y, m, d) = birth.ymd();
    let first17 = format!("{area:06}{y:04}{m:02}{d:02}{sequence:03}");
    let check = check_char(&first17);
    format!("{first17}{check}")
}

fn luhn(body: &str) -> u32 {
    let doubled = |(n, digit): (usize, u32)| match (n % 2, digit * 2) {
        (0, twice) if twice > 9 => twice - 9,
        (0, twice) => twice,
        (_, _) => digit,
    };
    let sum: u32 = body.chars().rev().filter_map(|c| c.to_digit(10)).enumerate().map(doubled).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handbooks_numbers_come_out() {
        assert_eq!(check_char("99010220120101124"), 'X');
        assert_eq!(check_char("99010220150307001"), '8');
        assert!(is_invented_id("990102201602290139") && !is_invented_id("11010519491231002X"));
        assert_eq!(luhn("629900000000000000"), 2);
    }

    #[test]
    fn no_number_comes_twice() {
        let mut numbers = Numbers::new(1);
        let birth: Day = "2016-02-29".parse().expect("a day");
        let ids: BTreeSet<String> = (0..400).map(|_| numbers.id_no(990_102, birth, true)).collect();
        assert_eq!(ids.len(), 400);
        assert!(ids.iter().all(|id| is_invented_id(id) && id.as_bytes()[16] % 2 == 1));
        let phones: BTreeSet<String> = (0..20_000).map(|_| numbers.phone()).collect();
        assert_eq!(phones.len(), 20_000);
        assert!(phones.iter().all(|p| p.len() == 11 && p.starts_with("1400")));
        let twin = numbers.twin_of("990102201503070018", birth);
        assert!(is_invented_id(&twin));
    }
}
