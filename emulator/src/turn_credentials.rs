//! Who may relay: user names that say when they expire, and passwords that follow from them. All
//! that is kept is who relays already, as a call goes on for longer than its user name.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kvs_hub::ChannelArn;
use secrecy::SecretString;
use sha2::Sha256;

/// How long a user name is good for, in seconds.
///
/// Source: GetIceServerConfig answers 300.
pub(crate) const LIFETIME: u64 = 300;
/// How many clients are remembered; the one that was silent longest gives way.
const MAX_CLIENTS: usize = 1024;
/// How long a silent client is remembered, in seconds: longer than any relay lives unless its
/// client refreshes it.
///
/// Source: RFC 8656, section 7.2: a lifetime is an hour at most.
const MAX_SILENCE: u64 = 60 * 60;

/// Makes passwords, and makes them again to check them. The secret is this process's own, and
/// as long as a block of SHA-256.
pub(crate) struct TurnCredentials {
    secret: [u8; 64],
    clients: Mutex<Clients>,
}

impl TurnCredentials {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 64];
        getrandom::fill(&mut secret)?;
        Ok(Self { secret, clients: Mutex::default() })
    }

    /// A user name and a password for this channel, good for [`LIFETIME`] seconds.
    pub(crate) fn issue(&self, channel: &ChannelArn, now: SystemTime) -> (String, SecretString) {
        let expiry = unix_seconds(now).saturating_add(LIFETIME);
        let username = format!("{expiry}:{}", STANDARD.encode(format!("v1:{channel}")));
        let password = self.password(&username);
        (username, password)
    }

    /// The password of a user name that has not expired, or that this client used before it did:
    /// each request of a call is asked about, for as long as the call goes on.
    pub(crate) fn password_of(
        &self,
        username: &str,
        client: SocketAddr,
        now: SystemTime,
    ) -> Option<SecretString> {
        let (expiry, _) = username.split_once(':')?;
        let expiry: u64 = expiry.parse().ok()?;
        let now = unix_seconds(now);
        let pair = (client, username.to_owned());
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.forget_silent(now);
        if now >= expiry && !clients.know(&pair) {
            return None;
        }
        clients.remember(pair, now);
        Some(self.password(username))
    }

    fn password(&self, username: &str) -> SecretString {
        let mut mac = Hmac::<Sha256>::new(&self.secret.into());
        mac.update(username.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes()).into()
    }
}

/// Which address uses which user name, and when it did last, in seconds since the epoch.
///
/// Who only claims a user name is remembered like its owner, because the password is checked
/// elsewhere. That lets nobody in: without the password the answer is of no use.
#[derive(Default)]
struct Clients(HashMap<(SocketAddr, String), u64>);

impl Clients {
    fn forget_silent(&mut self, now: u64) {
        self.0.retain(|_, used| now.saturating_sub(*used) <= MAX_SILENCE);
    }

    fn know(&self, pair: &(SocketAddr, String)) -> bool {
        self.0.contains_key(pair)
    }

    fn remember(&mut self, pair: (SocketAddr, String), now: u64) {
        if self.0.len() >= MAX_CLIENTS && !self.know(&pair) {
            let silent = self.0.iter().min_by_key(|(_, used)| **used);
            if let Some(pair) = silent.map(|(pair, _)| pair.clone()) {
                self.0.remove(&pair);
            }
        }
        self.0.insert(pair, now);
    }
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;
    use std::time::Duration;

    const ARN: &str = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo/1700000000000";

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// One of many clients.
    fn client(number: u16) -> SocketAddr {
        ([192, 0, 2, 1], number).into()
    }

    #[test]
    fn credentials_have_the_services_form() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) =
            credentials.issue(&ChannelArn::parse(ARN).unwrap(), at(1_700_000_000));
        let (expiry, rest) = username.split_once(':').unwrap();
        assert_eq!(expiry, "1700000300");
        assert_eq!(STANDARD.decode(rest).unwrap(), format!("v1:{ARN}").into_bytes());
        assert_eq!(password.expose_secret().len(), 44);
    }

    #[test]
    fn a_password_is_good_until_its_user_name_expires() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) = credentials.issue(&ChannelArn::parse(ARN).unwrap(), at(1000));
        let good = credentials.password_of(&username, client(1), at(1299)).unwrap();
        assert_eq!(good.expose_secret(), password.expose_secret());
        assert!(credentials.password_of(&username, client(2), at(1300)).is_none());
        for bad in ["", "1300", "soon:x", ":x"] {
            assert!(credentials.password_of(bad, client(1), at(1000)).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_call_goes_on_after_its_user_name_has_expired() {
        let credentials = TurnCredentials::new().unwrap();
        let arn = ChannelArn::parse(ARN).unwrap();
        let (username, password) = credentials.issue(&arn, at(1000));
        for minute in 0..600 {
            let now = at(1000 + minute * 60);
            let same = credentials.password_of(&username, client(1), now).unwrap();
            assert_eq!(same.expose_secret(), password.expose_secret());
        }
        let late = at(1000 + 600 * 60);
        assert!(credentials.password_of(&username, client(2), late).is_none());
        let (another, _) = credentials.issue(&arn, at(1001));
        assert!(credentials.password_of(&another, client(1), late).is_none());
    }

    #[test]
    fn a_call_that_has_ended_does_not_keep_its_user_name_alive() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, _) = credentials.issue(&ChannelArn::parse(ARN).unwrap(), at(1000));
        assert!(credentials.password_of(&username, client(1), at(1000)).is_some());
        assert!(credentials.password_of(&username, client(1), at(1001 + MAX_SILENCE)).is_none());
    }

    #[test]
    fn the_longest_silent_of_too_many_clients_is_forgotten() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, _) = credentials.issue(&ChannelArn::parse(ARN).unwrap(), at(1000));
        let many = u16::try_from(MAX_CLIENTS).unwrap();
        for number in 0..=many {
            let now = at(1000 + u64::from(number) / 8);
            assert!(credentials.password_of(&username, client(number), now).is_some());
            // The first one goes on with its call.
            assert!(credentials.password_of(&username, client(0), now).is_some());
        }
        assert_eq!(credentials.clients.lock().unwrap().0.len(), MAX_CLIENTS);
        for number in [0, many] {
            assert!(credentials.password_of(&username, client(number), at(1300)).is_some());
        }
        let forgotten = (1..8).filter(|number| {
            credentials.password_of(&username, client(*number), at(1300)).is_none()
        });
        assert_eq!(forgotten.count(), 1);
    }

    #[test]
    fn nobody_can_give_himself_more_time() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) = credentials.issue(&ChannelArn::parse(ARN).unwrap(), at(1000));
        let longer = username.replacen("1300", "9999", 1);
        let theirs = credentials.password_of(&longer, client(1), at(2000)).unwrap();
        assert_ne!(theirs.expose_secret(), password.expose_secret());
    }

    #[test]
    fn every_process_has_its_own_secret() {
        let (one, other) = (TurnCredentials::new().unwrap(), TurnCredentials::new().unwrap());
        let ours = one.password_of("9999:x", client(1), at(0)).unwrap();
        let theirs = other.password_of("9999:x", client(1), at(0)).unwrap();
        assert_ne!(ours.expose_secret(), theirs.expose_secret());
    }
}
