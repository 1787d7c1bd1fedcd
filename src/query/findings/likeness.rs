//! What two ids have in common that a person takes for each other.

use alloc::string::String;

/// A text without what people overlook: case, spaces, characters that show nothing, and the Unicode form.
///
/// Of the form it covers what is common: composed letters of the Latin, Greek and Cyrillic scripts, and full-width ASCII.
pub(super) fn likeness(text: &str) -> String {
    let mut like = String::with_capacity(text.len());
    for c in text.chars().map(half_width).flat_map(char::to_lowercase) {
        if c.is_whitespace() || is_invisible(c) {
            continue;
        }
        match decomposed(c) {
            Some((letter, mark)) => like.extend([letter, mark]),
            None => like.push(c),
        }
    }
    like
}

/// The ASCII character of a full-width one.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        c => c,
    }
}

/// Soft hyphens, joiners and other characters without width.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// A composed lower-case letter as the plain one and its mark.
fn decomposed(c: char) -> Option<(char, char)> {
    if c.is_ascii() {
        return None;
    }
    COMPOSED.iter().find_map(|(mark, composed, plain)| {
        let place = composed.chars().position(|letter| letter == c)?;
        Some((plain.chars().nth(place)?, *mark))
    })
}

/// Marks, each with composed letters and, in the same order, the letters without it.
const COMPOSED: &[(char, &str, &str)] = &[
    ('\u{300}', "àèìòùǹẁỳѐѝ", "aeiounwyеи"),
    ('\u{301}', "áéíóúýćĺńŕśźǵάέήίόύώѓќ", "aeiouyclnrszgαεηιουωгк"),
    ('\u{302}', "âêîôûĉĝĥĵŝŵŷẑ", "aeioucghjswyz"),
    ('\u{303}', "ãñõĩũẽỹ", "anoiuey"),
    ('\u{304}', "āēīōūȳ", "aeiouy"),
    ('\u{306}', "ăĕğĭŏŭйў", "aegiouиу"),
    ('\u{307}', "ȧċėġż", "acegz"),
    ('\u{308}', "äëïöüÿϊϋёї", "aeiouyιυеі"),
    ('\u{30a}', "åů", "au"),
    ('\u{30b}', "őű", "ou"),
    ('\u{30c}', "ǎčďěǐľňǒřšťǔžǧǩ", "acdeilnorstuzgk"),
    ('\u{326}', "șț", "st"),
    ('\u{327}', "çģķļņŗşţ", "cgklnrst"),
    ('\u{328}', "ąęįǫų", "aeiou"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_overlook_makes_no_difference() {
        for (text, other) in [
            ("shop", "Shop"),
            ("shop", " shop "),
            ("my shop", "myshop"),
            ("shop", "sh\u{200b}op"),
            ("shop", "\u{ff53}\u{ff48}\u{ff4f}\u{ff50}"),
            ("caf\u{e9}", "cafe\u{301}"),
            ("CAF\u{c9}", "cafe\u{301}"),
            ("\u{419}", "и\u{306}"),
            ("s\u{a0}hop", "shop"),
        ] {
            assert_eq!(likeness(text), likeness(other), "{text} and {other}");
        }
    }

    #[test]
    fn what_people_see_does() {
        for (text, other) in [("shop", "shop-1"), ("cafe", "café"), ("shop", "sh0p"), ("a_b", "a-b")] {
            assert_ne!(likeness(text), likeness(other), "{text} and {other}");
        }
    }

    #[test]
    fn each_composed_letter_has_a_plain_one() {
        for (mark, composed, plain) in COMPOSED {
            assert_eq!(composed.chars().count(), plain.chars().count(), "{mark:?}");
            assert!(
                composed.chars().all(|letter| !letter.is_ascii() && letter.to_lowercase().eq([letter])),
                "{mark:?}"
            );
        }
    }
}
