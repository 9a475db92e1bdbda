//! A session around a session, which sees what goes in and what comes out.

use std::collections::VecDeque;

use super::journal::Journal;
use super::phases::Phases;
use super::probe;
use super::profile::{Heard, Measured, Profile};
use super::quality::{Quality, Sample, assess};
use super::record::{Level, Record};
use super::report::{self, Facts, Parts};
use super::story;
use super::timeline::{Phase, Span, Timeline, role_name, to_json};
use crate::error::Error;
use crate::ids::{ClientId, Role};
use crate::json;
use crate::session::io::{Event, Input, Output, PeerId, PeerInput, Session, SessionState};
use crate::time::{Millis, Now, UnixMillis};

/// What to know.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whose session it is.
    pub role: Role,
    /// Measure together with the other side, on the data channel.
    pub profile: bool,
    /// How often connections are measured once somebody wants to know their quality.
    pub quality_interval: Millis,
    /// What goes to the logger: this level and those above it; `None` where there is no logger.
    pub log: Option<Level>,
}

/// What happened to what a session knows.
#[derive(Debug)]
pub enum Insight {
    /// Somebody wants to know the quality from now on.
    Watch,
    /// The answer to [`Output::Measure`].
    Measured(PeerId, Sample),
    /// Something outside the machines is worth a line.
    Note(Record),
}

/// One finished phase for the browser's User Timing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// `kvs-webrtc:` and role and phase.
    pub name: String,
    /// By the clock that only goes forward.
    pub begun: Millis,
    /// How long it took.
    pub took: Millis,
}

/// A session around a session: what goes in and comes out is seen, and what is known of it asked for
/// here.
pub struct Watched {
    inner: Box<dyn Session>,
    settings: Settings,
    journal: Journal,
    profile: Option<Profile>,
    /// When connections are to be measured next, where somebody wants to know.
    next: Option<Millis>,
    quality: Vec<(PeerId, Quality)>,
    phases: Phases,
    /// What the other side told of its own.
    told: Timeline,
    /// How many finished phases were handed out as measures.
    handed_out: usize,
    outputs: VecDeque<Output>,
}

impl Watched {
    /// Watches this session.
    pub fn new(inner: Box<dyn Session>, settings: Settings) -> Self {
        Self {
            inner,
            profile: settings.profile.then(|| Profile::new(settings.role)),
            settings,
            journal: Journal::default(),
            next: None,
            quality: Vec::new(),
            phases: Phases::new(settings.role),
            told: Timeline::default(),
            handed_out: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Tells what happened to what is known.
    pub fn learn(&mut self, insight: Insight, now: Now) {
        match insight {
            Insight::Watch => {
                self.next.get_or_insert(now.mono);
            }
            Insight::Measured(id, sample) => self.measured(id, &sample),
            Insight::Note(record) => self.log(record, now.wall),
        }
    }

    /// The quality of the connection of one viewer, or of the session itself, as it was last
    /// measured.
    pub fn quality(&self, client_id: Option<&str>) -> Option<&Quality> {
        let id = self.inner.peer(client_id)?;
        self.quality.iter().find(|(peer, _)| *peer == id).map(|(_, quality)| quality)
    }

    /// Our phases, and what the other side told of its own, as a JSON array in the order in which
    /// they began.
    pub fn timeline_json(&self) -> String {
        report::array(&self.phases_json())
    }

    /// The session on one page, as JSON of 64 KB at the most.
    pub fn report_json(&self, facts: &Facts, now: Now) -> String {
        let mut quality = Vec::new();
        for (_, verdict) in &self.quality {
            quality.push(quality_json(verdict));
        }
        report::write(&Parts {
            role: self.settings.role,
            state: self.inner.state(),
            now: now.wall,
            timeline: self.phases_json(),
            quality,
            journal: &self.journal,
            facts,
        })
    }

    /// What the names of this role's measures begin with.
    pub fn measure_prefix(&self) -> String {
        ["kvs-webrtc:", role_name(self.settings.role), ":"].concat()
    }

    /// The phases that have ended since this was last asked.
    pub fn measures(&mut self) -> Vec<Measure> {
        let (role, prefix) = (self.settings.role, self.measure_prefix());
        let mut measures = Vec::new();
        for span in self.phases.timeline.ended_after(self.handed_out) {
            let ended = span.ended.unwrap_or(span.begun);
            let name = [&prefix, span.phase.as_str(role)].concat();
            let took = Millis(ended.0.saturating_sub(span.begun.0));
            measures.push(Measure { name, begun: span.begun_at, took });
            self.handed_out += 1;
        }
        measures
    }

    /// What is kept of the log.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    fn phases_json(&self) -> Vec<String> {
        let role = self.settings.role;
        let mut spans: Vec<(Role, &Span)> = Vec::new();
        for span in self.phases.timeline.spans() {
            spans.push((role, span));
        }
        // Only masters tell.
        for span in self.told.spans() {
            spans.push((Role::Master, span));
        }
        let derived = [self.waiting_of_master(), self.first_frame_of_master()];
        for span in derived.iter().flatten() {
            spans.push((Role::Master, span));
        }
        to_json(&spans)
    }

    fn own_last(&self, phase: Phase, viewer: Option<&ClientId>) -> Option<&Span> {
        self.phases.timeline.last(phase, viewer)
    }

    /// From the master's open socket to our offer.
    fn waiting_of_master(&self) -> Option<Span> {
        let begun = self.told.last(Phase::Signaling, None)?.ended?;
        let ended = self.told.last(Phase::Answer, None)?.begun;
        derived(Phase::Waiting, begun, ended)
    }

    /// From the path, as the master sees it, to the first frame, as we see it.
    fn first_frame_of_master(&self) -> Option<Span> {
        let begun = self.told.last(Phase::PeerConnection, None)?.ended?;
        let ended = self.own_last(Phase::FirstFrame, None)?.ended?;
        derived(Phase::FirstFrame, begun, ended.max(begun))
    }

    /// What we say as a master to one viewer; 0 where something has not happened.
    fn report_to(&self, viewer: Option<&ClientId>) -> Vec<String> {
        probe::write_reports(&|phase| {
            let span = self.own_last(phase, viewer).or_else(|| self.own_last(phase, None));
            span.map_or((0, 0), |span| (span.begun.0, span.ended.map_or(0, |ended| ended.0)))
        })
    }

    fn clear(&mut self) {
        self.phases.clear();
        self.told.clear();
        self.quality.clear();
        self.handed_out = 0;
        if let Some(profile) = &mut self.profile {
            profile.clear();
        }
    }

    fn log(&mut self, record: Record, at: UnixMillis) {
        let wanted = self.settings.log.is_some_and(|level| record.level >= level);
        let shown = self.journal.write(record, at);
        if let Some(record) = shown.filter(|_| wanted) {
            self.outputs.push_back(Output::Log(record));
        }
    }

    /// Takes a text that belongs to the measurements that both sides make together; what is to be
    /// sent then.
    fn take_text(&mut self, id: PeerId, text: &str, now: Now) -> Option<Vec<String>> {
        self.profile.as_ref()?;
        let viewer = self.owner(id)?;
        let measured = Measured { of_us: &mut self.phases.timeline, of_other: &mut self.told };
        match self.profile.as_mut()?.text(id, text, viewer.as_ref(), measured, now) {
            Heard::NotOurs => None,
            Heard::Answer(answer) => Some(answer.into_iter().collect()),
            Heard::LastProbe => Some(self.report_to(viewer.as_ref())),
        }
    }

    /// Whose connection it is, where it is in use: the session's own, or one viewer's.
    fn owner(&self, id: PeerId) -> Option<Option<ClientId>> {
        if self.inner.peer(None) == Some(id) {
            return Some(None);
        }
        let ids = self.inner.client_ids();
        let owner = ids.iter().find(|client_id| self.inner.peer(Some(client_id)) == Some(id))?;
        ClientId::from_remote(owner).map(Some)
    }

    /// The connections that are in use.
    fn peers(&self) -> Vec<PeerId> {
        let mut peers = Vec::new();
        if let Some(id) = self.inner.peer(None) {
            peers.push(id);
            return peers;
        }
        for client_id in self.inner.client_ids() {
            if let Some(id) = self.inner.peer(Some(&client_id)) {
                peers.push(id);
            }
        }
        peers
    }

    fn is_running(&self) -> bool {
        match self.inner.state() {
            SessionState::Idle | SessionState::Closed => false,
            SessionState::Starting
            | SessionState::Waiting
            | SessionState::Connecting
            | SessionState::Connected
            | SessionState::Detached => true,
        }
    }

    fn measured(&mut self, id: PeerId, sample: &Sample) {
        let Some(owner) = self.owner(id) else { return };
        let quality = assess(sample);
        match self.quality.iter_mut().find(|(peer, _)| *peer == id) {
            Some((_, last)) if *last == quality => return,
            Some((_, last)) => *last = quality.clone(),
            None => self.quality.push((id, quality.clone())),
        }
        self.outputs.push_back(Output::Emit(Event::Quality(quality, owner)));
    }

    fn on_timeout(&mut self, now: Now) {
        if !self.is_running() || self.next.is_none_or(|next| now.mono < next) {
            return;
        }
        self.next = Some(now.mono + self.settings.quality_interval);
        for id in self.peers() {
            self.outputs.push_back(Output::Measure(id));
        }
    }

    /// Hands on what the session inside asks for.
    fn drain(&mut self, now: Now) {
        while let Some(output) = self.inner.poll() {
            if let Some(record) = story::said(&output) {
                self.log(record, now.wall);
            }
            self.see(&output, now);
            match output {
                Output::Log(record) => self.log(record, now.wall),
                output => self.outputs.push_back(output),
            }
        }
    }

    fn see(&mut self, output: &Output, now: Now) {
        let error: Option<&Error> = match output {
            Output::Settle(Err(error)) | Output::Emit(Event::Error(error, _)) => Some(error),
            _ => None,
        };
        if let Some(error) = error {
            self.journal.failed(error, now.wall);
        }
        if let Output::ClosePeer(id) = output {
            if let Some(index) = self.quality.iter().position(|(peer, _)| peer == id) {
                self.quality.swap_remove(index);
            }
            if let Some(profile) = &mut self.profile {
                profile.forget(*id);
            }
        }
        self.phases.said(output, now);
    }
}

impl Session for Watched {
    fn handle(&mut self, input: Input, now: Now) {
        if matches!(input, Input::Start { .. }) && self.inner.check_start().is_ok() {
            self.clear();
        }
        if let Some(record) = story::heard(&input) {
            self.log(record, now.wall);
        }
        if let Input::Peer(id, PeerInput::Text(text)) = &input
            && let Some(texts) = self.take_text(*id, text, now)
        {
            for text in texts {
                self.outputs.push_back(Output::SendData(*id, text));
            }
            return;
        }
        let opened = match &input {
            Input::Peer(id, PeerInput::ChannelOpened) => Some(*id),
            _ => None,
        };
        let viewer = match &input {
            Input::Peer(id, _) => self.owner(*id),
            _ => Some(None),
        };
        if let Some(viewer) = viewer {
            self.phases.heard(&input, viewer.as_ref(), now);
        }
        let has_time_passed = matches!(input, Input::Timeout);
        self.inner.handle(input, now);
        self.drain(now);
        if has_time_passed {
            self.on_timeout(now);
        }
        if let Some(id) = opened
            && self.owner(id).is_some()
            && let Some(text) = self.profile.as_mut().and_then(|profile| profile.opened(id, now))
        {
            self.outputs.push_back(Output::SendData(id, text));
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        let next = self.next.filter(|_| self.is_running());
        [self.inner.poll_timeout(), next].into_iter().flatten().min()
    }

    fn state(&self) -> SessionState {
        self.inner.state()
    }

    fn recipients(&self, client_id: Option<&str>) -> Result<Vec<PeerId>, Error> {
        self.inner.recipients(client_id)
    }

    fn peer(&self, client_id: Option<&str>) -> Option<PeerId> {
        self.inner.peer(client_id)
    }

    fn viewer_state(&self, id: PeerId) -> &'static str {
        self.inner.viewer_state(id)
    }

    fn client_ids(&self) -> Vec<String> {
        self.inner.client_ids()
    }
}

fn derived(phase: Phase, begun: UnixMillis, ended: UnixMillis) -> Option<Span> {
    let span = Span { phase, viewer: None, begun, ended: Some(ended), begun_at: Millis(0) };
    (begun <= ended).then_some(span)
}

/// `{score, reasons}`.
fn quality_json(quality: &Quality) -> String {
    let mut reasons = Vec::new();
    for reason in &quality.reasons {
        reasons.push(["\"", reason.as_str(), "\""].concat());
    }
    json::Object::new()
        .raw("score", &quality.score.to_string())
        .raw("reasons", &report::array(&reasons))
        .end()
}
