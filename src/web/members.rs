//! Reads the members of objects that a person's program gives; what is wrong is named.

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use super::reflect::{get, get_some};
use crate::error::Error;

/// The members of one object. What is wrong is kept, the first of it, and read on as if it were not
/// there; [`Wrong::found`] tells it at the end, so that no member needs a way out of its own.
pub(crate) struct Members<'a> {
    object: JsValue,
    /// The names of the objects around it, each with a dot.
    within: String,
    wrong: &'a Wrong,
}

/// The first thing that is wrong.
#[derive(Default)]
pub(crate) struct Wrong(RefCell<Option<Error>>);

impl Wrong {
    /// The members of the outermost object.
    pub(crate) fn members(&self, object: &JsValue) -> Members<'_> {
        Members { object: object.clone(), within: String::new(), wrong: self }
    }

    /// Keeps an error, unless there is one already.
    #[inline(never)]
    pub(crate) fn keep(&self, error: Error) {
        self.0.borrow_mut().get_or_insert(error);
    }

    /// What was not given, where it could not be read.
    pub(crate) fn unless<T>(&self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.keep(error)).ok()
    }

    /// # Errors
    /// The first that was kept.
    pub(crate) fn found(self) -> Result<(), Error> {
        self.0.into_inner().map_or(Ok(()), Err)
    }
}

impl Members<'_> {
    pub(crate) fn value(&self, name: &str) -> JsValue {
        get(&self.object, name)
    }

    /// Says what is wrong with a member.
    #[inline(never)]
    pub(crate) fn wrong(&self, name: &str, problem: &str) {
        self.wrong.keep(Error::argument(&[&self.within, name].concat(), problem));
    }

    /// What was read; the error about a member, which begins with the member's name, is kept.
    fn kept<T>(&self, read: Result<Option<T>, Error>) -> Option<T> {
        read.unwrap_or_else(|error| {
            let message = [&self.within, error.message()].concat();
            self.wrong.keep(Error::new(error.code(), message));
            None
        })
    }

    /// As [`string`].
    #[inline(never)]
    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.kept(string(&self.object, name))
    }

    /// As [`boolean`].
    #[inline(never)]
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        self.kept(boolean(&self.object, name))
    }

    /// As [`whole`].
    #[inline(never)]
    pub(crate) fn whole(&self, name: &str, least: u32, most: u32) -> Option<u32> {
        self.kept(whole(&self.object, name, least, most))
    }

    /// As [`function`].
    #[inline(never)]
    pub(crate) fn function(&self, name: &str) -> Option<Function> {
        self.kept(function(&self.object, name))
    }

    /// The members of a member that is an object.
    #[inline(never)]
    pub(crate) fn object(&self, name: &str) -> Option<Members<'_>> {
        let object = get_some(&self.object, name)?;
        if !object.is_object() {
            self.wrong(name, "must be an object");
            return None;
        }
        Some(Members { object, within: [&self.within, name, "."].concat(), wrong: self.wrong })
    }

    /// A member that is one of these texts.
    #[inline(never)]
    pub(crate) fn one_of(&self, name: &str, allowed: &[&str]) -> Option<String> {
        let text = self.string(name)?;
        if allowed.contains(&text.as_str()) {
            return Some(text);
        }
        self.wrong(name, &["must be one of '", &allowed.join("', '"), "'"].concat());
        None
    }

    /// Sets the switches that are given.
    #[inline(never)]
    pub(crate) fn switches(&self, switches: &mut [(&str, &mut bool)]) {
        for (name, switch) in switches {
            if let Some(on) = self.boolean(name) {
                **switch = on;
            }
        }
    }
}

/// A member that is a text; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn string(options: &JsValue, name: &str) -> Result<Option<String>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.as_string().map(Some).ok_or_else(|| Error::argument(name, "must be a string"))
}

/// An argument that is a text.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn text(value: &JsValue, name: &str) -> Result<String, Error> {
    value.as_string().ok_or_else(|| Error::argument(name, "must be a string"))
}

/// A member that is a boolean; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn boolean(options: &JsValue, name: &str) -> Result<Option<bool>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.as_bool().map(Some).ok_or_else(|| Error::argument(name, "must be true or false"))
}

/// A member that is a whole number within bounds; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn whole(
    options: &JsValue,
    name: &str,
    least: u32,
    most: u32,
) -> Result<Option<u32>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared below")]
    let number = value.as_f64().map(|number| (number as u32, number));
    let fits = |&(whole, number): &(u32, f64)| {
        (f64::from(whole) - number).abs() == 0.0 && (least..=most).contains(&whole)
    };
    number.filter(fits).map(|(whole, _)| Some(whole)).ok_or_else(|| {
        let bounds = [&least.to_string(), " to ", &most.to_string()].concat();
        Error::argument(name, &["must be a whole number from ", &bounds].concat())
    })
}

/// A member that is a function; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn function(options: &JsValue, name: &str) -> Result<Option<Function>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| Error::argument(name, "must be a function"))
}

/// An argument `options` that may be left out.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn check_options(options: &JsValue) -> Result<(), Error> {
    if options.is_undefined() || options.is_null() || options.is_object() {
        return Ok(());
    }
    Err(Error::argument("options", "must be an object"))
}

/// A member that is anything that can be listened to and says whether it is aborted.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn signal(options: &JsValue, name: &str) -> Result<Option<JsValue>, Error> {
    match get_some(options, name) {
        Some(value) if !get(&value, "addEventListener").is_function() => {
            Err(Error::argument(name, "must be an AbortSignal"))
        }
        value => Ok(value),
    }
}
