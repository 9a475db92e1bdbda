//! As whom a viewer connects.

use crate::error::Error;
use crate::ids::ClientId;

/// The longest client id.
const MAX_LENGTH: usize = 256;

/// How a viewer gets its client id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientIdRule {
    /// A random one for each connection.
    #[default]
    Random,
    /// This one; where it cannot be had any more, this one with a random end.
    Preferred(ClientId),
    /// This one and no other.
    Fixed(ClientId),
}

impl ClientIdRule {
    /// The id of a fresh start; `random` is evenly distributed.
    ///
    /// # Errors
    /// None in practice: what is made here is a client id.
    pub fn first(&self, random: u64) -> Result<ClientId, Error> {
        match self {
            Self::Random => ClientId::parse(&format!("viewer-{random:016x}")),
            Self::Preferred(id) | Self::Fixed(id) => Ok(id.clone()),
        }
    }

    /// Another id for the same viewer, where another try must have one: some masters do not answer an
    /// id whose last connection they still hold. The fixed one stays.
    ///
    /// # Errors
    /// None in practice: what is made here is a client id.
    pub fn next(&self, random: u64) -> Result<ClientId, Error> {
        match self {
            Self::Random | Self::Fixed(_) => self.first(random),
            Self::Preferred(id) => {
                let end: String = [0, 8, 16, 24]
                    .map(|shift| letter((random >> shift) & 0xff))
                    .into_iter()
                    .collect();
                let kept: String = id.as_str().chars().take(MAX_LENGTH - 5).collect();
                ClientId::parse(&[&kept, ".", &end].concat())
            }
        }
    }
}

/// One of the lower-case letters and the digits.
fn letter(byte: u64) -> char {
    char::from_digit(u32::try_from(byte % 36).unwrap_or_default(), 36).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ClientId {
        ClientId::parse(text).unwrap()
    }

    #[test]
    fn a_random_id_is_another_for_each_connection() {
        let rule = ClientIdRule::Random;
        assert_eq!(rule.first(0x1234).unwrap(), id("viewer-0000000000001234"));
        assert_ne!(rule.first(1).unwrap(), rule.next(2).unwrap());
    }

    #[test]
    fn a_preferred_id_gets_a_random_end_only_where_another_is_needed() {
        let rule = ClientIdRule::Preferred(id("door"));
        assert_eq!(rule.first(7).unwrap(), id("door"));
        assert_eq!(rule.next(0x2301_0a09).unwrap(), id("door.9a1z"));
    }

    #[test]
    fn a_long_one_is_cut_to_what_the_service_takes() {
        let rule = ClientIdRule::Preferred(id(&"x".repeat(256)));
        let next = rule.next(0).unwrap();
        assert_eq!((next.as_str().len(), next.as_str().ends_with("x.0000")), (256, true));
    }

    #[test]
    fn a_fixed_id_is_never_another() {
        let rule = ClientIdRule::Fixed(id("door"));
        assert_eq!((rule.first(1).unwrap(), rule.next(2).unwrap()), (id("door"), id("door")));
    }
}
