//! What the application's functions and the browser threw, beside the errors that tell of it. An
//! [`Error`] goes through machines that know nothing of JavaScript, and is found by its mark when it
//! comes back. What was thrown is for whoever catches the error, and for no log and no report.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

use crate::error::Error;

/// Some errors are never told, such as that of a request that is made again.
const MOST: usize = 16;

thread_local! {
    static THROWN: RefCell<Thrown> = RefCell::default();
}

#[derive(Default)]
struct Thrown {
    last: u32,
    kept: Vec<(u32, JsValue)>,
}

/// The error, marked as one that this value led to.
#[inline(never)]
pub(crate) fn because(error: Error, value: &JsValue) -> Error {
    THROWN.with_borrow_mut(|thrown| {
        thrown.last = thrown.last.wrapping_add(1);
        if thrown.kept.len() == MOST {
            thrown.kept.remove(0);
        }
        thrown.kept.push((thrown.last, value.clone()));
        error.with_mark(thrown.last)
    })
}

/// The value that led to this error, for the first who asks.
pub(crate) fn take(error: &Error) -> Option<JsValue> {
    let mark = error.mark()?;
    THROWN.with_borrow_mut(|thrown| {
        let index = thrown.kept.iter().position(|(known, _)| *known == mark)?;
        Some(thrown.kept.remove(index).1)
    })
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;
    use crate::error::Code;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    #[allow(clippy::cast_possible_truncation, reason = "there are few")]
    fn what_was_thrown_last_is_kept_and_given_once() {
        let told = |n: usize| {
            let error = Error::new(Code::InternalUnexpected, "it failed");
            because(error, &JsValue::from(n as u32))
        };
        let errors: Vec<_> = (0..=MOST).map(told).collect();
        assert_eq!(THROWN.with_borrow(|thrown| thrown.kept.len()), MOST);
        let taken: Vec<_> = errors.iter().map(take).collect();
        assert_eq!(taken[0], None);
        for (n, value) in taken.iter().enumerate().skip(1) {
            assert_eq!(*value, Some(JsValue::from(n as u32)));
        }
        assert_eq!(take(&errors[MOST]), None);
    }
}
