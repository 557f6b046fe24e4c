//! What of a recording other programs read: tables as CSV, arrays as numpy and PyTorch have them.

pub mod npy;
pub mod npz;
pub mod safetensors;
