//! What a master needs to know besides.

use crate::error::Error;

/// The master's own options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MasterOptions {
    reconnect: bool,
    limits: [u32; MasterLimit::COUNT],
}

/// What a master does not let grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterLimit {
    /// Viewers at once, 1–32. Default 10, which is a channel's quota; AWS raises it to some 30.
    Viewers,
    /// Candidates of one viewer that are kept while its offer waits, 1–256. Default 64: a browser
    /// with many interfaces makes some 40.
    HeldCandidates,
    /// Offers of one viewer in ten seconds, 1–100. Default 5.
    Offers,
    /// Rejected viewers that are remembered, 1–1000. Default 256.
    Rejected,
}

impl MasterLimit {
    const COUNT: usize = 4;

    /// Each one.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Viewers, Self::HeldCandidates, Self::Offers, Self::Rejected];

    /// Its name as a member of the options.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The most that it can be set to; the least is 1.
    pub const fn most(self) -> u32 {
        self.row().1
    }

    /// Name, most, default.
    const fn row(self) -> (&'static str, u32, u32) {
        match self {
            Self::Viewers => ("maxViewers", 32, 10),
            Self::HeldCandidates => ("maxHeldCandidates", 256, 64),
            Self::Offers => ("maxOffers", 100, 5),
            Self::Rejected => ("maxRejected", 1_000, 256),
        }
    }
}

impl Default for MasterOptions {
    fn default() -> Self {
        Self { reconnect: true, limits: MasterLimit::ALL.map(|limit| limit.row().2) }
    }
}

impl MasterOptions {
    /// With another limit.
    ///
    /// # Errors
    /// `caller.invalidArgument` where it is out of its range.
    pub fn with(mut self, limit: MasterLimit, value: u32) -> Result<Self, Error> {
        if !(1..=limit.most()).contains(&value) {
            let range = ["must be a whole number from 1 to ", &limit.most().to_string()].concat();
            return Err(Error::argument(limit.as_str(), &range));
        }
        for (known, slot) in MasterLimit::ALL.into_iter().zip(&mut self.limits) {
            if known == limit {
                *slot = value;
            }
        }
        Ok(self)
    }

    /// Whether it opens its signaling socket again when it was lost. Default: it does.
    pub const fn with_reconnect(mut self, reconnect: bool) -> Self {
        self.reconnect = reconnect;
        self
    }

    /// Whether it opens its signaling socket again.
    pub const fn reconnect(&self) -> bool {
        self.reconnect
    }

    /// The limit as it is set.
    pub fn limit(&self, limit: MasterLimit) -> usize {
        let at = MasterLimit::ALL.into_iter().position(|known| known == limit);
        at.and_then(|at| self.limits.get(at)).map_or(0, |value| *value as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_a_default_and_a_range() {
        let defaults = MasterLimit::ALL.map(|limit| MasterOptions::default().limit(limit));
        assert_eq!(defaults, [10, 64, 5, 256]);
        for limit in MasterLimit::ALL {
            for wrong in [0, limit.most() + 1] {
                let error = MasterOptions::default().with(limit, wrong).unwrap_err();
                assert!(error.message().starts_with(limit.as_str()), "{error}");
            }
            for right in [1, limit.most()] {
                let set = MasterOptions::default().with(limit, right).unwrap();
                assert_eq!(set.limit(limit), right as usize);
                let others = MasterLimit::ALL.into_iter().filter(|other| *other != limit);
                for other in others {
                    assert_eq!(set.limit(other), MasterOptions::default().limit(other));
                }
            }
        }
    }
}
