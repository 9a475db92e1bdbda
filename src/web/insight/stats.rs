//! The way to `page.js`, which puts a browser's `getStats()` into our shape.

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::session::{Limit, Sample, mask_address};
use crate::web::reflect::{get, get_string, set};

#[wasm_bindgen(module = "/src/web/page.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = kvsReadStats)]
    fn read_stats(report: &JsValue, before: &JsValue) -> Result<Array, JsValue>;
}

/// What was counted when one use of the measurements last looked at one connection.
pub(crate) struct Meter(JsValue);

impl Default for Meter {
    fn default() -> Self {
        Self(JsValue::UNDEFINED)
    }
}

/// One look at a connection.
pub(crate) struct Reading {
    /// For the page.
    pub(crate) stats: JsValue,
    /// For the verdict; nothing where this was the first look.
    pub(crate) sample: Option<Sample>,
}

impl Meter {
    /// Puts a browser's report into our shape.
    pub(crate) fn read(&mut self, report: &JsValue, mask: bool) -> Reading {
        // Nothing that a report holds makes it throw but a member that does.
        let read = read_stats(report, &self.0).unwrap_or_default();
        self.0 = read.get(2);
        let stats = read.get(0);
        if mask {
            mask_addresses(&get(&stats, "connection"));
        }
        Reading { stats, sample: sample(&read.get(1)) }
    }
}

fn mask_addresses(connection: &JsValue) {
    for side in ["local", "remote"] {
        let side = get(connection, side);
        if let Some(address) = get_string(&side, "address") {
            set(&side, "address", &mask_address(&address).into());
        }
    }
}

fn sample(numbers: &JsValue) -> Option<Sample> {
    let numbers: &Array = numbers.dyn_ref()?;
    let number = |place| numbers.get(place).as_f64().map(whole);
    Some(Sample {
        media_bits: number(0),
        frames_milli: number(1),
        loss: number(2),
        jitter_micros: number(3),
        round_trip_micros: number(4),
        freezes: number(5),
        limit: number(6).map(|it| if it == 0 { Limit::Cpu } else { Limit::Bandwidth }),
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
const fn whole(number: f64) -> u64 {
    number as u64
}
