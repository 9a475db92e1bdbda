//! What happens when this SDK breaks a promise to itself: a panic, or any other trap of the wasm.
//!
//! A trap leaves memory behind that nobody may touch again. So it ends the whole instance: the
//! call that met it throws a typed error, sockets, calls and cameras of that instance are closed,
//! its objects say from then on that they are dead, and the next object is made in a fresh
//! instance of the same module.
//!
//! The glue catches the trap and calls [`end`]; what is added to it for that is in
//! `xtask/src/build/endings.rs`. So the wasm needs no code that prints panics.

use std::cell::RefCell;
use std::rc::Weak;

use wasm_bindgen::JsValue;
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

/// Ends this instance, which a trap has stopped, and gives the error that its caller is thrown.
#[wasm_bindgen(js_name = __kvs_end, skip_typescript)]
#[allow(unreachable_pub, reason = "exported by the macro alone")]
pub fn end() -> JsValue {
    // The glue has done it by then; but only what asks for a fresh instance is given one.
    wasm_bindgen::handler::schedule_reinit();
    let error = Error::new(Code::InternalUnexpected, "an internal error has ended this instance");
    let living = LIVING
        .with(|living| living.try_borrow_mut().map(|mut living| std::mem::take(&mut *living)));
    for mortal in living.unwrap_or_default() {
        if let Some(mortal) = mortal.upgrade() {
            mortal.abandon(&error);
        }
    }
    crate::js::error(&error)
}

/// Panics, to see what happens then. Not in what is shipped.
#[cfg(debug_assertions)]
#[wasm_bindgen(js_name = panicOnPurpose, skip_typescript)]
#[allow(clippy::panic, unreachable_pub, reason = "on purpose, and exported by the macro alone")]
pub fn panic_on_purpose() {
    panic!("on purpose");
}
