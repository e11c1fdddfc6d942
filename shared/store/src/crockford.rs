//! Crockford base32, the alphabet of receipt codes and case numbers: digits and capitals without I, L, O and U, so
//! that what a citizen copies by hand or reads out on the telephone is not misread.

/// The 32 symbols in the order of their values.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The symbol of the low five bits of `value`.
pub(crate) fn symbol(value: u8) -> char {
    ALPHABET.get(usize::from(value & 0b1_1111)).map_or('0', |symbol| char::from(*symbol))
}

/// The value 0–31 of a symbol as people type it: either case, O for 0, I or L for 1.
pub(crate) fn value(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let index = ALPHABET.iter().position(|known| char::from(*known) == symbol)?;
    u8::try_from(index).ok()
}

/// The first `count` five-bit groups of `bytes`, most significant bit first; fewer if the bytes run out.
pub(crate) fn groups(bytes: &[u8], count: usize) -> impl Iterator<Item = u8> + '_ {
    (0..count).map_while(|index| {
        let bit = index.checked_mul(5)?;
        let high = u16::from(*bytes.get(bit / 8)?);
        let low = u16::from(bytes.get(bit / 8 + 1).copied().unwrap_or(0));
        let window = (high << 8) | low;
        u8::try_from((window >> (11 - bit % 8)) & 0b1_1111).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_reads_back_as_its_value() {
        for expected in 0..32 {
            assert_eq!(value(symbol(expected)), Some(expected));
        }
        assert_eq!(value('U'), None);
        assert_eq!(value('é'), None);
    }

    #[test]
    fn bits_are_grouped_by_five_from_the_most_significant() {
        let bytes = [0b1111_1000, 0b0100_0010, 0b0000_0000];
        assert_eq!(groups(&bytes, 4).collect::<Vec<_>>(), [0b11111, 0b00001, 0b00001, 0b00000]);
    }
}
