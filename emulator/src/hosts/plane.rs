//! The parts of the service.

use std::net::Ipv4Addr;

/// A part of the service with a host of its own, where hosts are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    /// The page. Control-plane calls are answered here too, so that the page needs no other
    /// address than its own.
    Page,
    /// Calls about channels and streams.
    Control,
    /// A channel's WebSocket for its master.
    Master,
    /// A channel's WebSocket for its viewers.
    Viewer,
    /// A channel's calls: GetIceServerConfig, SendAlexaOfferToMaster.
    Data,
    /// A channel's calls about media storage.
    Storage,
}

impl Plane {
    /// All of them, in the order of their addresses.
    pub(super) const ALL: [Self; 6] =
        [Self::Page, Self::Control, Self::Master, Self::Viewer, Self::Data, Self::Storage];

    /// Whether what belongs to `wanted` is to be found here.
    pub(crate) fn serves(self, wanted: Self) -> bool {
        self == wanted || (self == Self::Page && wanted == Self::Control)
    }

    /// The one whose hosts begin with this.
    pub(super) fn with_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plane| plane.prefix() == Some(prefix))
    }

    /// Whether WebSockets are spoken there.
    pub(super) const fn is_socket(self) -> bool {
        matches!(self, Self::Master | Self::Viewer)
    }

    /// What a channel's host names begin with; that of the storage endpoint is not known, the
    /// others are the service's.
    pub(super) const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Page | Self::Control => None,
            Self::Master => Some("m"),
            Self::Viewer => Some("v"),
            Self::Data => Some("r"),
            Self::Storage => Some("s"),
        }
    }

    /// The address it has of its own, where each has one.
    pub(super) const fn address(self) -> Ipv4Addr {
        let last = match self {
            Self::Page => 1,
            Self::Control => 2,
            Self::Master => 3,
            Self::Viewer => 4,
            Self::Data => 5,
            Self::Storage => 6,
        };
        Ipv4Addr::new(127, 0, 0, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_takes_what_is_anothers() {
        for plane in Plane::ALL {
            assert!(plane.serves(plane));
            assert_eq!(plane.serves(Plane::Control), matches!(plane, Plane::Page | Plane::Control));
            assert_eq!(plane.serves(Plane::Data), plane == Plane::Data);
        }
    }
}
