//! What happens when this SDK breaks a promise to itself: a panic.
//!
//! A panic leaves memory behind that nobody may touch again. So it ends the whole instance: the
//! call that met it throws a typed error, sockets, calls and cameras of that instance are closed,
//! its objects say from then on that they are dead, and the next object is made in a fresh
//! instance of the same module.

use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::rc::Weak;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{Code, Error};

/// Something that holds what the browser would keep open.
pub(crate) trait Mortal {
    /// Lets go of all of it and tells whoever waits. Whatever of its own is borrowed at that
    /// moment is to be left alone.
    fn abandon(&self, error: &Error);
}

thread_local! {
    static LIVING: RefCell<Vec<Weak<dyn Mortal>>> = const { RefCell::new(Vec::new()) };
}

/// Has `mortal` told when this instance ends.
pub(crate) fn register(mortal: Weak<dyn Mortal>) {
    LIVING.with(|living| {
        let mut living = living.borrow_mut();
        living.retain(|mortal| mortal.strong_count() > 0);
        living.push(mortal);
    });
}

/// Runs when an instance begins its life: the first one, and one after a panic.
#[wasm_bindgen(start, skip_typescript)]
fn begin() {
    panic::set_hook(Box::new(end));
}

fn end(info: &PanicHookInfo<'_>) {
    wasm_bindgen::handler::schedule_reinit();
    let place = info.location().map_or("an unknown place", |location| location.file());
    let message = ["a panic in ", place, " has ended this instance"].concat();
    let error = Error::new(Code::InternalUnexpected, message);
    let living = LIVING
        .with(|living| living.try_borrow_mut().map(|mut living| std::mem::take(&mut *living)));
    for mortal in living.unwrap_or_default() {
        if let Some(mortal) = mortal.upgrade() {
            mortal.abandon(&error);
        }
    }
    wasm_bindgen::throw_val(crate::js::error(&error))
}

/// Panics, to see what happens then. Not in what is shipped.
#[cfg(debug_assertions)]
#[wasm_bindgen(js_name = panicOnPurpose, skip_typescript)]
#[allow(clippy::panic, unreachable_pub, reason = "on purpose, and exported by the macro alone")]
pub fn panic_on_purpose() {
    panic!("on purpose");
}
