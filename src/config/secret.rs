//! What somebody typed as a secret and cannot be one: few different characters, a part again and again, a row of the
//! alphabet or of the keyboard, or the word that a manual has in its place. Whoever guesses it signs forms for anybody.

/// A secret made at random has more; 32 hexadecimal digits have about fourteen.
const DIFFERENT: usize = 8;

/// Words that stand where a secret should.
const PLACEHOLDERS: &[&str] = &[
    "secret",
    "password",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "example",
    "placeholder",
    "openssl",
];

/// Rows of keys, along which a hand runs that only fills a field.
const ROWS: &str = "1234567890 qwertyuiop asdfghjkl zxcvbnm";

/// Why this cannot be a secret, if so.
pub(super) fn weakness(secret: &str) -> Option<&'static str> {
    let letters: Vec<char> = secret.to_lowercase().chars().collect();
    let mut different = letters.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT {
        return Some("it has hardly any different characters");
    }
    if repeats(&letters) {
        return Some("it is one part again and again");
    }
    if counts(&letters) {
        return Some("it counts, or runs along the keyboard");
    }
    let lower: String = letters.into_iter().collect();
    PLACEHOLDERS
        .iter()
        .any(|word| lower.contains(word))
        .then_some("it is a word that stands where the secret should")
}

/// Whether the whole is a part that comes at least twice, the last time perhaps cut off.
fn repeats(letters: &[char]) -> bool {
    let longest = letters.len() / 2;
    (1..=longest).any(|part| letters[part..] == letters[..letters.len() - part])
}

/// Whether most letters follow from the one before.
fn counts(letters: &[char]) -> bool {
    let pairs = letters.windows(2);
    let all = pairs.len();
    let following = pairs.filter(|pair| follows(pair[0], pair[1])).count();
    following * 2 > all
}

fn follows(one: char, next: char) -> bool {
    let in_a_row = |a: char, b: char| ROWS.contains(&format!("{a}{b}"));
    u32::from(one).abs_diff(u32::from(next)) <= 1 || in_a_row(one, next) || in_a_row(next, one)
}
