//! Parses JSON from other programs without loss or conversion.

mod strict_json;
mod strict_object;

pub(crate) use self::{
    strict_json::{Json, JsonFault, JsonObject, object, value},
    strict_object::{StrictObject, present},
};
