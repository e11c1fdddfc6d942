//! The receipt code (mã hồ sơ) that a citizen gets for a petition, and what is derived from it.
//!
//! Nothing of it is stored. `receipt = HMAC(receipt key, idempotency key)`, `case id = HMAC(pepper, receipt)`: a retried
//! submission gets the same code, following a case is one read by key, and a stolen table opens nothing.

use std::fmt;

use donthu_domain::CaseId;
use uuid::Uuid;

use crate::crockford;
use crate::digest::{self, Hmac};
use crate::merkle::Hash;

/// Secret symbols of a code: 20 × 5 = 100 bits.
const SECRET_SYMBOLS: usize = 20;
/// Version symbol, secret symbols, check symbol.
const SYMBOLS: usize = SECRET_SYMBOLS + 2;
/// Symbols after which a dash is printed.
const DASH_AFTER: [usize; 3] = [6, 11, 16];

/// Which pair of receipt key and pepper a code was made with, 0–31: the first symbol of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyVersion(u8);

impl KeyVersion {
    pub(crate) const FIRST: Self = Self(1);
    pub(crate) const SECOND: Self = Self(2);

    /// The version with this number; `None` above 31, which one symbol cannot say.
    pub fn new(number: u8) -> Option<Self> {
        (number < 32).then_some(Self(number))
    }

    /// The number, 0–31.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A receipt code: whoever holds it may follow the petition, so it is treated as a password.
///
/// `Debug` hides it and there is no `Display`: [`ReceiptCode::expose`] is the one way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptCode {
    version: KeyVersion,
    secret: [u8; SECRET_SYMBOLS],
}

impl fmt::Debug for ReceiptCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReceiptCode").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Why a text is not a receipt code. Says nothing of the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptCodeError {
    /// Not 22 symbols once spaces and dashes are left out.
    #[error("a receipt code has {SYMBOLS} symbols, this one has {found}")]
    Length {
        /// Symbols found.
        found: usize,
    },
    /// A character that is neither a digit nor one of the letters in use.
    #[error("the character at position {position} is not used in receipt codes")]
    Symbol {
        /// Position counted from 1, without spaces and dashes.
        position: usize,
    },
    /// The check symbol does not fit: at least one symbol was mistyped or two were swapped.
    #[error("the check symbol does not fit: a symbol of the receipt code was mistyped")]
    Check,
}

impl ReceiptCode {
    /// The code for an idempotency key under one version's receipt key.
    pub(crate) fn derive(version: KeyVersion, receipt_key: &Hmac, idempotency_key: Uuid) -> Self {
        let tag = receipt_key.tag(b"donthu receipt", &[idempotency_key.as_bytes()]);
        let mut secret = [0; SECRET_SYMBOLS];
        for (symbol, group) in secret.iter_mut().zip(crockford::groups(&tag, SECRET_SYMBOLS)) {
            *symbol = group;
        }
        Self { version, secret }
    }

    /// The case that this code opens, under the pepper of its version.
    pub(crate) fn case_id(&self, pepper: &Hmac) -> CaseId {
        let tag = pepper.tag(b"donthu case", &[&[self.version.number()], &self.secret]);
        digest::case_id(&tag)
    }

    /// The salt of what was submitted under this code.
    pub(crate) fn content_salt(&self, pepper: &Hmac) -> Hash {
        Hash::new(pepper.tag(b"donthu content salt", &[&[self.version.number()], &self.secret]))
    }

    /// Reads a code as people type it: any case, spaces and dashes anywhere, O for 0, I or L for 1.
    ///
    /// # Errors
    /// [`ReceiptCodeError`] for a wrong length, a foreign character or a check symbol that does not fit. A code that
    /// parses may still be unknown.
    pub fn parse(text: &str) -> Result<Self, ReceiptCodeError> {
        let typed = || text.chars().filter(|symbol| !symbol.is_whitespace() && !is_dash(*symbol));
        let found = typed().count();
        if found != SYMBOLS {
            return Err(ReceiptCodeError::Length { found });
        }
        let mut values = [0; SYMBOLS];
        for (index, (slot, symbol)) in values.iter_mut().zip(typed()).enumerate() {
            *slot = crockford::value(symbol).ok_or(ReceiptCodeError::Symbol { position: index + 1 })?;
        }
        if checksum(&values) != 0 {
            return Err(ReceiptCodeError::Check);
        }
        let [version, rest @ .., _check] = values;
        Ok(Self { version: KeyVersion(version), secret: rest })
    }

    /// The version of the keys that the code was made with.
    pub fn version(&self) -> KeyVersion {
        self.version
    }

    /// The code as printed for its citizen: `1ABCDE-FGHJK-MNPQR-STVWXY`. Only for that citizen: never in a log, a
    /// URL, a message to anybody else or a table.
    pub fn expose(&self) -> String {
        let check = checksum_tail(checksum(&self.symbols_before_check()));
        let mut text = String::with_capacity(SYMBOLS + DASH_AFTER.len());
        for (index, value) in self.symbols_before_check().into_iter().chain([check]).enumerate() {
            if DASH_AFTER.contains(&index) {
                text.push('-');
            }
            text.push(crockford::symbol(value));
        }
        text
    }

    fn symbols_before_check(&self) -> [u8; SECRET_SYMBOLS + 1] {
        let mut symbols = [self.version.number(); SECRET_SYMBOLS + 1];
        for (slot, value) in symbols.iter_mut().skip(1).zip(self.secret) {
            *slot = value;
        }
        symbols
    }
}

/// Hyphen and the dashes that word processors and telephones put in its place.
fn is_dash(symbol: char) -> bool {
    matches!(symbol, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Multiplies by x in GF(32) = GF(2)[x] / (x⁵ + x² + 1). That polynomial is primitive: the powers x⁰…x³⁰ are 31
/// different elements.
fn times_x(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

/// Σ symbolᵢ · xⁿ⁻ⁱ over GF(32); 0 for a whole code with a right check symbol.
///
/// A change of one symbol adds d·xᵏ ≠ 0; a swap of two symbols fewer than 31 apart adds d·(xʲ + xᵏ) ≠ 0: all single
/// errors and all swaps, adjacent or not, are found, with no symbol outside the alphabet.
fn checksum(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_x(sum) ^ symbol)
}

/// The symbol that brings the checksum of the symbols before it to 0.
fn checksum_tail(sum: u8) -> u8 {
    times_x(sum)
}

/// The number by which people name a case (mã số vụ việc): the province's initials and 60 bits derived from the case
/// id, `QN-XXXX-XXXX-XXXX` for `quang-ngai`. It needs no sequence, opens nothing, and does not give the id away.
pub fn case_number(province: &str, case: &CaseId) -> String {
    let hash = digest::sha256(b"donthu case number", &[case.as_str().as_bytes()]);
    written_number(province, crockford::groups(&hash, NUMBER_SYMBOLS))
}

/// Reads a case's number as people type it: any case, spaces and dashes anywhere, with or without the province's initials, O for 0,
/// I or L for 1. None where it can be no number of the province.
pub fn read_case_number(province: &str, text: &str) -> Option<String> {
    let typed: Vec<char> = text.chars().filter(|symbol| !symbol.is_whitespace() && !is_dash(*symbol)).collect();
    let (before, symbols) = typed.split_at_checked(typed.len().checked_sub(NUMBER_SYMBOLS)?)?;
    let before: String = before.iter().collect();
    if !before.is_empty() && !before.eq_ignore_ascii_case(&initials(province)) {
        return None;
    }
    let values: Option<Vec<u8>> = symbols.iter().map(|symbol| crockford::value(*symbol)).collect();
    Some(written_number(province, values?))
}

/// Symbols of a case's number after the province's initials.
const NUMBER_SYMBOLS: usize = 12;

fn initials(province: &str) -> String {
    province.split('-').filter_map(|word| word.chars().next()).collect::<String>().to_ascii_uppercase()
}

fn written_number(province: &str, values: impl IntoIterator<Item = u8>) -> String {
    let mut number = initials(province);
    for (index, value) in values.into_iter().enumerate() {
        if index % 4 == 0 {
            number.push('-');
        }
        number.push(crockford::symbol(value));
    }
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code() -> impl Strategy<Value = ReceiptCode> {
        (0u8..32, prop::array::uniform20(0u8..32))
            .prop_map(|(version, secret)| ReceiptCode { version: KeyVersion(version), secret })
    }

    fn symbols_of(code: &ReceiptCode) -> Vec<char> {
        code.expose().chars().filter(|symbol| *symbol != '-').collect()
    }

    proptest! {
        #[test]
        fn an_exposed_code_parses_back_however_it_is_typed(code in code()) {
            let text = code.expose();
            prop_assert_eq!(text.len(), 25);
            prop_assert_eq!(ReceiptCode::parse(&text), Ok(code.clone()));
            let spaced = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(ReceiptCode::parse(&spaced), Ok(code.clone()));
            prop_assert_eq!(ReceiptCode::parse(&text.replace('-', "–").replace('1', "I")), Ok(code));
        }

        #[test]
        fn every_single_wrong_symbol_is_found(code in code(), position in 0usize..22, change in 1u8..32) {
            let mut symbols = symbols_of(&code);
            let wrong = crockford::value(symbols[position]).unwrap() ^ change;
            symbols[position] = crockford::symbol(wrong);
            let typed: String = symbols.into_iter().collect();
            prop_assert_eq!(ReceiptCode::parse(&typed), Err(ReceiptCodeError::Check));
        }

        #[test]
        fn every_swap_of_two_different_symbols_is_found(code in code(), one in 0usize..22, other in 0usize..22) {
            let mut symbols = symbols_of(&code);
            prop_assume!(symbols[one] != symbols[other]);
            symbols.swap(one, other);
            let typed: String = symbols.into_iter().collect();
            prop_assert_eq!(ReceiptCode::parse(&typed), Err(ReceiptCodeError::Check));
        }

        #[test]
        fn no_text_makes_the_parser_fail_otherwise_than_by_its_errors(text in ".{0,40}") {
            let _ = ReceiptCode::parse(&text);
        }
    }

    #[test]
    fn a_text_that_is_no_code_is_refused_with_its_reason() {
        assert_eq!(ReceiptCode::parse("1ABC"), Err(ReceiptCodeError::Length { found: 4 }));
        let with_u = "1UBCDE-FGHJK-MNPQR-STVWXY";
        assert_eq!(ReceiptCode::parse(with_u), Err(ReceiptCodeError::Symbol { position: 2 }));
    }

    #[test]
    fn neither_debug_nor_errors_show_the_code() {
        let code = ReceiptCode { version: KeyVersion(1), secret: [7; 20] };
        assert_eq!(format!("{code:?}"), "ReceiptCode { version: KeyVersion(1), .. }");
    }

    #[test]
    fn a_case_number_is_read_as_people_type_it() {
        let number = case_number("quang-ngai", &CaseId::new("ecd20e24e3ebb49ea20aa795a6d48faa"));
        let typed = number.replace('-', " ").to_lowercase().replace('0', "o").replace('1', "l");
        let short = number.strip_prefix("QN-").unwrap();
        for text in [&number, &typed, short, &number.replace('-', "\u{2013}"), &format!(" {number} ")] {
            assert_eq!(read_case_number("quang-ngai", text).as_ref(), Some(&number), "{text}");
        }
        let foreign = number.replace("QN", "HN");
        for text in ["", "QN", &foreign, &number[..number.len() - 1], &format!("{number}A"), &number.replace('-', "U")]
        {
            assert_eq!(read_case_number("quang-ngai", text), None, "{text}");
        }
    }
}
