//! Who may relay: user names that say when they expire, and passwords that follow from them, so
//! that nothing needs to be kept.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kvs_hub::ChannelArn;
use secrecy::SecretString;
use sha2::Sha256;

/// How long a user name is good for, in seconds.
///
/// Source: GetIceServerConfig answers 300.
pub(crate) const LIFETIME: u64 = 300;

/// Makes passwords, and makes them again to check them. The secret is this process's own, and
/// as long as a block of SHA-256.
pub(crate) struct TurnCredentials {
    secret: [u8; 64],
}

impl TurnCredentials {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 64];
        getrandom::fill(&mut secret)?;
        Ok(Self { secret })
    }

    /// A user name and a password for this channel, good for [`LIFETIME`] seconds.
    pub(crate) fn issue(&self, channel: &ChannelArn, now: SystemTime) -> (String, SecretString) {
        let expiry = unix_seconds(now).saturating_add(LIFETIME);
        let username = format!("{expiry}:{}", STANDARD.encode(format!("v1:{channel}")));
        let password = self.password(&username);
        (username, password)
    }

    /// The password of a user name that has not expired.
    pub(crate) fn password_of(&self, username: &str, now: SystemTime) -> Option<SecretString> {
        let (expiry, _) = username.split_once(':')?;
        let expiry: u64 = expiry.parse().ok()?;
        (unix_seconds(now) < expiry).then(|| self.password(username))
    }

    fn password(&self, username: &str) -> SecretString {
        let mut mac = Hmac::<Sha256>::new(&self.secret.into());
        mac.update(username.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes()).into()
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
        let good = credentials.password_of(&username, at(1299)).unwrap();
        assert_eq!(good.expose_secret(), password.expose_secret());
        assert!(credentials.password_of(&username, at(1300)).is_none());
        for bad in ["", "1300", "soon:x", ":x"] {
            assert!(credentials.password_of(bad, at(1000)).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn nobody_can_give_himself_more_time() {
        let credentials = TurnCredentials::new().unwrap();
        let (username, password) = credentials.issue(&ChannelArn::parse(ARN).unwrap(), at(1000));
        let longer = username.replacen("1300", "9999", 1);
        let theirs = credentials.password_of(&longer, at(2000)).unwrap();
        assert_ne!(theirs.expose_secret(), password.expose_secret());
    }

    #[test]
    fn every_process_has_its_own_secret() {
        let (one, other) = (TurnCredentials::new().unwrap(), TurnCredentials::new().unwrap());
        let theirs = other.password_of("9999:x", at(0)).unwrap();
        assert_ne!(
            one.password_of("9999:x", at(0)).unwrap().expose_secret(),
            theirs.expose_secret()
        );
    }
}
