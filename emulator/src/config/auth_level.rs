//! How closely signatures are looked at.

use std::{fmt, str::FromStr};

/// How closely the emulator looks at signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthLevel {
    /// Not at all: requests need none.
    Off,
    /// Whether one is there and well-formed, of these five minutes, for this region and service.
    /// Its secret may be any.
    Structure,
    /// Whether it is right, as the service does.
    #[default]
    Full,
}

impl AuthLevel {
    const ALL: [(&'static str, Self); 3] =
        [("off", Self::Off), ("structure", Self::Structure), ("full", Self::Full)];
}

impl FromStr for AuthLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let level = Self::ALL.into_iter().find(|(name, _)| *name == text);
        level.map(|(_, level)| level).ok_or_else(|| "choose off, structure or full".to_owned())
    }
}

impl fmt::Display for AuthLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Structure => "structure",
            Self::Full => "full",
        })
    }
}
