//! Who may relay: user names that say when they expire, and passwords that follow from them. All
//! that is kept is who relays already, as a call goes on for longer than its user name.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kvs_hub::ChannelArn;
use secrecy::SecretString;
use sha2::Sha256;

/// How long a user name is good for, in seconds, where time runs as it does outside.
///
/// Source: GetIceServerConfig answers 300.
const LIFETIME: u64 = 300;
/// The longest life time that the service's model knows, in seconds.
const MAX_LIFETIME: u64 = 86_400;
/// How many clients are remembered; the one that was silent longest gives way.
const MAX_CLIENTS: usize = 1024;
/// How long a silent client is remembered: longer than any relay lives unless its client
/// refreshes it.
///
/// Source: RFC 8656, section 7.2: a lifetime is an hour at most.
const MAX_SILENCE: Duration = Duration::from_secs(60 * 60);

/// How long a user name is good for where time runs `scale` times as fast as outside: 300
/// seconds divided by it, from a second to a day.
pub(crate) fn lifetime(scale: f64) -> u64 {
    let seconds = Duration::try_from_secs_f64(LIFETIME as f64 / scale);
    seconds.map_or(LIFETIME, |lifetime| lifetime.as_secs().clamp(1, MAX_LIFETIME))
}

/// Makes passwords, and makes them again to check them.
pub(crate) struct TurnCredentials(Mutex<State>);

struct State {
    /// This process's own, and as long as a block of SHA-256.
    secret: [u8; 64],
    clients: Clients,
}

/// How somebody stands who knows the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The user name is good.
    Good,
    /// The user name has expired; this client used it before it did.
    Expired,
}

/// Now, by two clocks: user names expire by the one that can be set, and calls go on by the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) time: SystemTime,
    pub(crate) instant: Instant,
}

impl TurnCredentials {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self(Mutex::new(State { secret: random()?, clients: Clients::default() })))
    }

    /// A user name and a password for this channel, good for `lifetime` seconds.
    pub(crate) fn issue(
        &self,
        channel: &ChannelArn,
        lifetime: u64,
        now: SystemTime,
    ) -> (String, SecretString) {
        let expiry = unix_seconds(now).saturating_add(lifetime);
        let username = format!("{expiry}:{}", STANDARD.encode(format!("v1:{channel}")));
        let password = password(&self.state().secret, &username);
        (username, password)
    }

    /// Whether this client may use this user name: one that has not expired, or that it used
    /// before it did. `proves` tells whether a password is the one that the client knows; each
    /// request of a call is asked about, for as long as the call goes on.
    pub(crate) fn check(
        &self,
        username: &str,
        client: SocketAddr,
        when: When,
        proves: impl Fn(&SecretString) -> bool,
    ) -> Option<Standing> {
        let expiry: u64 = username.split_once(':')?.0.parse().ok()?;
        let now = when.instant;
        let mut state = self.state();
        state.clients.forget_silent(now);
        let pair = (client, username.to_owned());
        if unix_seconds(when.time) < expiry {
            let password = password(&state.secret, username);
            if proves(&password) {
                state.clients.remember(pair, password, now);
                return Some(Standing::Good);
            }
        }
        let known = state.clients.0.get_mut(&pair).filter(|known| proves(&known.password))?;
        known.used = now;
        Some(Standing::Expired)
    }

    /// The password with which this client used this user name.
    pub(crate) fn password_of(&self, username: &str, client: SocketAddr) -> Option<SecretString> {
        let pair = (client, username.to_owned());
        self.state().clients.0.get(&pair).map(|known| known.password.clone())
    }

    /// Lets all user names expire that were issued until now.
    ///
    /// # Errors
    /// Where the system gives no random numbers; they are as good as before then.
    pub(crate) fn expire_all(&self) -> Result<(), getrandom::Error> {
        // The same user name may be issued again in this second, so it is its password that ends.
        self.state().secret = random()?;
        Ok(())
    }

    /// A half-finished change leaves nothing here that a whole one would not.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which address uses which user name. Only who knew the password is in it.
#[derive(Default)]
struct Clients(HashMap<(SocketAddr, String), Known>);

struct Known {
    password: SecretString,
    /// When it was used last.
    used: Instant,
}

impl Clients {
    fn forget_silent(&mut self, now: Instant) {
        self.0.retain(|_, known| now.saturating_duration_since(known.used) <= MAX_SILENCE);
    }

    fn remember(&mut self, pair: (SocketAddr, String), password: SecretString, now: Instant) {
        if self.0.len() >= MAX_CLIENTS && !self.0.contains_key(&pair) {
            let silent = self.0.iter().min_by_key(|(_, known)| known.used);
            if let Some(pair) = silent.map(|(pair, _)| pair.clone()) {
                self.0.remove(&pair);
            }
        }
        self.0.insert(pair, Known { password, used: now });
    }
}

fn password(secret: &[u8; 64], username: &str) -> SecretString {
    let mut mac = Hmac::<Sha256>::new(secret.into());
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes()).into()
}

fn random() -> Result<[u8; 64], getrandom::Error> {
    let mut secret = [0; 64];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;
    use std::sync::LazyLock;

    const ARN: &str = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo/1700000000000";

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// A second by both clocks.
    fn when(seconds: u64) -> When {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        When { time: at(seconds), instant: *START + Duration::from_secs(seconds) }
    }

    /// One of many clients.
    fn client(number: u16) -> SocketAddr {
        ([192, 0, 2, 1], number).into()
    }

    /// Some credentials, issued in second 1000.
    fn issued(credentials: &TurnCredentials) -> (String, SecretString) {
        credentials.issue(&ChannelArn::parse(ARN).unwrap(), LIFETIME, at(1000))
    }

    /// How a client stands that knows this password.
    fn check(
        credentials: &TurnCredentials,
        (username, password): &(String, SecretString),
        client: SocketAddr,
        now: u64,
    ) -> Option<Standing> {
        credentials.check(username, client, when(now), |right| {
            right.expose_secret() == password.expose_secret()
        })
    }

    #[test]
    fn credentials_have_the_services_form() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) =
            credentials.issue(&ChannelArn::parse(ARN).unwrap(), LIFETIME, at(1_700_000_000));
        let (expiry, rest) = username.split_once(':').unwrap();
        assert_eq!(expiry, "1700000300");
        assert_eq!(STANDARD.decode(rest).unwrap(), format!("v1:{ARN}").into_bytes());
        assert_eq!(password.expose_secret().len(), 44);
    }

    #[test]
    fn their_lifetime_shrinks_as_time_runs_faster() {
        for (scale, seconds) in [
            (1.0, 300),
            (10.0, 30),
            (0.5, 600),
            (1e6, 1),
            (301.0, 1),
            (0.001, MAX_LIFETIME),
            (0.0, 300),
            (f64::NAN, 300),
        ] {
            assert_eq!(lifetime(scale), seconds, "{scale}");
        }
    }

    #[test]
    fn a_password_is_good_until_its_user_name_expires() {
        let credentials = TurnCredentials::new().unwrap();
        let pair = issued(&credentials);
        assert_eq!(check(&credentials, &pair, client(1), 1299), Some(Standing::Good));
        assert_eq!(check(&credentials, &pair, client(2), 1300), None);
        for bad in ["", "1300", "soon:x", ":x"] {
            assert_eq!(credentials.check(bad, client(1), when(1000), |_| true), None, "{bad:?}");
        }
    }

    #[test]
    fn a_call_goes_on_after_its_user_name_has_expired() {
        let credentials = TurnCredentials::new().unwrap();
        let pair = issued(&credentials);
        for minute in 0..600 {
            let standing = check(&credentials, &pair, client(1), 1000 + minute * 60);
            let good = if minute < 5 { Standing::Good } else { Standing::Expired };
            assert_eq!(standing, Some(good));
        }
        let late = 1000 + 600 * 60;
        assert_eq!(check(&credentials, &pair, client(2), late), None);
        let another = credentials.issue(&ChannelArn::parse(ARN).unwrap(), LIFETIME, at(1001));
        assert_eq!(check(&credentials, &another, client(1), late), None);
    }

    #[test]
    fn a_call_that_has_ended_does_not_keep_its_user_name_alive() {
        let credentials = TurnCredentials::new().unwrap();
        let pair = issued(&credentials);
        assert!(check(&credentials, &pair, client(1), 1000).is_some());
        assert!(check(&credentials, &pair, client(1), 1001 + MAX_SILENCE.as_secs()).is_none());
    }

    #[test]
    fn a_call_goes_on_when_the_clock_is_set() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) = issued(&credentials);
        let right = |it: &SecretString| it.expose_secret() == password.expose_secret();
        let mut now = when(1000);
        assert_eq!(credentials.check(&username, client(1), now, right), Some(Standing::Good));
        now.time = at(1_000_000);
        assert_eq!(credentials.check(&username, client(1), now, right), Some(Standing::Expired));
        now.time = at(0);
        assert_eq!(credentials.check(&username, client(1), now, right), Some(Standing::Good));
    }

    #[test]
    fn who_only_claims_a_user_name_is_not_remembered() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) = issued(&credentials);
        let wrong = (username.clone(), "wrong".into());
        assert_eq!(check(&credentials, &wrong, client(1), 1000), None);
        assert!(credentials.password_of(&username, client(1)).is_none());
        assert_eq!(check(&credentials, &(username, password), client(1), 1300), None);
    }

    #[test]
    fn all_can_be_made_to_expire() {
        let credentials = TurnCredentials::new().unwrap();
        let old = issued(&credentials);
        assert_eq!(check(&credentials, &old, client(1), 1000), Some(Standing::Good));
        credentials.expire_all().unwrap();
        assert_eq!(check(&credentials, &old, client(1), 1001), Some(Standing::Expired));
        assert_eq!(check(&credentials, &old, client(2), 1001), None);
        // Issued in the same second, and so with the same user name.
        let new = issued(&credentials);
        assert_eq!(old.0, new.0);
        for number in [1, 2] {
            assert_eq!(check(&credentials, &new, client(number), 1001), Some(Standing::Good));
        }
    }

    #[test]
    fn the_longest_silent_of_too_many_clients_is_forgotten() {
        let credentials = TurnCredentials::new().unwrap();
        let pair = issued(&credentials);
        let many = u16::try_from(MAX_CLIENTS).unwrap();
        for number in 0..=many {
            let now = 1000 + u64::from(number) / 8;
            assert!(check(&credentials, &pair, client(number), now).is_some());
            // The first one goes on with its call.
            assert!(check(&credentials, &pair, client(0), now).is_some());
        }
        assert_eq!(credentials.state().clients.0.len(), MAX_CLIENTS);
        for number in [0, many] {
            assert!(check(&credentials, &pair, client(number), 1300).is_some());
        }
        let forgotten =
            (1..8).filter(|number| check(&credentials, &pair, client(*number), 1300).is_none());
        assert_eq!(forgotten.count(), 1);
    }

    #[test]
    fn nobody_can_give_himself_more_time() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) = issued(&credentials);
        let longer = (username.replacen("1300", "9999", 1), password);
        assert_eq!(check(&credentials, &longer, client(1), 2000), None);
    }

    #[test]
    fn every_process_has_its_own_secret() {
        let (one, other) = (TurnCredentials::new().unwrap(), TurnCredentials::new().unwrap());
        assert_eq!(check(&other, &issued(&one), client(1), 1000), None);
    }
}
