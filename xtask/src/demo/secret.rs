//! A secret access key that a person reads from one screen and types on another machine.

use anyhow::{Result, anyhow};
use secrecy::SecretString;

/// Small letters and digits but those that are taken for one another: i, l and 1, o and 0.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// 16 of 31 characters: 79 bits.
const LENGTH: usize = 16;
/// So many characters stand together, with a hyphen, which is part of the secret, in between.
const GROUP: usize = 4;

/// A new one, such as `k7wd-93xm-tqha-p2ve`.
pub(super) fn random() -> Result<SecretString> {
    let mut secret = String::with_capacity(LENGTH + LENGTH / GROUP);
    for at in 0..LENGTH {
        if at > 0 && at.is_multiple_of(GROUP) {
            secret.push('-');
        }
        secret.push(random_character()?);
    }
    Ok(secret.into())
}

/// Each with the same probability: of the 32 numbers that five bits make, one is thrown away.
fn random_character() -> Result<char> {
    loop {
        let mut byte = [0];
        getrandom::fill(&mut byte)
            .map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
        let [byte] = byte;
        if let Some(&character) = ALPHABET.get(usize::from(byte & 0x1f)) {
            return Ok(char::from(character));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn it_is_four_groups_of_four_characters_that_are_not_mistaken() {
        let secret = random().unwrap();
        let groups: Vec<&str> = secret.expose_secret().split('-').collect();
        assert_eq!(groups.len(), 4);
        for group in groups {
            assert_eq!(group.len(), GROUP);
            assert!(group.bytes().all(|byte| ALPHABET.contains(&byte)), "{group}");
            assert!(!group.contains(['i', 'l', '1', 'o', '0']), "{group}");
        }
    }

    #[test]
    fn it_is_another_each_time_and_uses_the_whole_alphabet() {
        let secrets: Vec<String> =
            (0..200).map(|_| random().unwrap().expose_secret().to_owned()).collect();
        assert_eq!(secrets.iter().collect::<HashSet<_>>().len(), secrets.len());
        let used: HashSet<char> = secrets.concat().chars().filter(|it| *it != '-').collect();
        // That one of 31 is not among 3,200 has a chance of 1 : 10^44.
        assert_eq!(used.len(), ALPHABET.len());
        let bits = LENGTH as f64 * (ALPHABET.len() as f64).log2();
        assert!(bits >= 75.0, "{bits} bits");
    }
}
