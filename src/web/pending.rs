//! Promises of ours.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::death::{self, Mortal};
use crate::error::Error;

/// Work that ends with a value, or with what its promise rejects with.
pub(crate) type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// A promise that is rejected, too, when this instance dies.
struct Pending(RefCell<Option<(Function, Function)>>);

/// The promise of what some work comes to.
pub(crate) fn promise(work: Work) -> Promise {
    let pending = Rc::new(Pending(RefCell::default()));
    let promise = Promise::new(&mut |resolve, reject| {
        *pending.0.borrow_mut() = Some((resolve, reject));
    });
    let mortal: Rc<dyn Mortal> = pending.clone();
    death::register(Rc::downgrade(&mortal));
    spawn_local(async move { pending.settle(work.await) });
    promise
}

impl Pending {
    fn settle(&self, result: Result<JsValue, JsValue>) {
        let settle = self.0.try_borrow_mut().ok().and_then(|mut settle| settle.take());
        let Some((resolve, reject)) = settle else { return };
        // Settling a promise throws nothing.
        let _ = match result {
            Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
            Err(error) => reject.call1(&JsValue::UNDEFINED, &error),
        };
    }
}

impl Mortal for Pending {
    fn abandon(&self, error: &Error) {
        self.settle(Err(crate::js::error(error)));
    }
}
