//! Other people's clients against the emulator: what a user of KVS has already, as it comes from
//! PyPI and npm. Each script is a program of its own and knows of the emulator only its endpoint.

mod calls;
mod dropin;
mod node;
mod python;
mod script;
