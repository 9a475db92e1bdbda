//! What it means when the browser does not give a camera, a microphone or a screen.

use super::TrackKind;
use crate::error::{Code, Error};

/// What the browser was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A camera.
    Camera,
    /// A microphone.
    Microphone,
    /// Both at once.
    Both,
    /// A screen, window or tab.
    Screen,
}

impl Asked {
    /// The device of this kind.
    pub const fn device(kind: TrackKind) -> Self {
        match kind {
            TrackKind::Audio => Self::Microphone,
            TrackKind::Video => Self::Camera,
        }
    }

    /// The words for it.
    const fn words(self) -> &'static str {
        match self {
            Self::Camera => "the camera",
            Self::Microphone => "the microphone",
            Self::Both => "camera and microphone",
            Self::Screen => "the screen",
        }
    }
}

/// The error for what the browser threw: an error of this name, with these words, and with the
/// name of the constraint that cannot be met where that is the reason.
///
/// Source: W3C Media Capture and Streams, section 10.2.1 (getUserMedia); W3C Screen Capture,
/// section 5.1 (getDisplayMedia).
pub fn refusal(asked: Asked, name: &str, constraint: &str, words: &str) -> Error {
    let what = asked.words();
    let (code, message) = match name {
        "OverconstrainedError" => {
            let named = if constraint.is_empty() { "given" } else { constraint };
            let message = ["no device for ", what, " meets the constraint ", named].concat();
            return Error::new(Code::BrowserConstraintNotMet, message);
        }
        "TypeError" => {
            let message = ["the constraints for ", what, " are not valid (", words, ")"];
            return Error::new(Code::CallerInvalidArgument, message.concat());
        }
        "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => {
            (denied(asked), "permission was refused for ")
        }
        "NotFoundError" | "DevicesNotFoundError" => (not_found(asked), "nothing was found for "),
        // NotReadableError, AbortError, InvalidStateError, and what is not invented yet.
        _ => (busy(asked), "the browser could not open "),
    };
    Error::new(code, [message, what, " (", words, ")"].concat())
}

const fn denied(asked: Asked) -> Code {
    match asked {
        Asked::Camera => Code::BrowserCameraDenied,
        Asked::Microphone => Code::BrowserMicrophoneDenied,
        Asked::Both => Code::BrowserMediaDenied,
        Asked::Screen => Code::BrowserScreenDenied,
    }
}

const fn not_found(asked: Asked) -> Code {
    match asked {
        Asked::Camera => Code::BrowserCameraNotFound,
        Asked::Microphone => Code::BrowserMicrophoneNotFound,
        Asked::Both => Code::BrowserMediaNotFound,
        Asked::Screen => Code::BrowserScreenDenied,
    }
}

const fn busy(asked: Asked) -> Code {
    match asked {
        Asked::Camera => Code::BrowserCameraBusy,
        Asked::Microphone => Code::BrowserMicrophoneBusy,
        Asked::Both => Code::BrowserMediaBusy,
        Asked::Screen => Code::BrowserScreenDenied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_code_of_its_kind() {
        for (asked, name, code) in [
            (Asked::Camera, "NotAllowedError", "browser.cameraDenied"),
            (Asked::Microphone, "NotAllowedError", "browser.microphoneDenied"),
            (Asked::Both, "SecurityError", "browser.mediaDenied"),
            (Asked::Screen, "NotAllowedError", "browser.screenDenied"),
            (Asked::Camera, "NotFoundError", "browser.cameraNotFound"),
            (Asked::Microphone, "NotFoundError", "browser.microphoneNotFound"),
            (Asked::Both, "NotFoundError", "browser.mediaNotFound"),
            (Asked::Camera, "NotReadableError", "browser.cameraBusy"),
            (Asked::Microphone, "AbortError", "browser.microphoneBusy"),
            (Asked::Both, "SomethingNewError", "browser.mediaBusy"),
            (Asked::Screen, "InvalidStateError", "browser.screenDenied"),
            (Asked::Camera, "TypeError", "caller.invalidArgument"),
        ] {
            assert_eq!(refusal(asked, name, "", "words").code().as_str(), code, "{name}");
        }
    }

    #[test]
    fn a_constraint_that_cannot_be_met_is_named() {
        let error = refusal(Asked::Camera, "OverconstrainedError", "deviceId", "");
        assert_eq!(error.code(), Code::BrowserConstraintNotMet);
        assert!(error.message().ends_with("meets the constraint deviceId"));
    }
}
