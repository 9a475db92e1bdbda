//! The clocks and the dice.

use js_sys::Date;
use web_sys::{Crypto, Performance};

use super::reflect::global;
use crate::error::{Code, Error};
use crate::time::{Millis, Now, UnixMillis};

/// Both clocks now. The forward-only one stands still while some computers sleep.
pub(crate) fn now() -> Now {
    let wall = wall();
    let mono = global::<Performance>("performance").map(|performance| whole(performance.now()));
    Now { mono: Millis(mono.unwrap_or(wall.0)), wall }
}

/// The time of day alone, which is a fifth of the steps across the border that [`now`] takes.
pub(crate) fn wall() -> UnixMillis {
    UnixMillis(whole(Date::now()))
}

/// 64 random bits.
///
/// # Errors
/// `browser.unsupported` where there is no `crypto.getRandomValues`.
pub(crate) fn random() -> Result<u64, Error> {
    let unsupported =
        || Error::new(Code::BrowserUnsupported, "this browser has no crypto.getRandomValues");
    let crypto = global::<Crypto>("crypto").ok_or_else(unsupported)?;
    let mut bytes = [0; 8];
    crypto.get_random_values_with_u8_array(&mut bytes).map_err(|_| unsupported())?;
    Ok(u64::from_le_bytes(bytes))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clocks are positive")]
fn whole(milliseconds: f64) -> u64 {
    milliseconds as u64
}
