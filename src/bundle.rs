//! What an application's back end gives a page that has no AWS keys: a session bundle.

use crate::error::{Code, Error};
use crate::ice::IceServer;
use crate::ids::{ChannelArn, ClientId, Role};
use crate::secret::Secret;

/// What a page asks its back end for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendRequest {
    /// Who wants to connect.
    pub role: Role,
    /// As whom; a master has no id.
    pub client_id: Option<ClientId>,
    /// What is needed.
    pub need: Need,
    /// Why it is needed.
    pub reason: Reason,
}

/// What a page needs of its back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A presigned URL of the signaling socket, and TURN servers.
    Connect,
    /// TURN servers only.
    Ice,
}

impl Need {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Ice => "ice",
        }
    }
}

/// Why a page asks its back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A session starts.
    Start,
    /// The signaling socket was lost.
    Reconnect,
    /// What was given before is about to run out.
    Rollover,
    /// The service refused the URL that was given.
    Refused,
}

impl Reason {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Reconnect => "reconnect",
            Self::Rollover => "rollover",
            Self::Refused => "refused",
        }
    }
}

/// What a back end answers. What is not there was not asked for, or is not to be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The presigned URL of the signaling socket.
    pub signed_url: Option<Secret<String>>,
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Seconds for which the TURN servers may be used.
    pub ice_ttl_seconds: Option<u32>,
    /// The channel that the back end meant to sign for.
    pub channel_arn: Option<ChannelArn>,
}

impl Bundle {
    /// # Errors
    /// `caller.sessionFailed` where the URL is for another channel than the back end says.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        match (&self.channel_arn, &self.signed_url) {
            (Some(arn), Some(url)) if !is_for(url.expose(), arn) => {
                let message = "channelArn of session() is not the channel that signedUrl names";
                Err(Error::new(Code::CallerSessionFailed, message))
            }
            _ => Ok(self),
        }
    }
}

fn is_for(url: &str, arn: &ChannelArn) -> bool {
    let mut parameters = url.split(['?', '&']);
    let named = parameters.find_map(|pair| pair.strip_prefix("X-Amz-ChannelARN="));
    named.is_some_and(|named| decoded(named) == arn.as_str())
}

/// Percent-encoding undone, as far as it stands for ASCII: an ARN has nothing else.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.zip(part.get(2..)) {
            Some((byte, rest)) if byte.is_ascii() => {
                decoded.push(char::from(byte));
                decoded.push_str(rest);
            }
            _ => return String::new(),
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_for_the_channel_that_it_names_however_it_is_encoded() {
        let arn = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";
        let encoded = arn.replace(':', "%3A").replace('/', "%2F");
        let parsed = ChannelArn::parse(arn).unwrap();
        for named in [arn, &encoded, &encoded.to_lowercase(), &arn.replace("demo", "%64emo")] {
            for url in ["wss://v-1/?a=b&X-Amz-ChannelARN=", "wss://v-1/?X-Amz-ChannelARN="] {
                let url = [url, named, "&X-Amz-Signature=x"].concat();
                assert!(is_for(&url, &parsed), "{url}");
            }
        }
        let other = encoded.replace("demo", "other");
        for named in [&other, "", "%", "%zz", "%3", "%C3%BC", &arn.replace("demo", "%C3")] {
            let url = ["wss://v-1/?X-Amz-ChannelARN=", named].concat();
            assert!(!is_for(&url, &parsed), "{url}");
        }
        assert!(!is_for(&["wss://v-1/?X-Amz-Signature=", arn].concat(), &parsed));
    }
}
