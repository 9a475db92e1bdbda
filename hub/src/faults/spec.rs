//! One fault as somebody asks for it, and what makes sense in it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{MessageType, Millis, Pattern, RoleName, faults::parse};

/// Longest delay, in milliseconds: ten minutes.
const MAX_MILLIS: u64 = 600_000;
/// Most later messages that a held one may let pass.
const MAX_HOLD: u32 = 100;
/// Longest error and operation name.
const MAX_NAME: usize = 64;

/// A fault: what goes wrong, for whom, and how often.
///
/// It is for every event that fits all conditions given; an event that a condition cannot be
/// judged by (a call has no client id, a master has none either) does not fit it. As JSON the
/// members are in camel case, e.g. `{"fault":"drop","clientId":"flaky-*","times":3}`; on the
/// command line the same is `drop,clientId=flaky-*,times=3`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultSpec {
    /// What goes wrong.
    pub fault: FaultName,
    /// Condition: the channel's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Pattern>,
    /// Condition: the client id of who connects, or of the message's sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Pattern>,
    /// Condition: the role of who connects, or of the message's sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// Condition: the operation as IAM has it, e.g. `GetIceServerConfig`; an upgrade is
    /// `ConnectAsMaster` or `ConnectAsViewer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Condition: what the message is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageType>,
    /// The status code of a refusal. Upgrades: 400, 403 (default), 404, 500. Calls: 400 to 599,
    /// default 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error's name in a refusal, e.g. `AccessDeniedException`. Default: what the service
    /// would most likely say with the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long a delay is, in milliseconds of real time: 1 to 600 000. Delays need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u64>,
    /// How many later messages to the same recipient pass a reordered one: 1 (default) to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<u32>,
    /// How many events are hit before the fault is over, at least 1. Default: no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many events that fit pass unharmed first. Default 0.
    #[serde(default)]
    pub skip: u32,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultName {
    /// The upgrade to a WebSocket is refused.
    RefuseUpgrade,
    /// The upgrade is never answered.
    HangUpgrade,
    /// The call is refused.
    RefuseCall,
    /// The call or the upgrade is answered late.
    DelayCall,
    /// `ClientLimitExceededException`, for calls, upgrades and messages.
    Throttle,
    /// The message is lost. Its sender is not told.
    Drop,
    /// The message comes late; later ones overtake it.
    Delay,
    /// The message is held back until later ones to the same recipient have passed it, or for
    /// two seconds where none come.
    Reorder,
    /// The message comes twice.
    Duplicate,
}

impl FaultName {
    /// Its name as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RefuseUpgrade => "refuse-upgrade",
            Self::HangUpgrade => "hang-upgrade",
            Self::RefuseCall => "refuse-call",
            Self::DelayCall => "delay-call",
            Self::Throttle => "throttle",
            Self::Drop => "drop",
            Self::Delay => "delay",
            Self::Reorder => "reorder",
            Self::Duplicate => "duplicate",
        }
    }

    /// The members that it takes beside `channel`, `times` and `skip`.
    const fn members(self) -> &'static [&'static str] {
        match self {
            Self::RefuseUpgrade => &["clientId", "role", "status", "error"],
            Self::HangUpgrade => &["clientId", "role"],
            Self::RefuseCall => &["operation", "status", "error"],
            Self::DelayCall => &["clientId", "role", "operation", "millis"],
            Self::Throttle => &["clientId", "role", "operation", "message"],
            Self::Drop | Self::Duplicate => &["clientId", "role", "message"],
            Self::Delay => &["clientId", "role", "message", "millis"],
            Self::Reorder => &["clientId", "role", "message", "hold"],
        }
    }
}

impl fmt::Display for FaultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FaultSpec {
    /// This fault, for everybody and every time.
    pub const fn new(fault: FaultName) -> Self {
        Self {
            fault,
            channel: None,
            client_id: None,
            role: None,
            operation: None,
            message: None,
            status: None,
            error: None,
            millis: None,
            hold: None,
            times: None,
            skip: 0,
        }
    }

    /// Reads the command line's form: the fault's name, then `member=value` pairs, separated by
    /// commas, e.g. `drop,channel=flaky-*,message=ICE_CANDIDATE,times=3`.
    ///
    /// # Errors
    /// What is wrong, where, and how to mend it, as text.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::command_line(text)
    }

    /// Checks that the members are such as the fault takes and in their ranges.
    ///
    /// # Errors
    /// What is wrong and how to mend it, as text.
    pub fn check(&self) -> Result<(), String> {
        let taken = self.fault.members();
        if let Some(idle) = self.given().find(|member| !taken.contains(member)) {
            return Err(format!(
                "`{}` does not take `{idle}`: leave it out; it takes channel, {}, times, skip",
                self.fault,
                taken.join(", ")
            ));
        }
        self.check_conditions()?;
        self.check_values()
    }

    fn check_conditions(&self) -> Result<(), String> {
        if self.role == Some(RoleName::Master) && self.client_id.is_some() {
            return Err("`role` is master, but a master has no client id: leave out `clientId` \
                        or set `role` to viewer"
                .to_owned());
        }
        if self.message.is_some() && self.operation.is_some() {
            return Err("nothing is both a `message` and an `operation`: leave out one of them, \
                        or make two faults"
                .to_owned());
        }
        Ok(())
    }

    fn check_values(&self) -> Result<(), String> {
        match (self.fault, self.status) {
            (FaultName::RefuseUpgrade, Some(status))
                if !matches!(status, 400 | 403 | 404 | 500) =>
            {
                return Err(format!("`status` is {status}: an upgrade takes 400, 403, 404 or 500"));
            }
            (_, Some(status)) if !(400..=599).contains(&status) => {
                return Err(format!("`status` is {status}: a refusal takes 400 to 599"));
            }
            _ => {}
        }
        for (member, name) in [("error", &self.error), ("operation", &self.operation)] {
            let plain = |name: &str| {
                (1..=MAX_NAME).contains(&name.len())
                    && name.chars().all(|c| c.is_ascii_alphanumeric())
            };
            if name.as_deref().is_some_and(|name| !plain(name)) {
                return Err(format!("`{member}` takes a name of 1 to {MAX_NAME} letters"));
            }
        }
        let delays = matches!(self.fault, FaultName::DelayCall | FaultName::Delay);
        match self.millis {
            None if delays => {
                return Err(format!(
                    "`{}` needs `millis`: how long, 1 to {MAX_MILLIS} milliseconds",
                    self.fault
                ));
            }
            Some(millis) if !(1..=MAX_MILLIS).contains(&millis) => {
                return Err(format!("`millis` is {millis}: it takes 1 to {MAX_MILLIS}"));
            }
            _ => {}
        }
        match (self.hold, self.times) {
            (Some(hold), _) if !(1..=MAX_HOLD).contains(&hold) => {
                Err(format!("`hold` is {hold}: it takes 1 to {MAX_HOLD} messages"))
            }
            (_, Some(0)) => {
                Err("`times` is 0: it takes 1 or more; leave it out for no end".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The members that are set, beside those that every fault takes.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("clientId", self.client_id.is_some()),
            ("role", self.role.is_some()),
            ("operation", self.operation.is_some()),
            ("message", self.message.is_some()),
            ("status", self.status.is_some()),
            ("error", self.error.is_some()),
            ("millis", self.millis.is_some()),
            ("hold", self.hold.is_some()),
        ]
        .into_iter()
        .filter_map(|(member, given)| given.then_some(member))
    }

    pub(crate) fn delay(&self) -> Millis {
        Millis(self.millis.unwrap_or_default())
    }

    /// What a refusal says.
    pub(crate) fn refusal(&self) -> Refusal {
        if self.fault == FaultName::Throttle {
            return Refusal { status: 400, error: "ClientLimitExceededException".to_owned() };
        }
        let default = if self.fault == FaultName::RefuseUpgrade { 403 } else { 500 };
        let status = self.status.unwrap_or(default);
        let likely = match status {
            401 => "NotAuthorizedException",
            403 => "AccessDeniedException",
            404 => "ResourceNotFoundException",
            400..=499 => "InvalidArgumentException",
            _ => "InternalFailureException",
        };
        Refusal { status, error: self.error.clone().unwrap_or_else(|| likely.to_owned()) }
    }
}

/// How a call or an upgrade is to be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status code.
    pub status: u16,
    /// The error's name, of letters and digits only.
    pub error: String,
}
