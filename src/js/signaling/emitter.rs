//! The methods of Node's `EventEmitter`, for objects of a class of ours.
//!
//! The listeners are kept in JavaScript, as a member of the object that they listen to: they mostly
//! refer back to it, and what refers in a circle across the border is never freed. A method has to
//! know the object it is called on, to keep them there and to give it back; the binding does not
//! tell its methods, but a `Proxy` tells the function it stands for.

use std::cell::OnceCell;

use js_sys::{Array, Function, Map, Object, Proxy, Reflect, Symbol};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::log::Log;
use crate::error::Error;
use crate::js::errors;
use crate::web::reflect::{get, object, set};

/// Node's `EventEmitter.defaultMaxListeners`.
const DEFAULT_MAX_LISTENERS: u32 = 10;

#[derive(Clone, Copy)]
enum Method {
    Add { once: bool, first: bool },
    Remove,
    RemoveAll,
    Emit,
    Count,
    Listeners,
    Raw,
    Names,
    SetMax,
    GetMax,
}

const METHODS: [(&str, Method); 15] = [
    ("on", Method::Add { once: false, first: false }),
    ("addListener", Method::Add { once: false, first: false }),
    ("prependListener", Method::Add { once: false, first: true }),
    ("once", Method::Add { once: true, first: false }),
    ("prependOnceListener", Method::Add { once: true, first: true }),
    ("off", Method::Remove),
    ("removeListener", Method::Remove),
    ("removeAllListeners", Method::RemoveAll),
    ("emit", Method::Emit),
    ("listenerCount", Method::Count),
    ("listeners", Method::Listeners),
    ("rawListeners", Method::Raw),
    ("eventNames", Method::Names),
    ("setMaxListeners", Method::SetMax),
    ("getMaxListeners", Method::GetMax),
];

/// Gives the methods to a class, by its prototype.
pub(super) fn install(prototype: &Object) {
    for (name, method) in METHODS {
        let apply = Closure::<dyn Fn(JsValue, JsValue, Array) -> Result<JsValue, JsValue>>::new(
            move |_: JsValue, this: JsValue, arguments: Array| call(method, &this, &arguments),
        )
        .into_js_value();
        let function = Proxy::new(&apply, &object(&[("apply", apply.clone())]));
        hide(prototype, &name.into(), &function);
    }
}

/// Calls the listeners of an event, in their order: those that were there when it began. What each
/// gives or throws is told, and may end it.
pub(super) fn fire(
    this: &JsValue,
    event: &JsValue,
    arguments: &Array,
    told: &dyn Fn(Result<JsValue, JsValue>) -> Result<(), JsValue>,
) -> Result<bool, JsValue> {
    let Some(entries) = entries(this, event) else { return Ok(false) };
    for entry in entries.iter() {
        let entry = Entry(entry);
        if entry.is_once() && !remove(this, event, |it| Object::is(it, &entry.0)) {
            // Called already, by an event inside of this one.
            continue;
        }
        told(Reflect::apply(&entry.listener(), this, arguments))?;
    }
    Ok(true)
}

/// A listener and whether it listens once: an array, never changed. Arrays of them are not changed
/// either, so that whoever goes through one is not disturbed.
struct Entry(JsValue);

impl Entry {
    fn new(listener: &Function, once: bool) -> Self {
        Self(Array::of2(listener, &once.into()).into())
    }

    fn listener(&self) -> Function {
        self.0.unchecked_ref::<Array>().get(0).unchecked_into()
    }

    fn is_once(&self) -> bool {
        self.0.unchecked_ref::<Array>().get(1).is_truthy()
    }

    /// The listener as `rawListeners` gives it: one that listens once as a function with it as the
    /// member `listener`, whose call removes it first.
    fn raw(self, this: &JsValue, event: &JsValue) -> JsValue {
        let listener = self.listener();
        if !self.is_once() {
            return listener.into();
        }
        let (this, event, target) = (this.clone(), event.clone(), listener.clone());
        let apply = Closure::<dyn Fn(JsValue, JsValue, Array) -> Result<JsValue, JsValue>>::new(
            move |_: JsValue, _: JsValue, arguments: Array| {
                if remove(&this, &event, |it| Object::is(it, &self.0)) {
                    return Reflect::apply(&target, &this, &arguments);
                }
                Ok(JsValue::UNDEFINED)
            },
        )
        .into_js_value();
        set(&apply, "listener", &listener);
        Proxy::new(&apply, &object(&[("apply", apply.clone())])).into()
    }
}

fn call(method: Method, this: &JsValue, arguments: &Array) -> Result<JsValue, JsValue> {
    let event = arguments.get(0);
    match method {
        Method::Add { once, first } => {
            let listener = listener(arguments)?;
            let entry = Entry::new(&listener, once);
            notify(this, "newListener", &event, &listener);
            add(this, &event, &entry, first)?;
            Ok(this.clone())
        }
        Method::Remove => {
            let listener = listener(arguments)?;
            let newest = entries(this, &event)
                .and_then(|it| it.iter().filter(|it| is_of(it, &listener)).last());
            if let Some(entry) = newest {
                remove(this, &event, |it| Object::is(it, &entry));
                notify(this, "removeListener", &event, &listener);
            }
            Ok(this.clone())
        }
        Method::RemoveAll => {
            remove_all(this, &event, arguments.length() == 0);
            Ok(this.clone())
        }
        Method::Emit => {
            let rest = arguments.slice(1, arguments.length());
            let had = fire(this, &event, &rest, &|outcome| outcome.map(drop))?;
            if !had && event.as_string().as_deref() == Some("error") {
                Log::new(JsValue::UNDEFINED).report("error", &rest.get(0));
            }
            Ok(had.into())
        }
        Method::Count => Ok(count(this, &event, &arguments.get(1)).into()),
        Method::Listeners => {
            let listeners = entries(this, &event).unwrap_or_default();
            Ok(listeners.iter().map(|it| Entry(it).listener()).collect::<Array>().into())
        }
        Method::Raw => {
            let listeners = entries(this, &event).unwrap_or_default();
            Ok(listeners.iter().map(|it| Entry(it).raw(this, &event)).collect::<Array>().into())
        }
        Method::Names => Ok(names(this).into()),
        Method::SetMax => {
            if event.as_f64().is_none_or(|most| most.is_nan() || most < 0.0) {
                return Err(wrong("n", "must be a number from 0"));
            }
            with_key(|_, most| hide(this, most, &event));
            Ok(this.clone())
        }
        Method::GetMax => {
            let most = with_key(|_, most| Reflect::get(this, most)).unwrap_or_default();
            Ok(if most.is_undefined() { DEFAULT_MAX_LISTENERS.into() } else { most })
        }
    }
}

fn listener(arguments: &Array) -> Result<Function, JsValue> {
    let listener = arguments.get(1);
    listener.dyn_into().map_err(|_| wrong("listener", "must be a function"))
}

fn wrong(name: &str, problem: &str) -> JsValue {
    errors::to_js(&Error::argument(name, problem))
}

fn is_of(entry: &JsValue, listener: &Function) -> bool {
    Object::is(&entry.unchecked_ref::<Array>().get(0), listener)
}

fn count(this: &JsValue, event: &JsValue, listener: &JsValue) -> u32 {
    let Some(entries) = entries(this, event) else { return 0 };
    match listener.dyn_ref::<Function>() {
        Some(listener) => entries.iter().map(|entry| u32::from(is_of(&entry, listener))).sum(),
        None => entries.length(),
    }
}

fn add(this: &JsValue, event: &JsValue, entry: &Entry, first: bool) -> Result<(), JsValue> {
    let store = match store(this) {
        Some(store) => store,
        None => {
            // The class is told the object, which it has to know to call listeners.
            let Some(attach) = get(this, "attach").dyn_ref::<Function>().cloned() else {
                return Err(wrong("this", "is no SignalingClient"));
            };
            attach.call1(this, this)?;
            let store = Map::new();
            with_key(|key, _| hide(this, key, &store));
            store
        }
    };
    let one = Array::of1(&entry.0);
    let entries = entries(this, event).unwrap_or_default();
    let all = if first { one.concat(&entries) } else { entries.concat(&one) };
    store.set(event, &all);
    Ok(())
}

/// Removes what is asked for; tells whether there was anything.
fn remove(this: &JsValue, event: &JsValue, is_meant: impl Fn(&JsValue) -> bool) -> bool {
    let (Some(store), Some(entries)) = (store(this), entries(this, event)) else { return false };
    let rest: Array = entries.iter().filter(|entry| !is_meant(entry)).collect();
    if rest.length() == 0 {
        store.delete(event);
    } else {
        store.set(event, &rest);
    }
    rest.length() < entries.length()
}

fn remove_all(this: &JsValue, event: &JsValue, of_all_events: bool) {
    let events = if of_all_events { names(this) } else { Array::of1(event) };
    for event in events.iter() {
        let Some(entries) = entries(this, &event) else { continue };
        remove(this, &event, |_| true);
        for entry in entries.iter() {
            notify(this, "removeListener", &event, &Entry(entry).listener());
        }
    }
}

/// Tells those who listen for listeners.
fn notify(this: &JsValue, name: &str, event: &JsValue, listener: &Function) {
    let arguments = Array::of2(event, listener);
    let _ = fire(this, &name.into(), &arguments, &|_| Ok(()));
}

fn names(this: &JsValue) -> Array {
    store(this).map(|store| Array::from(&store.keys())).unwrap_or_default()
}

fn entries(this: &JsValue, event: &JsValue) -> Option<Array> {
    store(this)?.get(event).dyn_into().ok()
}

fn store(this: &JsValue) -> Option<Map> {
    let store = with_key(|key, _| Reflect::get(this, key)).ok()?;
    (!store.is_undefined()).then(|| store.unchecked_into())
}

/// Lends the names of the members that hold the listeners, and their greatest number.
fn with_key<T>(act: impl FnOnce(&Symbol, &Symbol) -> T) -> T {
    thread_local! {
        static KEYS: OnceCell<[Symbol; 2]> = const { OnceCell::new() };
    }
    KEYS.with(|keys| {
        let [listeners, most] =
            keys.get_or_init(|| ["kvs-webrtc listeners", "kvs-webrtc max"].map(Symbol::for_));
        act(listeners, most)
    })
}

/// Sets a member that no loop over the members shows.
fn hide(target: &JsValue, name: &JsValue, value: &JsValue) {
    let how = object(&[
        ("value", value.clone()),
        ("writable", true.into()),
        ("configurable", true.into()),
    ]);
    let _ = Reflect::define_property(target.unchecked_ref::<Object>(), name, &how);
}
