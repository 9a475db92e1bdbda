//! What a master needs to know besides.

use crate::error::Error;

/// Viewers at the most, unless told otherwise: what a channel has.
const DEFAULT_VIEWERS: usize = 10;

/// What AWS raises a channel's quota to, as far as is known.
const MOST_VIEWERS: usize = 32;

/// The master's own options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MasterOptions {
    max_viewers: usize,
    reconnect: bool,
}

impl Default for MasterOptions {
    fn default() -> Self {
        Self { max_viewers: DEFAULT_VIEWERS, reconnect: true }
    }
}

impl MasterOptions {
    /// With another number of viewers that it takes, 1–32.
    ///
    /// # Errors
    /// `caller.invalidArgument`.
    pub fn with_max_viewers(mut self, viewers: usize) -> Result<Self, Error> {
        if !(1..=MOST_VIEWERS).contains(&viewers) {
            return Err(Error::argument("maxViewers", "must be a whole number from 1 to 32"));
        }
        self.max_viewers = viewers;
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

    /// How many viewers it takes.
    pub const fn max_viewers(&self) -> usize {
        self.max_viewers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_takes_from_one_to_thirty_two_viewers() {
        assert_eq!(MasterOptions::default().max_viewers(), 10);
        for wrong in [0, 33] {
            let error = MasterOptions::default().with_max_viewers(wrong).unwrap_err();
            assert!(error.message().starts_with("maxViewers"), "{error}");
        }
        assert_eq!(MasterOptions::default().with_max_viewers(1).unwrap().max_viewers(), 1);
    }
}
