//! Layers, losses and optimisers, shared by the families that train networks of rate units.
//!
//! Everything is generic over the float ([`real::Real`]) and works in buffers that the caller
//! owns: `f32` to run, `f64` to verify, the same code.

pub mod activation;
pub mod conv;
pub mod elementwise;
pub mod exp;
pub mod grammar;
pub mod init;
pub mod layer;
pub mod loss;
pub mod matmul;
pub mod network;
pub mod optimiser;
pub mod pool;
pub mod real;
pub mod shape;
