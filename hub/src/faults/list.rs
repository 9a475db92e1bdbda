//! The list of faults, and which of them hits what.

use crate::{
    CallFault, ChannelName, FaultId, FaultName, FaultSpec, MessageType, Millis, Role, RoleName,
    UpgradeFault, role::Place,
};

/// Most faults in the list, those that are over included.
const MAX_FAULTS: usize = 100;
/// How many later messages pass a reordered one where the fault does not say.
const DEFAULT_HOLD: u32 = 1;

/// The list.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    last: u64,
}

#[derive(Debug)]
struct Rule {
    id: FaultId,
    spec: FaultSpec,
    /// Events that fitted and passed unharmed, of those that the fault skips.
    skipped: u32,
    hits: u64,
}

/// What is to go wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageFault {
    Throttle,
    Drop,
    Delay(Millis),
    /// Until so many later ones have passed.
    Reorder(u32),
    Duplicate,
}

impl Faults {
    pub(crate) fn add(&mut self, spec: FaultSpec) -> Result<FaultId, String> {
        spec.check()?;
        if self.rules.len() >= MAX_FAULTS {
            return Err(format!("there are {MAX_FAULTS} faults already: remove some first"));
        }
        self.last = self.last.saturating_add(1);
        let id = FaultId(self.last);
        self.rules.push(Rule { id, spec, skipped: 0, hits: 0 });
        Ok(id)
    }

    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.rules.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FaultId, &FaultSpec, u64)> {
        self.rules.iter().map(|rule| (rule.id, &rule.spec, rule.hits))
    }

    /// What is to go wrong with a call: one delay and one refusal at most.
    pub(crate) fn call(&mut self, operation: &str, channel: Option<&ChannelName>) -> CallFault {
        let event = Event {
            channel: channel.map(ChannelName::as_str),
            role: None,
            operation: Some(operation),
            message: None,
        };
        let delay = self.hit(&event, |fault| fault == FaultName::DelayCall);
        let delay = delay.map(FaultSpec::delay);
        let refuses = |fault| matches!(fault, FaultName::RefuseCall | FaultName::Throttle);
        CallFault { delay, refusal: self.hit(&event, refuses).map(FaultSpec::refusal) }
    }

    /// What is to go wrong with an upgrade: one delay and one other thing at most.
    pub(crate) fn upgrade(&mut self, channel: &str, role: &Role) -> UpgradeFault {
        let operation = match role.name() {
            RoleName::Master => "ConnectAsMaster",
            RoleName::Viewer => "ConnectAsViewer",
        };
        let event = Event {
            channel: Some(channel),
            role: Some(role),
            operation: Some(operation),
            message: None,
        };
        let delay = self.hit(&event, |fault| fault == FaultName::DelayCall);
        let delay = delay.map(FaultSpec::delay);
        let ends = |fault| {
            matches!(fault, FaultName::RefuseUpgrade | FaultName::HangUpgrade | FaultName::Throttle)
        };
        match self.hit(&event, ends) {
            None => UpgradeFault { delay, ..UpgradeFault::default() },
            Some(spec) if spec.fault == FaultName::HangUpgrade => {
                UpgradeFault { delay, refusal: None, hang: true }
            }
            Some(spec) => UpgradeFault { delay, refusal: Some(spec.refusal()), hang: false },
        }
    }

    /// What is to go wrong with a message: the first fault in the list that fits. `may_reorder`
    /// says whether no other message waits for this one to pass.
    pub(crate) fn message(
        &mut self,
        from: &Place,
        kind: MessageType,
        may_reorder: impl FnOnce() -> bool,
    ) -> Option<MessageFault> {
        if self.rules.is_empty() {
            return None;
        }
        let may_reorder = may_reorder();
        let event = Event {
            channel: Some(from.channel.as_str()),
            role: Some(&from.role),
            operation: None,
            message: Some(kind),
        };
        let spec = self.hit(&event, |fault| match fault {
            FaultName::Throttle | FaultName::Drop | FaultName::Delay | FaultName::Duplicate => true,
            FaultName::Reorder => may_reorder,
            FaultName::RefuseUpgrade
            | FaultName::HangUpgrade
            | FaultName::RefuseCall
            | FaultName::DelayCall => false,
        })?;
        match spec.fault {
            FaultName::Drop => Some(MessageFault::Drop),
            FaultName::Delay => Some(MessageFault::Delay(spec.delay())),
            FaultName::Reorder => Some(MessageFault::Reorder(spec.hold.unwrap_or(DEFAULT_HOLD))),
            FaultName::Duplicate => Some(MessageFault::Duplicate),
            _ => Some(MessageFault::Throttle),
        }
    }

    /// The first fault among those wanted that hits the event.
    fn hit(&mut self, event: &Event<'_>, wanted: impl Fn(FaultName) -> bool) -> Option<&FaultSpec> {
        self.rules
            .iter_mut()
            .find_map(|rule| (wanted(rule.spec.fault) && rule.hits(event)).then_some(&rule.spec))
    }
}

impl Rule {
    /// Whether it hits this event; counts either way.
    fn hits(&mut self, event: &Event<'_>) -> bool {
        let is_over = self.spec.times.is_some_and(|times| self.hits >= u64::from(times));
        if is_over || !event.fits(&self.spec) {
            return false;
        }
        if self.skipped < self.spec.skip {
            self.skipped = self.skipped.saturating_add(1);
            return false;
        }
        self.hits = self.hits.saturating_add(1);
        true
    }
}

/// Something that may go wrong, as the conditions see it.
struct Event<'a> {
    channel: Option<&'a str>,
    role: Option<&'a Role>,
    operation: Option<&'a str>,
    message: Option<MessageType>,
}

impl Event<'_> {
    fn fits(&self, spec: &FaultSpec) -> bool {
        let id = self.role.and_then(Role::client_id);
        spec.channel.as_ref().is_none_or(|p| self.channel.is_some_and(|name| p.fits(name)))
            && spec.client_id.as_ref().is_none_or(|p| id.is_some_and(|id| p.fits(id.as_str())))
            && spec.role.is_none_or(|role| self.role.is_some_and(|r| r.name() == role))
            && spec.operation.as_deref().is_none_or(|wanted| self.operation == Some(wanted))
            && spec.message.is_none_or(|wanted| self.message == Some(wanted))
    }
}
