//! JSON from others, read so that nothing of it is lost or guessed.

mod strict_json;
mod strict_object;

pub(crate) use self::{
    strict_json::{Json, JsonFault, JsonObject, object},
    strict_object::{StrictObject, present},
};
